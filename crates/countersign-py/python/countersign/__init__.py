"""The guard: turns bearer tokens of Countersign and Better Auth into verified users.

    guard = Guard(
        issuer="https://app.example.com",
        audience="https://app.example.com",
        jwks_url="https://app.example.com/api/auth/jwks",
    )
    identity = guard.admit(request_headers.get("authorization"))

The decision is made in Rust, by the code that guards axum services. For FastAPI see
`countersign.fastapi`.
"""

from ._countersign import Guard, Identity
from ._errors import Refusal, SettingsError
from ._issuer import Issuer

__all__ = ["Guard", "Identity", "Issuer", "Refusal", "SettingsError"]
