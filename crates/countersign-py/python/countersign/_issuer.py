"""One of several issuers."""

from dataclasses import dataclass, field
from os import PathLike


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Issuer:
    """Whose tokens are taken, for whom, and where the keys are: one of `jwks_url`, `discovery`,
    `jwks_file` and `secret`; and what it takes back. For `Guard.for_issuers`; `Guard` takes the same
    as arguments.
    """

    issuer: str
    audience: str
    jwks_url: str | None = None
    discovery: str | None = None
    jwks_file: str | PathLike[str] | None = None
    secret: str | bytes | None = field(default=None, repr=False)
    snapshot: str | PathLike[str] | None = None
    default_scopes: str = ""
    leeway: int = 30
    max_lifetime: int = 86_400
    max_age: int | None = None
    revocations_url: str | None = None
    revocations_max_staleness: float | None = None
    revocations_allow_for: float | None = None
    revocations_guard: str | None = None
    revocations_credential: tuple[str, str] | None = field(default=None, repr=False)
