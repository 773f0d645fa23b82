"""Headers that bring a key or say where one is. Rightly signed, by the issuer or by whoever wrote the
header; nobody is asked for anything.
"""

import json
from collections.abc import Iterator
from typing import Any

import issuer as issuers
import jwt
import pytest
from countersign import Refusal
from issuer import Issuer
from service import SECRET, claims, guard, token


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuers.running() as issuer:
        yield issuer


@pytest.fixture
def attacker() -> Iterator[Issuer]:
    with issuers.running() as attacker:
        yield attacker


def headers(issuer: Issuer, attacker: Issuer) -> list[dict[str, Any]]:
    host = attacker.url.removeprefix("http://")
    public = json.loads(attacker.jwks())["keys"][0]
    return [
        {"jku": attacker.url},
        {"jku": f"https://auth.test@{host}"},
        {"jku": "file:///etc/passwd"},
        {"jku": issuer.url},
        {"x5u": attacker.url},
        {"x5u": issuer.url},
        {"x5c": ["MIIB"]},
        {"x5t": "AAAA"},
        {"x5t#S256": "AAAA"},
        {"jwk": public},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
    ]


def signed(by: Issuer, header: dict[str, Any]) -> bytes:
    payload = json.dumps(claims()).encode()
    key = by._key
    return b"Bearer " + jwt.api_jws.encode(payload, key, "EdDSA", {"kid": "k1", **header}).encode()


def test_t041_t042_t043_a_header_is_no_place_for_keys(issuer: Issuer, attacker: Issuer) -> None:
    made = guard(jwks_url=issuer.url)
    assert made.admit(issuer.bearer()).subject == "alice"
    for header in headers(issuer, attacker):
        for by in [issuer, attacker]:
            with pytest.raises(Refusal, match="Invalid token"):
                made.admit(signed(by, header))
    assert (issuer.fetches, attacker.fetches) == (1, 0)


def test_t042_t043_with_a_secret_nobody_is_asked_either(issuer: Issuer, attacker: Issuer) -> None:
    made = guard()
    assert made.admit(b"Bearer " + token().encode()).subject == "alice"
    for header in headers(issuer, attacker):
        forged = jwt.api_jws.encode(json.dumps(claims()).encode(), SECRET, "HS256", header)
        with pytest.raises(Refusal, match="Invalid token"):
            made.admit(b"Bearer " + forged.encode())
    assert (issuer.fetches, attacker.fetches) == (0, 0)
