"""The dependencies, in an application."""

from typing import Annotated, Any

import pytest
from countersign import Identity
from countersign.fastapi import CurrentUser, Refused, current_user, install, require_scopes
from fastapi import APIRouter, Depends, FastAPI, Request
from service import NewTask, call, call_as, guard, service


def test_a_good_token_is_let_in() -> None:
    answer = call_as(service(), "/me")
    assert answer.status == 200
    scopes = ["tasks:read", "tasks:write"]
    assert answer.json() == {"subject": "alice", "session": "s1", "scopes": scopes}


def test_r10_r12_an_answer_is_a_problem_document_byte_for_byte() -> None:
    answer = call_as(service(), "/me", {"exp": 1_799_999_000, "iat": 1_799_998_000})
    assert answer.status == 401
    assert answer.told == (
        b'{"type":"about:blank","title":"Unauthorized","status":401,'
        b'"detail":"Token has expired. Please log in again.","code":"token_expired"}'
    )
    assert answer.headers == {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        "www-authenticate": 'Bearer realm="api", error="invalid_token"',
        "content-length": str(len(answer.body)),
    }


def test_a_request_without_credential_may_be_let_in_as_nobody() -> None:
    app = service()
    assert call(app, "/greeting").json() == "stranger"
    assert call_as(app, "/greeting").json() == "alice"
    for line in [b"Bearer bad", b"Basic abc", b""]:
        assert call(app, "/greeting", line).status == 401


def test_r11_t243_the_user_of_the_path_is_the_user_of_the_token() -> None:
    app = service()
    assert call_as(app, "/api/alice/tasks").json() == "alice"
    answer = call_as(app, "/api/bob/tasks")
    assert answer.status == 403
    assert answer.told == (
        b'{"type":"about:blank","title":"Forbidden","status":403,'
        b'"detail":"Access denied. You can only access your own resources.","code":"not_owner"}'
    )
    assert "www-authenticate" not in answer.headers


@pytest.mark.parametrize(
    "segment",
    ["Alice", "alice%20", "%20alice", "alice%00", "%ff", "me", "*", "%25", "null", "a" * 9000],
)
def test_t245_t256_no_spelling_of_a_path_reaches_another_user(segment: str) -> None:
    assert call_as(service(), f"/api/{segment}/tasks").status == 403


def test_t257_numbers_are_texts() -> None:
    app = service()
    assert call_as(app, "/api/1/tasks", {"sub": "1"}).status == 200
    for segment in ["01", "1.0", "+1", "1e0", "%EF%BC%91"]:
        assert call_as(app, f"/api/{segment}/tasks", {"sub": "1"}).status == 403
    assert call_as(app, "/api/1/tasks", {"sub": 1}).status == 401


def test_t252_the_missing_scope_is_named() -> None:
    answer = call_as(service(), "/api/alice/tasks", {"scope": "tasks:write"})
    assert answer.status == 403
    assert answer.json()["detail"] == "Access denied. The token lacks the scope tasks:read."
    challenge = 'Bearer realm="api", error="insufficient_scope", scope="tasks:read"'
    assert answer.headers["www-authenticate"] == challenge


@pytest.mark.parametrize("scope", ["tasks:read,x", "TASKS:READ", "tasks:*", ["tasks:read"], "", 5])
def test_t099_only_exact_scopes_grant(scope: Any) -> None:
    assert call_as(service(), "/api/alice/tasks", {"scope": scope}).status == 403


def test_t101_a_token_without_the_claim_gets_the_default_and_no_more() -> None:
    assert call_as(service(), "/api/alice/tasks", {"scope": None}).status == 403
    generous = service(guard(default_scopes="tasks:read"))
    assert call_as(generous, "/api/alice/tasks", {"scope": None}).status == 200
    assert call_as(generous, "/api/alice/tasks", {"scope": ""}).status == 403


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("admin", 200),
        ("user,admin", 200),
        (["admin"], 200),
        ("Admin", 403),
        (True, 403),
        (None, 403),
    ],
)
def test_t100_roles(role: Any, status: int) -> None:
    assert call_as(service(), "/reports", {"role": role}).status == status


def test_t117_a_scope_cannot_break_out_of_the_challenge() -> None:
    app = FastAPI()
    install(app, guard())

    @app.get("/")
    def odd(_: Annotated[Identity, Depends(require_scopes('a"b\\c\r\nx: y'))]) -> None: ...

    answer = call_as(app, "/")
    challenge = 'Bearer realm="api", error="insufficient_scope", scope="abcx: y"'
    assert answer.headers["www-authenticate"] == challenge


def test_a_route_that_names_no_user_lets_nobody_in() -> None:
    app = service()
    assert call(app, "/misrouted").status == 401
    assert call_as(app, "/misrouted").status == 422


def test_a_router_can_demand_for_all_its_operations() -> None:
    app = FastAPI()
    install(app, guard())
    inner = APIRouter()

    @inner.post("/tasks")
    def add(task: NewTask) -> str:
        return task.title

    app.include_router(inner, prefix="/v1", dependencies=[Depends(current_user)])
    body = b'{"title": "x"}'
    headers = {"content-type": "application/json"}
    assert call(app, "/v1/tasks", method="POST", headers=headers, body=b"{").status == 401
    answer = call_as(app, "/v1/tasks", method="POST", headers=headers, body=body)
    assert answer.json() == "x"


def test_a_mounted_application_may_have_another_guard() -> None:
    outer, inner = service(), FastAPI()
    install(inner, guard(audience="other-api"))

    @inner.post("/me")
    def me(user: CurrentUser, task: NewTask) -> str:
        return user.subject

    outer.mount("/inner", inner)
    assert call_as(outer, "/me").status == 200
    request: dict[str, Any] = {"method": "POST", "headers": {"content-type": "application/json"}}
    body = b'{"title": "x"}'
    assert call_as(outer, "/inner/me", body=body, **request).status == 401
    other = {"aud": "other-api"}
    assert call_as(outer, "/inner/me", other, body=body, **request).json() == "alice"


def test_without_install_it_says_what_to_do() -> None:
    app = FastAPI()

    @app.get("/")
    def me(_: CurrentUser) -> None: ...

    with pytest.raises(RuntimeError, match="install"):
        call_as(app, "/")


def test_a_dependency_can_be_replaced_in_tests() -> None:
    app = service()
    app.dependency_overrides[current_user] = lambda: None
    assert call(app, "/files", method="POST").status == 422


def test_an_application_can_answer_refusals_its_own_way() -> None:
    app = service()

    @app.exception_handler(Refused)
    async def answer(_request: Request, refused: Refused) -> Any:
        from fastapi.responses import JSONResponse

        return JSONResponse({"why": refused.refusal.code}, refused.status_code)

    assert call(app, "/me").json() == {"why": "authorization_missing"}
