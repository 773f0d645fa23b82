"""One call that puts an application behind a guard.

FastAPI receives and parses a body before it calls the first dependency: a stranger could make it
read a form of ten thousand parts, or learn from a 422 what a body has to look like. So the body is
kept behind the guard, too: when the chosen operation first asks for it, what the operation's
dependencies demand of the caller is checked, and only then is anything received. Where FastAPI
answers without asking for it, as it does to a `Content-Type` that no form can have, the caller is
checked before that answer leaves.
"""

from collections.abc import Iterator
from inspect import isawaitable
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .._countersign import Guard
from ._admission import GUARD, Admission
from ._demand import Demand, demands_of
from ._refused import Refused, answer


def install(app: FastAPI, guard: Guard) -> None:
    """Gives the application its guard, and refusals their answer. To be called before it serves."""
    app.add_exception_handler(Refused, answer)
    app.add_middleware(_BodyBehindGuard, guard=guard)


class _BodyBehindGuard:
    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[GUARD] = self._guard

        is_refused = False

        async def receive_when_let_in() -> Message:
            await _let_in(scope, receive)
            return await receive()

        async def send_when_let_in(message: Message) -> None:
            nonlocal is_refused
            if message["type"] == "http.response.start" and _takes_a_body(scope):
                try:
                    await _let_in(scope, receive)
                except Refused as refused:
                    is_refused = True
                    response = await _response(Request(scope, receive), refused)
                    await response(scope, receive, send)
            if not is_refused:
                await send(message)

        await self._app(scope, receive_when_let_in, send_when_let_in)


async def _let_in(scope: Scope, receive: Receive) -> None:
    """Nothing to do before an operation is chosen, nor after somebody has asked who it is."""
    if "route" not in scope:
        return
    request = Request(scope, receive)
    admission = Admission.of(request)
    if admission.asked:
        return
    admission.asked = True
    overridden = getattr(request.app, "dependency_overrides", {})
    for dependency, demand in _demands(scope):
        # A test that puts something in place of a dependency means it.
        if dependency not in overridden:
            await demand.meet(request)


def _demands(scope: Scope) -> Iterator[tuple[Any, Demand]]:
    """Of the chosen operation and the routers that include it; newer FastAPI keeps these apart."""
    for holder in _chosen(scope):
        dependant = getattr(holder, "dependant", None)
        if dependant is not None:
            yield from demands_of(dependant)
            return


def _takes_a_body(scope: Scope) -> bool:
    return any(getattr(holder, "body_field", None) for holder in _chosen(scope))


def _chosen(scope: Scope) -> tuple[Any, Any]:
    """The operation as the router that includes it sees it, and by itself; nothing before one is chosen."""
    return scope.get("fastapi", {}).get("effective_route_context"), scope.get("route")


async def _response(request: Request, refused: Refused) -> Response:
    """From the application's own handler, found as Starlette finds it: by status, then by class."""
    handlers = request.app.exception_handlers
    keys = (refused.status_code, *type(refused).__mro__)
    answered = next(handlers[key] for key in keys if key in handlers)(request, refused)
    response: Response = await answered if isawaitable(answered) else answered
    return response
