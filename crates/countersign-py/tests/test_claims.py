"""The token: one answer for every bad one, and what a good one says."""

import base64
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from countersign import Refusal
from service import AUDIENCE, ISSUER, NOW, SECRET, call, claims, guard, service, token

GOOD = token()
SIGNED, _, SIGNATURE = GOOD.rpartition(".")


def encode(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def over(payload: str, header: str = '{"alg":"HS256"}') -> str:
    """A token that is well signed over exactly these texts."""
    signing_input = f"{encode(header)}.{encode(payload)}"
    key = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signature = base64.urlsafe_b64encode(key.sign(signing_input.encode(), SECRET))
    return f"{signing_input}.{signature.decode().rstrip('=')}"


def claims_and(text: str) -> str:
    return json.dumps(claims())[:-1] + ", " + text + "}"


BAD = {
    "one word": "a",
    "three words": "a.b.c",
    "longer": GOOD + "x",
    "unsigned": f"{SIGNED}.",
    "too long": GOOD * 100,
    "dots": "." * 5000,
    "t016 a member twice": over(claims_and('"sub": "bob"')),
    "t016 a header twice": over(json.dumps(claims()), '{"alg":"none","alg":"HS256"}'),
    "t017 bytes after the JSON": over(json.dumps(claims()) + " x"),
    "t017 NaN": over(claims_and('"n": NaN')),
    "t017 Infinity": over(claims_and('"n": -Infinity')),
    "t022 a huge number": over(claims_and('"n": 1e400')),
    "t023 nested 17 deep": over(claims_and('"d": ' + "[" * 17 + "]" * 17)),
    "t023 nested 3000 deep": over(claims_and('"d": ' + "[" * 3000 + "]" * 3000)),
    "alg none": over(json.dumps(claims()), '{"alg":"none"}'),
    "crit": over(json.dumps(claims()), '{"alg":"HS256","crit":["exp"]}'),
    "another issuer": token(iss="https://evil.test"),
    "an issuer in a list": token(iss=[ISSUER]),
    "no issuer": token(iss=None),
    "another audience": token(aud="other"),
    "an audience of a number": token(aud=[AUDIENCE, 1]),
    "no audience": token(aud=None),
    "no expiry": token(exp=None),
    "an expiry as text": token(exp="never"),
    "too long a life": token(exp=NOW + 100_000),
    "not yet": token(nbf=NOW + 31),
    "issued in the future": token(iat=NOW + 31),
    "a subject of a number": token(sub=5),
    "an empty jti": token(jti=""),
    "t098 bound to a proof": token(cnf={"jkt": "x"}),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_t118_r10_every_bad_token_gets_the_same_answer(bad: str) -> None:
    answer = call(service(), "/me", f"Bearer {bad}".encode())
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="api", error="invalid_token"'
    assert answer.told == (
        b'{"type":"about:blank","title":"Unauthorized","status":401,'
        b'"detail":"Invalid token","code":"invalid_token"}'
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": NOW - 31}, "token_expired"),
        ({"sub": None}, "subject_missing"),
        ({"sub": ""}, "subject_missing"),
    ],
)
def test_r10_two_causes_are_told(changes: dict[str, Any], code: str) -> None:
    changes = {"iat": NOW - 900, "exp": NOW, **changes}
    with pytest.raises(Refusal) as refused:
        guard().admit("Bearer " + token(**changes))
    assert refused.value.code == code


def test_a_token_ends_when_the_leeway_does() -> None:
    line = "Bearer " + token(exp=NOW - 29, iat=NOW - 900)
    for clock in [NOW, NOW + 0.999, lambda: NOW + 0.999]:
        assert guard(clock=clock).admit(line).subject == "alice"
    for clock in [NOW + 1, lambda: NOW + 1]:
        with pytest.raises(Refusal, match="expired"):
            guard(clock=clock).admit(line)
    with pytest.raises(Refusal, match="expired"):
        guard(leeway=29).admit(line)


def test_the_cause_is_there_for_the_log() -> None:
    with pytest.raises(Refusal) as refused:
        guard().admit("Bearer " + token(aud="other"))
    assert (refused.value.code, refused.value.cause) == ("invalid_token", "wrong_audience")
    assert str(refused.value) == refused.value.detail == "Invalid token"


def test_an_identity_says_what_the_token_says() -> None:
    extra = {"role": "admin,user", "user": {"name": "Ann", "tags": ["a", None, True, 1.5, 2**63]}}
    identity = guard().admit("Bearer " + token(**extra))
    assert identity.subject == "alice"
    assert identity.session == "s1"
    assert identity.scopes == ("tasks:read", "tasks:write")
    assert identity.roles == ("admin", "user")
    assert identity.has_scope("tasks:read") and not identity.has_scope("tasks")
    assert identity.has_role("admin") and not identity.has_role("Admin")
    assert identity.claims == claims(**extra)
    identity.claims.clear()
    assert identity.claims["sub"] == "alice"
    assert repr(identity) == "Identity(subject='alice')"


def test_t107_claims_with_odd_names_are_data() -> None:
    names = ["__class__", "__proto__", "__dict__", "constructor", "subject"]
    identity = guard().admit(
        "Bearer " + over(claims_and(", ".join(f'"{name}": 1' for name in names)))
    )
    assert all(identity.claims[name] == 1 for name in names)
    assert identity.subject == "alice"
    assert type(identity).__name__ == "Identity"


@pytest.mark.parametrize(
    "write", [str, str.encode, lambda line: [line], lambda line: [line.encode()]]
)
def test_a_line_is_text_or_bytes(write: Callable[[str], Any]) -> None:
    assert guard().admit(write("Bearer " + GOOD)).subject == "alice"


def test_nobody_makes_an_identity() -> None:
    from countersign import Identity

    with pytest.raises(TypeError):
        Identity()


def test_t083_age_beats_the_memory() -> None:
    now = NOW
    made = guard(clock=lambda: now, max_age=300)
    bearer = "Bearer " + token()
    for now in [NOW, NOW + 329]:
        assert made.admit(bearer).subject == "alice"
    assert "countersign_cache_hits_total 1\n" in made.metrics()
    now = NOW + 330
    with pytest.raises(Refusal, match="Invalid token"):
        made.admit(bearer)
    with pytest.raises(Refusal, match="Invalid token"):
        made.admit("Bearer " + token(iat=None))
