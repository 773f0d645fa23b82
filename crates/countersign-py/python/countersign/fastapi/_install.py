"""One call that puts an application behind a guard.

FastAPI receives and parses a body before it calls the first dependency: a stranger could make it
read a form of ten thousand parts, or learn from a 422 what a body has to look like. So the body is
kept behind the guard, too: when the chosen operation first asks for it, what the operation's
dependencies demand of the caller is checked, and only then is anything received.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
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

        async def receive_when_let_in() -> Message:
            await _let_in(scope, receive)
            return await receive()

        await self._app(scope, receive_when_let_in, send)


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
    included = scope.get("fastapi", {}).get("effective_route_context")
    for holder in (included, scope["route"]):
        dependant = getattr(holder, "dependant", None)
        if dependant is not None:
            yield from demands_of(dependant)
            return
