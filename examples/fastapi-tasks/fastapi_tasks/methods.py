"""Methods as HTTP means them: `HEAD` wherever `GET` is (RFC 9110 §9.3.2), and `Allow` that names all
of an address (§10.2.1). FastAPI has a route for each method and knows of one at a time.
"""

from fastapi import Request
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


class HeadAsGet:
    """The server leaves the body out, since it knows what was asked."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)


def allowed(request: Request) -> str:
    """The methods of this address."""
    return ",".join(method for method in METHODS if _has(request, method))


def _has(request: Request, method: str) -> bool:
    method = "GET" if method == "HEAD" else method
    scope = {"type": "http", "method": method, "path": request.scope["path"], "root_path": ""}
    return any(route.matches(scope)[0] == Match.FULL for route in request.app.router.routes)
