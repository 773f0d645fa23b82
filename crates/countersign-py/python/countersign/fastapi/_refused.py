"""A refusal on its way to the client."""

from fastapi import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from .._errors import Refusal


class Refused(HTTPException):
    """A request that is not let in. `refusal` says why; `refusal.cause` is not for the client.

    It is an `HTTPException`, so that an application without the handler of `install` answers the
    same status, text and headers, if not as a problem document.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.status, refusal.detail, refusal.headers)
        self.refusal = refusal


async def answer(_request: Request, refused: Exception) -> Response:
    """The problem document, byte for byte what axum services answer."""
    assert isinstance(refused, Refused)
    refusal = refused.refusal
    return Response(refusal.body, refusal.status, refusal.headers)
