"""Addresses as they were sent.

A server hands FastAPI the decoded path, in which `a%2Fb` is two segments and a byte that is no UTF-8
is a question mark. Here the path is matched as it was sent, and each segment is decoded once.
"""

from urllib.parse import unquote

from starlette.convertors import Convertor, register_url_convertor
from starlette.types import ASGIApp, Receive, Scope, Send


class Segment(Convertor[str]):
    """One segment of a path, which may be empty."""

    regex = "[^/]*"

    def convert(self, value: str) -> str:
        # What is no UTF-8 becomes something that no user is called, and the guard knows as such.
        return unquote(value, errors="surrogateescape")

    def to_string(self, value: str) -> str:
        return value


def register() -> None:
    """So that routes can be written with `{name:segment}`."""
    register_url_convertor("segment", Segment())


class PathsAsSent:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["path"] = scope["raw_path"].decode("latin-1")
        await self._app(scope, receive, send)
