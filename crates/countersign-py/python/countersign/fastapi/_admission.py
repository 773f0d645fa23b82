"""The decision about one request, made once and kept with it.

With keys at hand a decision takes some ten microseconds, less than a hop to another thread and
back, so it is made in place on the event loop. When keys have to be fetched it waits on a thread:
not on the loop, and not on the threads that plain `def` operations run on. So it does where spent
tokens are shared and the auth server has to say whether one counts; for a thread to be free it waits as
long as for the answer, and no longer.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from anyio import CapacityLimiter, move_on_after, to_thread
from anyio.lowlevel import RunVar
from starlette.requests import Request

from .._countersign import Guard, Identity
from .._errors import Refusal
from ._refused import Refused

GUARD = "countersign.guard"
"""Where the guard stands in the scope of a request."""

_ADMISSION = "countersign.admission"

# One issuer is asked once for everybody, so there is little to gain from more.
_FETCHING_THREADS = 4
_fetching: RunVar[CapacityLimiter] = RunVar("countersign_fetching")

# Each asks for a token of its own.
_SPENDING_THREADS = 40
_spending: RunVar[CapacityLimiter] = RunVar("countersign_spending")


class About(TypedDict):
    """What the audit log tells of a request."""

    method: str
    path: str
    request_id: str | None
    address: str | None


class Admission:
    """The guard's decision about one request."""

    def __init__(self, guard: Guard, scope: Mapping[str, Any]) -> None:
        self.guard = guard
        self._scope = scope
        self._identity: Identity | None = None
        self._spent = False
        self.asked = False
        """Whether anything of the application has asked who it is."""

    @classmethod
    def of(cls, request: Request) -> "Admission":
        """The one of this request. It counts only for the guard that made it: an application that
        is mounted in another may have a guard of its own.
        """
        scope = request.scope
        guard = scope.get(GUARD)
        if not isinstance(guard, Guard):
            raise RuntimeError(
                "the application has no guard: call countersign.fastapi.install(app, guard)"
            )
        known = scope.get(_ADMISSION)
        if isinstance(known, cls) and known.guard is guard:
            return known
        admission = cls(guard, scope)
        scope[_ADMISSION] = admission
        return admission

    @property
    def has_credential(self) -> bool:
        return bool(self._authorization())

    async def identity(self) -> Identity:
        """Who is asking; `Refused` when that is nobody to let in."""
        self.asked = True
        if self._identity is None:
            self._identity = await self._admit()
        return self._identity

    async def authorize(
        self,
        *,
        owner: str | None = None,
        scopes: Sequence[str] = (),
        roles: Sequence[str] = (),
    ) -> Identity:
        """The same, and more is demanded of them."""
        identity = await self.identity()
        try:
            self.guard.authorize(identity, owner=owner, scopes=scopes, roles=roles, **self._about())
        except Refusal as refusal:
            raise Refused(refusal) from refusal
        return identity

    async def spend(self) -> Identity:
        """The same, when no request before had this token."""
        identity = await self.identity()
        if not self._spent:
            try:
                await self._spend(identity)
            except Refusal as refusal:
                raise Refused(refusal) from refusal
            self._spent = True
        return identity

    async def _spend(self, identity: Identity) -> None:
        about, patience = self._about(), self.guard.spent_tokens_patience
        if patience is None:
            self.guard.spend(identity, **about)
            return
        # A thread that has begun is waited for: this breaks off only the wait for one.
        with move_on_after(patience):
            await to_thread.run_sync(
                lambda: self.guard.spend(identity, **about),
                limiter=_limiter(_spending, _SPENDING_THREADS),
            )
            return
        self.guard.refuse_unspent(identity, **about)

    async def _admit(self) -> Identity:
        lines, about = self._authorization(), self._about()
        try:
            identity = self.guard.admit_now(lines, **about)
            if identity is None:
                identity = await to_thread.run_sync(
                    lambda: self.guard.admit(lines, **about),
                    limiter=_limiter(_fetching, _FETCHING_THREADS),
                )
        except Refusal as refusal:
            raise Refused(refusal) from refusal
        return identity

    def _authorization(self) -> list[bytes]:
        """All lines as they came: whoever picks one may pick another than the next program."""
        return [value for name, value in self._scope["headers"] if name == b"authorization"]

    def _about(self) -> About:
        scope = self._scope
        raw_path: bytes | None = scope.get("raw_path")
        path = raw_path.decode("ascii", "replace") if raw_path else scope["path"]
        ids = [value for name, value in scope["headers"] if name == b"x-request-id"]
        client = scope.get("client")
        return About(
            method=scope["method"],
            path=path,
            request_id=ids[0].decode("latin-1") if ids else None,
            address=client[0] if client else None,
        )


def _limiter(which: RunVar[CapacityLimiter], threads: int) -> CapacityLimiter:
    """The threads of this event loop for one kind of waiting."""
    limiter = which.get(None)
    if limiter is None:
        limiter = CapacityLimiter(threads)
        which.set(limiter)
    return limiter
