"""What was taken back is refused from the next request on; tokens that count once."""

from typing import Annotated

import pytest
from countersign import Guard, Identity, Refusal
from countersign.fastapi import install, one_time
from fastapi import Depends, FastAPI
from service import ISSUER, NOW, call_as, guard, token


def cause(behind: Guard, credential: str) -> str | None:
    """Why the guard refuses a token, if it does."""
    try:
        behind.admit(f"Bearer {credential}")
    except Refusal as refusal:
        assert (refusal.status, refusal.code) == (401, "invalid_token")
        return refusal.cause
    return None


def test_t221_a_token_is_revoked_by_its_id_and_no_other() -> None:
    behind, first, second = guard(), token(jti="t1"), token(jti="t2")
    assert cause(behind, first) is None
    behind.revoke_token(ISSUER, "t1")
    assert cause(behind, first) == "revoked_token"
    assert cause(behind, second) is None


def test_t222_a_session_takes_all_its_tokens_along() -> None:
    behind = guard()
    behind.revoke_session(ISSUER, "s1")
    assert cause(behind, token(jti="t1")) == "revoked_session"
    assert cause(behind, token(sid="s2")) is None


def test_t223_a_users_tokens_up_to_now_end() -> None:
    behind = guard()
    behind.revoke_user(ISSUER, "alice")
    assert cause(behind, token()) == "revoked_user"
    assert cause(behind, token(iat=NOW + 1)) is None
    assert cause(behind, token(sub="bob")) is None


def test_t102_a_token_without_an_id_is_revoked_by_itself() -> None:
    behind, bare = guard(), token(jti=None, sid=None)
    behind.revoke_this_token(bare)
    assert cause(behind, bare) == "revoked_token_hash"
    assert cause(behind, token(jti=None, sid=None, iat=NOW + 1)) is None
    with pytest.raises(ValueError, match="not a token"):
        behind.revoke_this_token("garbage")


def test_t241_verified_tokens_are_remembered_until_they_end() -> None:
    now = [float(NOW)]
    behind = guard(clock=lambda: now[0])
    for _ in range(3):
        assert cause(behind, token()) is None
    assert "countersign_cache_hits_total 2\n" in behind.metrics()
    now[0] += 930
    with pytest.raises(Refusal, match="expired"):
        behind.admit(f"Bearer {token()}")


def test_r23_a_token_counts_once_where_that_is_asked() -> None:
    app = FastAPI()
    install(app, guard())

    @app.post("/vote")
    def vote(
        user: Annotated[Identity, Depends(one_time)], _again: Annotated[Identity, Depends(one_time)]
    ) -> str:
        return user.subject

    @app.get("/me")
    def me(user: Annotated[Identity, Depends(one_time)]) -> str:
        return user.subject

    assert call_as(app, "/vote", method="POST").json() == "alice"
    assert call_as(app, "/vote", method="POST").status == 401
    assert call_as(app, "/me").status == 401
    assert call_as(app, "/me", {"jti": "t2"}).json() == "alice"
    assert call_as(app, "/me", {"jti": None}).status == 401
