"""What every answer has: the id of its request, and that nobody on the way keeps it."""

from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Envelope:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        id = Headers(scope=scope).get("x-request-id")
        if id is None:
            id = str(uuid4())
            scope["headers"] = [*scope["headers"], (b"x-request-id", id.encode())]

        async def send_in_envelope(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = id
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, send_in_envelope)
