"""The native half: decisions, made in Rust."""

from collections.abc import Callable, Sequence
from os import PathLike
from typing import Any, final

from ._issuer import Issuer

__all__ = ["Guard", "Identity"]

@final
class Identity:
    """The verified holder of a token. Only `Guard.admit` makes one."""

    @property
    def subject(self) -> str:
        """The user's id: the claim `sub`, never empty."""

    @property
    def session(self) -> str | None:
        """The session the token was made from: the claim `sid`, else `sessionId`."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes of the token, or the guard's default scopes when it has no claim `scope`."""

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles of the token: the claim `role`."""

    @property
    def claims(self) -> dict[str, Any]:
        """Everything the token says, as a dictionary of the caller's own."""

    def has_scope(self, name: str) -> bool:
        """Whether the scope is among them, compared exactly: no prefixes, no wildcards."""

    def has_role(self, name: str) -> bool:
        """Whether the role is among them, compared exactly. No role implies another."""

@final
class Guard:
    """Turns the bearer token of a request into a verified `Identity`.

    `issuer` and `audience` are the claims `iss` and `aud` that a token must have. The keys come
    from one of four: `jwks_url`, an address that is fetched when the first token arrives and
    followed through rotations; `discovery`, the same at the address that the issuer's own document
    says (`openid` for OpenID Connect Discovery, `oauth` for RFC 8414); `jwks_file`, a file that is read now;
    `secret`, shared with the issuer, for HS256. `snapshot` is a file for keys that were fetched, for
    a start while the issuer is away. `default_scopes` (divided by spaces) are those of a token
    without any claim `scope`. `leeway`, `max_lifetime` (from `iat` to `exp`) and `max_age` (since
    `iat`, no limit unless set) are seconds. `clock` is for tests: the time in seconds
    since 1970, or a callable that returns it. Ages are told by it, too, such as that of what is known of
    revocations: under a clock that stands still nothing becomes stale. `cached_tokens` verified tokens are remembered; one that is
    expired, revoked, or whose key is gone is never taken from memory.

    `revocations_url` is the issuer's revocation feed: what it takes back is refused within a second. It is
    followed on a thread of Rust's from the first request on, in each process. What is known may be
    `revocations_max_staleness` seconds old (10 unless set); beyond that requests are refused with 503, or let
    in for `revocations_allow_for` seconds more (0 unless set). `revocations_guard`, a name for this process
    alone, to which one that is forked from it adds its number (`tasks.4711`), and `revocations_credential`,
    name and secret of the resource server, register it, so that a revocation can wait until it holds here.

    `spent_tokens_url` is where the auth server has tokens that count once count once in all processes, and
    `spent_tokens_credential` name and secret of the resource server. Without it each process counts for itself.
    A request waits for its answer for `spent_tokens_patience` seconds (1 unless set, 0.1 to 30).

    What makes no sense raises a `SettingsError`.
    """

    def __new__(
        cls,
        *,
        issuer: str,
        audience: str,
        jwks_url: str | None = None,
        discovery: str | None = None,
        jwks_file: str | PathLike[str] | None = None,
        secret: str | bytes | None = None,
        snapshot: str | PathLike[str] | None = None,
        default_scopes: str = "",
        leeway: int = 30,
        max_lifetime: int = 86_400,
        max_age: int | None = None,
        revocations_url: str | None = None,
        revocations_max_staleness: float | None = None,
        revocations_allow_for: float | None = None,
        revocations_guard: str | None = None,
        revocations_credential: tuple[str, str] | None = None,
        spent_tokens_url: str | None = None,
        spent_tokens_credential: tuple[str, str] | None = None,
        spent_tokens_patience: float | None = None,
        clock: float | Callable[[], float] | None = None,
        cached_tokens: int = ...,
    ) -> Guard: ...
    @classmethod
    def for_issuers(
        cls,
        issuers: Sequence[Issuer],
        *,
        spent_tokens_url: str | None = None,
        spent_tokens_credential: tuple[str, str] | None = None,
        spent_tokens_patience: float | None = None,
        clock: float | Callable[[], float] | None = None,
        cached_tokens: int = ...,
    ) -> Guard:
        """A guard that takes tokens of several issuers. A token's claim `iss` chooses the entry,
        and only the keys of that entry verify it: an issuer cannot speak for another one.
        """

    def admit(
        self,
        authorization: str | bytes | Sequence[str | bytes] | None,
        *,
        method: str = "GET",
        path: str = "/",
        request_id: str | None = None,
        address: str | None = None,
    ) -> Identity:
        """Decides about one request; raises `Refusal`, which the audit log has by then.

        Give all `Authorization` lines of the request, as they came: several are refused. The rest
        is for the audit log. Waits when keys have to be fetched, at most three seconds, or a feed is
        asked for the first time, at most five; asynchronous code asks `admit_now` first.
        """

    def admit_now(
        self,
        authorization: str | bytes | Sequence[str | bytes] | None,
        *,
        method: str = "GET",
        path: str = "/",
        request_id: str | None = None,
        address: str | None = None,
    ) -> Identity | None:
        """The same without waiting: `None` when it would have to, for keys or for a feed. Ask `admit`
        then, on a thread.
        """

    def authorize(
        self,
        identity: Identity,
        *,
        owner: str | None = None,
        scopes: Sequence[str] = ...,
        roles: Sequence[str] = ...,
        method: str = "GET",
        path: str = "/",
        request_id: str | None = None,
        address: str | None = None,
    ) -> None:
        """Demands more of a verified user: to be `owner`, to have all `scopes`, to have all
        `roles`. Raises `Refusal` for the first that is missing.
        """

    @property
    def spent_tokens_patience(self) -> float | None:
        """For how many seconds `spend` waits for the auth server; `None` where it asks nobody."""

    def spend(
        self,
        identity: Identity,
        *,
        method: str = "GET",
        path: str = "/",
        request_id: str | None = None,
        address: str | None = None,
    ) -> None:
        """Lets the token of an admitted request count once: the first request with its `jti` passes,
        later ones raise `Refusal`, and so does a token without `jti`. Where spent tokens are shared it
        waits for the auth server, for `spent_tokens_patience` at most; asynchronous code calls it on a
        thread then.
        """

    def refuse_unspent(
        self,
        identity: Identity,
        *,
        method: str = "GET",
        path: str = "/",
        request_id: str | None = None,
        address: str | None = None,
    ) -> None:
        """Raises the `Refusal` that `spend` raises where no answer comes in time: for a request whose turn
        to ask did not.
        """

    def revoke_token(self, issuer: str, jti: str) -> None:
        """Ends one token of an issuer by its `jti`, for this guard, from the next request on."""

    def revoke_this_token(self, token: str) -> None:
        """Ends one token, whoever issued it, by itself: for tokens without `jti`."""

    def revoke_session(self, issuer: str, session: str) -> None:
        """Ends all tokens of a session of an issuer."""

    def revoke_user(self, issuer: str, subject: str) -> None:
        """Ends all tokens of a user of an issuer that were issued up to now."""

    def metrics(self) -> str:
        """What the guard has done so far, in the text format of Prometheus."""

    def ready(self) -> None:
        """Raises `Refusal` when tokens of some issuer cannot be verified now, or what it took back is not
        known; for readiness probes. Waits when keys have to be fetched, or a feed is asked for the first
        time.
        """
