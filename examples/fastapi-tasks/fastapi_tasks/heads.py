"""What a head must not say, beyond what the server refuses.

| Head | Answer |
|---|---|
| a `Host` that is no host and port (RFC 9112 §3.2) | 400 |
| an `X-Request-Id` that is more than a short word | as if it were absent |

The first closes the connection, and so does every answer to a chunked body, which the server takes also
when a `Content-Length` contradicts it: whoever passed such a head on may read it differently, and then
what follows is somebody else's request.
"""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import problem

HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~%!$&'()*+,;=]*)(:[0-9]*)?")
SHORT_WORD = re.compile(r"[A-Za-z0-9\-_.]{1,64}")


class ClearHeads:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not SHORT_WORD.fullmatch(headers.get("x-request-id", "x")):
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"x-request-id"]
        clear = all(HOST.fullmatch(host) for host in headers.getlist("host"))

        async def send_and_close(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["connection"] = "close"
            await send(message)

        if not clear:
            refused = problem.malformed("The header Host is no host.").response()
            await refused(scope, receive, send_and_close)
        elif "transfer-encoding" in headers:
            await self._app(scope, receive, send_and_close)
        else:
            await self._app(scope, receive, send)
