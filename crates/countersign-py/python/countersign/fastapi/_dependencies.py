"""What a path operation can demand of who calls it."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Path, Request, Security
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from pydantic import SkipValidation

from .._countersign import Identity
from ._admission import Admission
from ._demand import Demand, demands, path_owner


class _BearerToken(SecurityBase):
    """The scheme in the API's description."""

    def __init__(self) -> None:
        self.scheme_name = "token"
        self.model = HTTPBearer(
            bearerFormat="JWT",
            description="A token of the auth server: `Authorization: Bearer <token>`.",
        )


class _CurrentUser(_BearerToken):
    demand = Demand()

    async def __call__(self, request: Request) -> Identity:
        return await Admission.of(request).identity()


class _OptionalUser(_BearerToken):
    demand = Demand(optional=True)

    async def __call__(self, request: Request) -> Identity | None:
        admission = Admission.of(request)
        return await admission.identity() if admission.has_credential else None


current_user = _CurrentUser()
"""Whoever holds a good token."""

optional_user = _OptionalUser()
"""The same, or `None` when the request carries no `Authorization` line at all; a credential that is
bad, or cannot be checked, is refused all the same.
"""


@demands(Demand(owner=True))
async def verified_user(
    request: Request,
    _user: Annotated[Identity, Depends(current_user)],
    user_id: Annotated[SkipValidation[str], Path(description="your own id")],
) -> Identity:
    """The user whose id stands in the path as `{user_id}`, compared character by character. Whether
    another user of the path exists is never asked, so the refusal is the same for everybody.
    """
    return await Admission.of(request).authorize(owner=path_owner(request))


def require_scopes(*scopes: str) -> Callable[..., Awaitable[Identity]]:
    """Demands a token that holds all these scopes; the answer names the first that is missing."""

    @demands(Demand(scopes=scopes))
    async def has_scopes(
        request: Request,
        _user: Annotated[Identity, Security(current_user, scopes=scopes)],
    ) -> Identity:
        return await Admission.of(request).authorize(scopes=scopes)

    return has_scopes


def require_roles(*roles: str) -> Callable[..., Awaitable[Identity]]:
    """Demands a token that holds all these roles. No role implies another."""

    @demands(Demand(roles=roles))
    async def has_roles(
        request: Request, _user: Annotated[Identity, Depends(current_user)]
    ) -> Identity:
        return await Admission.of(request).authorize(roles=roles)

    return has_roles


@demands(Demand(once=True))
async def one_time(
    request: Request, _user: Annotated[Identity, Depends(current_user)]
) -> Identity:
    """The user of a token that no request before had on such an operation; a second request, and a
    token without `jti`, is answered 401 as any bad token is.
    """
    return await Admission.of(request).spend()


CurrentUser = Annotated[Identity, Depends(current_user)]
"""An argument: whoever holds a good token."""

OptionalUser = Annotated[Identity | None, Depends(optional_user)]
"""An argument: the same, or `None` without any credential."""

VerifiedUser = Annotated[Identity, Depends(verified_user)]
"""An argument: the user whose id stands in the path as `{user_id}`."""
