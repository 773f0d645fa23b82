"""Variables, the same as those of `tasks-api`."""

import os
from dataclasses import dataclass, field

from countersign import Guard


class SettingMissing(Exception):
    """Says which variable to set, and to what."""


@dataclass(frozen=True)
class Settings:
    issuer: str
    audience: str
    jwks_url: str | None = None
    discovery: str | None = None
    jwks_file: str | None = None
    jwks_snapshot: str | None = None
    secret: str | None = field(default=None, repr=False)
    default_scopes: str = ""
    revocations_url: str | None = None
    revocations_max_staleness: float | None = None
    revocations_allow_for: float | None = None
    revocations_guard: str | None = None
    revocations_credential: tuple[str, str] | None = field(default=None, repr=False)
    database_url: str = "sqlite:tasks.db"

    @classmethod
    def from_environment(cls) -> "Settings":
        return cls(
            issuer=required(
                "COUNTERSIGN_ISSUER", "whose tokens are taken: https://app.example.com"
            ),
            audience=required("COUNTERSIGN_AUDIENCE", "for whom they are: https://app.example.com"),
            jwks_url=optional("COUNTERSIGN_JWKS_URL"),
            discovery=optional("COUNTERSIGN_DISCOVERY"),
            jwks_file=optional("COUNTERSIGN_JWKS_FILE"),
            jwks_snapshot=optional("COUNTERSIGN_JWKS_SNAPSHOT"),
            secret=optional("BETTER_AUTH_SECRET"),
            default_scopes=os.environ.get("COUNTERSIGN_DEFAULT_SCOPES", ""),
            revocations_url=optional("COUNTERSIGN_REVOCATIONS_URL"),
            revocations_max_staleness=seconds("COUNTERSIGN_REVOCATIONS_MAX_STALENESS", such_as=10),
            revocations_allow_for=seconds("COUNTERSIGN_REVOCATIONS_ALLOW_FOR", such_as=60),
            revocations_guard=optional("COUNTERSIGN_REVOCATIONS_GUARD"),
            revocations_credential=credential("COUNTERSIGN_REVOCATIONS_CREDENTIAL"),
            database_url=os.environ.get("DATABASE_URL", "sqlite:tasks.db"),
        )

    def guard(self) -> Guard:
        return Guard(
            issuer=self.issuer,
            audience=self.audience,
            jwks_url=self.jwks_url,
            discovery=self.discovery,
            jwks_file=self.jwks_file,
            secret=self.secret,
            snapshot=self.jwks_snapshot,
            default_scopes=self.default_scopes,
            revocations_url=self.revocations_url,
            revocations_max_staleness=self.revocations_max_staleness,
            revocations_allow_for=self.revocations_allow_for,
            revocations_guard=self.revocations_guard,
            revocations_credential=self.revocations_credential,
        )


def required(name: str, meaning: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise SettingMissing(f"{name} is not set; set it to {meaning}")
    return value


def optional(name: str) -> str | None:
    """What is set to nothing is not set."""
    return os.environ.get(name) or None


def seconds(name: str, such_as: float) -> float | None:
    value = optional(name)
    try:
        return float(value) if value else None
    except ValueError:
        raise SettingMissing(f"{name} is no number of seconds; set it to {such_as}") from None


def credential(name: str) -> tuple[str, str] | None:
    value = optional(name)
    if value is None:
        return None
    user, colon, secret = value.partition(":")
    if not colon:
        raise SettingMissing(f"{name} is not name:secret, as the issuer has it")
    return user, secret
