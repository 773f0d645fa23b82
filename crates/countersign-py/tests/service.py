"""A small service behind a guard, on a clock that stands still, called as a server calls it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import jwt
from countersign import Guard, Identity
from countersign.fastapi import (
    CurrentUser,
    OptionalUser,
    VerifiedUser,
    install,
    require_roles,
    require_scopes,
)
from fastapi import Depends, FastAPI, Form, UploadFile
from pydantic import BaseModel

NOW = 1_800_000_000
ISSUER = "https://auth.test"
AUDIENCE = "task-api"
SECRET = bytes(range(32))
MISSING = "Authorization header missing. Include: Authorization: Bearer <token>"
FORMAT = "Invalid authorization header format. Expected: Bearer <token>"


def claims(**changes: Any) -> dict[str, Any]:
    """Alice's claims; change what the test is about. `None` takes one away."""
    good = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "alice",
        "sid": "s1",
        "jti": "t1",
        "iat": NOW,
        "exp": NOW + 900,
        "scope": "tasks:read tasks:write",
        **changes,
    }
    return {name: value for name, value in good.items() if value is not None}


def token(**changes: Any) -> str:
    # PyJWT refuses to sign claims that are not of their type; these tests need such tokens.
    return jwt.api_jws.encode(json.dumps(claims(**changes)).encode(), SECRET, "HS256")


def guard(**settings: Any) -> Guard:
    keys = {} if {"jwks_url", "discovery", "jwks_file"} & settings.keys() else {"secret": SECRET}
    return Guard(**{"issuer": ISSUER, "audience": AUDIENCE, "clock": NOW, **keys, **settings})


class NewTask(BaseModel):
    title: str


def service(behind: Guard | None = None) -> FastAPI:
    app = FastAPI()
    install(app, behind or guard())

    @app.get("/me")
    def me(user: CurrentUser) -> dict[str, Any]:
        return {"subject": user.subject, "session": user.session, "scopes": user.scopes}

    @app.get("/greeting")
    def greet(user: OptionalUser) -> str:
        return user.subject if user else "stranger"

    @app.get("/api/{user_id}/tasks")
    def tasks(
        user: VerifiedUser, _: Annotated[Identity, Depends(require_scopes("tasks:read"))]
    ) -> str:
        return user.subject

    @app.post("/api/{user_id}/tasks")
    def add(
        user: VerifiedUser,
        _: Annotated[Identity, Depends(require_scopes("tasks:write"))],
        task: NewTask,
    ) -> str:
        return task.title

    @app.post("/files")
    def upload(_: CurrentUser, file: UploadFile, name: Annotated[str, Form()]) -> str:
        return name

    @app.get("/reports")
    def reports(user: Annotated[Identity, Depends(require_roles("admin"))]) -> str:
        return user.subject

    @app.get("/misrouted")
    def misrouted(_: VerifiedUser) -> str:
        return "never"

    return app


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    received: int = 0
    """How often the application asked for a part of the body."""

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def reference(self) -> str:
        """The name of a refusal, which no two have in common."""
        name: str = self.json()["instance"]
        return name

    @property
    def told(self) -> bytes:
        """The body without it."""
        return self.body.replace(f',"instance":"{self.reference}"'.encode(), b"")


App = Callable[..., Awaitable[None]]


async def send(
    app: App,
    path: str,
    authorization: Iterable[bytes] = (),
    *,
    method: str = "GET",
    headers: Mapping[str, str] = {},
    body: bytes = b"",
) -> Answer:
    """One request, with these `Authorization` lines, as a server would hand it to the application."""
    answer = Answer()
    path, _, query = path.partition("?")
    lines = [(b"authorization", line) for line in authorization]
    lines += [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": decoded(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": lines,
        "client": ("192.0.2.7", 4711),
        "server": ("api.test", 80),
    }

    async def receive() -> dict[str, Any]:
        answer.received += 1
        return {"type": "http.request", "body": body, "more_body": False}

    async def respond(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    await app(scope, receive, respond)
    return answer


def decoded(path: str) -> str:
    """As uvicorn does."""
    from urllib.parse import unquote

    return unquote(path)


def call(app: App, path: str, *authorization: bytes, **rest: Any) -> Answer:
    return asyncio.run(send(app, path, authorization, **rest))


def call_as(app: App, path: str, changes: Mapping[str, Any] = {}, **rest: Any) -> Answer:
    """With a token over these claims."""
    return call(app, path, b"Bearer " + token(**changes).encode(), **rest)
