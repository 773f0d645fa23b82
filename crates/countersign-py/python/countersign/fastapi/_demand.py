"""What a dependency demands, in a form that can be read without calling it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.requests import Request

from ._admission import Admission

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Demand:
    """Beside a good token."""

    optional: bool = False
    owner: bool = False
    scopes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    once: bool = False

    async def meet(self, request: Request) -> None:
        """Raises `Refused` when who is asking does not meet it."""
        admission = Admission.of(request)
        if self.optional and not admission.has_credential:
            return
        owner = path_owner(request) if self.owner else None
        await admission.authorize(owner=owner, scopes=self.scopes, roles=self.roles)
        if self.once:
            await admission.spend()


def demands(demand: Demand) -> Callable[[F], F]:
    """Writes it on a dependency."""

    def mark(dependency: F) -> F:
        setattr(dependency, "demand", demand)
        return dependency

    return mark


def path_owner(request: Request) -> str:
    """Whom the path names as `{user_id}`; nobody, when any part of it is no text."""
    parameters = request.path_params
    texts = [value for value in parameters.values() if isinstance(value, str)]
    if any(not _is_text(value) for value in texts):
        return ""
    owner = parameters.get("user_id", "")
    return owner if isinstance(owner, str) else ""


def _is_text(value: str) -> bool:
    """Whether it could be sent as UTF-8: what could not be decoded holds lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def demands_of(dependant: Any) -> Iterator[tuple[Callable[..., Any], Demand]]:
    """All in a tree of FastAPI's dependencies, in the order in which it calls them."""
    for dependency in dependant.dependencies:
        yield from demands_of(dependency)
        demand = getattr(dependency.call, "demand", None)
        if isinstance(demand, Demand):
            yield dependency.call, demand
