"""The examples of the documents run, against an issuer that publishes its keys."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import issuer as issuers
import pytest
from fastapi import FastAPI
from issuer import Issuer
from service import call

ROOT = Path(__file__).resolve().parents[3]
ORIGIN = "https://app.example.com"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuers.running() as issuer:
        yield issuer


def run(document: str, issuer: Issuer) -> dict[str, Any]:
    """All Python of a document, one block after the other; the keys come from this issuer."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / document).read_text(), re.DOTALL)
    assert blocks, document
    code = "\n".join(blocks)
    assert code.count(f"{ORIGIN}/api/auth/jwks") == 1
    names: dict[str, Any] = {}
    exec(code.replace(f"{ORIGIN}/api/auth/jwks", issuer.url), names)
    return names


def bearer(issuer: Issuer, **changes: Any) -> bytes:
    now = int(time.time())
    return issuer.bearer(iss=ORIGIN, aud=ORIGIN, iat=now, exp=now + 900, **changes)


def check_tasks(app: FastAPI, issuer: Issuer) -> None:
    assert call(app, "/api/alice/tasks").status == 401
    assert call(app, "/api/alice/tasks", bearer(issuer)).json() == "the tasks of alice"
    assert call(app, "/api/bob/tasks", bearer(issuer)).status == 403


def test_the_ten_lines_of_the_readme(issuer: Issuer) -> None:
    names = run("README.md", issuer)
    check_tasks(names["app"], issuer)


def test_the_readme_of_the_package(issuer: Issuer) -> None:
    who = run("crates/countersign-py/README.md", issuer)["who"]
    assert who(bearer(issuer).decode()) == "alice"
    assert who("Bearer x") == "401 Invalid token"


def test_the_guide(issuer: Issuer) -> None:
    app = run("docs/protect-fastapi.md", issuer)["app"]
    check_tasks(app, issuer)
    assert call(app, "/me", bearer(issuer)).json() == {"user": "alice", "session": "s1"}
    assert call(app, "/greeting").json() == "Hello"
    post: dict[str, Any] = {"method": "POST", "headers": {"content-type": "application/json"}}
    body = b'{"title": "buy milk"}'
    added = call(app, "/api/alice/tasks", bearer(issuer), body=body, **post)
    assert added.json() == "alice wants to buy milk"
    assert call(app, "/reports", bearer(issuer, role="admin")).json() == "for alice"
    assert call(app, "/reports", bearer(issuer)).json() == {"error": "insufficient_role"}
