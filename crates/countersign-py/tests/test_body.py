"""T255, T286: who is asking is decided before anything of the body is received."""

from typing import Any

import pytest
from countersign.fastapi import Refused
from fastapi import Request
from fastapi.responses import PlainTextResponse
from service import Answer, call, call_as, service

JSON = {"content-type": "application/json"}
FORM = {"content-type": "multipart/form-data; boundary=b"}


def post(path: str, *authorization: bytes, headers: dict[str, str], body: bytes) -> Answer:
    return call(service(), path, *authorization, method="POST", headers=headers, body=body)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{}", b'{"title": 1}', b"[" * 100_000, b"x" * 1_000_000]
)
def test_t255_the_token_is_looked_at_before_the_body(body: bytes) -> None:
    answer = post("/api/alice/tasks", headers=JSON, body=body)
    assert answer.json()["code"] == "authorization_missing"
    assert answer.received == 0


def test_t255_the_user_of_the_path_and_the_scope_too() -> None:
    app = service()
    request: dict[str, Any] = {"method": "POST", "headers": JSON, "body": b"{"}
    theirs = call_as(app, "/api/bob/tasks", **request)
    assert (theirs.json()["code"], theirs.received) == ("not_owner", 0)
    narrow = call_as(app, "/api/alice/tasks", {"scope": "tasks:read"}, **request)
    assert (narrow.json()["code"], narrow.received) == ("insufficient_scope", 0)


def test_t286_a_strangers_form_is_not_parsed() -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n'
    answer = post("/files", headers=FORM, body=b"p" * 1_000_000 + part * 10_000)
    assert (answer.json()["code"], answer.received) == ("authorization_missing", 0)


@pytest.mark.parametrize("options", ["boundary=" + "b" * 10_000, "boundary", "a*=utf-8''%;" * 1000])
def test_t286_an_evil_content_type_brings_nothing_in(options: str) -> None:
    # FastAPI reads this header before it asks for the body.
    headers = {"content-type": f"multipart/form-data; {options}"}
    answer = post("/files", headers=headers, body=b"p" * 1_000_000)
    assert (answer.json()["code"], answer.received) == ("authorization_missing", 0)
    assert answer.headers["www-authenticate"] == 'Bearer realm="api"'
    bad = post("/files", b"Bearer a.b.c", headers=headers, body=b"")
    assert (bad.json()["code"], bad.received) == ("invalid_token", 0)
    request: dict[str, Any] = {"method": "POST", "headers": headers, "body": b""}
    assert call_as(service(), "/files", **request).status in {400, 422}


@pytest.mark.parametrize("key", [401, Refused])
@pytest.mark.parametrize("wait", [False, True])
def test_t286_the_applications_own_words_meet_an_evil_content_type(key: Any, wait: bool) -> None:
    app = service()

    def handle(_request: Request, _refused: Exception) -> PlainTextResponse:
        return PlainTextResponse("who?", 401)

    async def handle_later(request: Request, refused: Exception) -> PlainTextResponse:
        return handle(request, refused)

    app.add_exception_handler(key, handle_later if wait else handle)
    headers = {"content-type": "multipart/form-data"}
    answer = call(app, "/files", method="POST", headers=headers)
    assert (answer.status, answer.body, answer.received) == (401, b"who?", 0)


def test_whoever_is_let_in_is_told_what_is_wrong_with_the_body() -> None:
    app = service()
    wrong = call_as(app, "/api/alice/tasks", method="POST", headers=JSON, body=b"{")
    assert wrong.status == 422
    body = b'{"title": "Buy milk"}'
    good = call_as(app, "/api/alice/tasks", method="POST", headers=JSON, body=body)
    assert good.json() == "Buy milk"
