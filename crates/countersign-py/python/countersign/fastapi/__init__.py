"""The guard as FastAPI dependencies: a path operation's arguments say who may call it.

    app = FastAPI()
    install(app, Guard(issuer=..., audience=..., jwks_url=...))

    @app.get("/api/{user_id}/tasks")
    def tasks(user: VerifiedUser) -> list[str]: ...

| Dependency | Argument's type | Lets in | Otherwise |
|---|---|---|---|
| `current_user` | `CurrentUser` | the holder of a good token | 401 |
| `optional_user` | `OptionalUser` | also a request without credential, as `None` | 401 for a bad one |
| `verified_user` | `VerifiedUser` | the user that the path names as `{user_id}` | 401, 403 |
| `require_scopes("tasks:read")` | `Annotated[…]` | a token with all the scopes | 401, 403 |
| `require_roles("admin")` | `Annotated[…]` | a token with all the roles | 401, 403 |
| `one_time` | `Annotated[…]` | a token that was not used on such an operation before | 401, 503 |

The last three stand as `Annotated[Identity, Depends(require_scopes(…))]`.

The token is verified once per request, however many of them an operation has, and before anything
of the body is received. While the keys cannot be fetched the answer is 503.
"""

from ._dependencies import (
    CurrentUser,
    OptionalUser,
    VerifiedUser,
    current_user,
    one_time,
    optional_user,
    require_roles,
    require_scopes,
    verified_user,
)
from ._install import install
from ._refused import Refused

__all__ = [
    "CurrentUser",
    "OptionalUser",
    "Refused",
    "VerifiedUser",
    "current_user",
    "install",
    "one_time",
    "optional_user",
    "require_roles",
    "require_scopes",
    "verified_user",
]
