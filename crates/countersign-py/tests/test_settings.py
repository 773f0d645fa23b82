"""Settings: what makes no sense or is not safe is refused at the start, and says what to do."""

import json
from pathlib import Path
from typing import Any

import pytest
from countersign import Guard, Issuer, Refusal, SettingsError
from service import AUDIENCE, ISSUER, NOW, SECRET, guard, token

OTHER = "https://other.test"


def refused(**settings: Any) -> SettingsError:
    with pytest.raises(SettingsError) as error:
        Guard(**{"issuer": ISSUER, "audience": AUDIENCE, **settings})
    assert str(error.value).startswith(error.value.setting)
    return error.value


@pytest.mark.parametrize("odd", ["", " ", "https://auth.test\n", "https://auth test"])
def test_issuer_and_audience_must_be_given(odd: str) -> None:
    assert refused(issuer=odd, secret=SECRET).setting == "issuer"
    assert refused(audience=odd, secret=SECRET).setting == "audience"
    with pytest.raises(TypeError, match="audience"):
        Guard(issuer=ISSUER, secret=SECRET)  # type: ignore[call-arg]


def test_keys_come_from_exactly_one_place() -> None:
    assert refused().code == "no_keys"
    assert refused(secret=SECRET, jwks_url="https://auth.test/jwks").code == "several_keys"
    assert refused(secret=SECRET, discovery="openid").code == "several_keys"


def test_t053_a_short_secret_is_refused_and_not_repeated() -> None:
    error = refused(secret="only-31-characters-long--------")
    assert (error.setting, error.code) == ("secret", "secret_short")
    assert "only-31" not in str(error)
    assert str(error).count("countersign secret generate") == 1


@pytest.mark.parametrize(
    "url", ["http://auth.test/jwks", "ftp://auth.test/jwks", "https://user:password@auth.test/jwks"]
)
def test_t071_keys_come_over_https_or_from_this_machine(url: str) -> None:
    error = refused(jwks_url=url)
    assert (error.setting, error.code) == ("jwks_url", "insecure_url")
    assert "password@" not in str(error)
    assert refused(jwks_url="jwks").code == "not_a_url"
    Guard(issuer=ISSUER, audience=AUDIENCE, jwks_url="http://127.0.0.1:9/jwks")


def test_a_file_must_hold_a_key_that_can_be_used(tmp_path: Path) -> None:
    file = tmp_path / "jwks.json"
    assert refused(jwks_file=file).code == "unreadable"
    file.write_text("{}")
    assert refused(jwks_file=str(file)).setting == "jwks_file"
    file.write_text(json.dumps({"keys": [{"kty": "oct", "k": "AAAA"}]}))
    assert refused(jwks_file=file).code == "no_usable_key"


def test_keys_are_discovered_where_the_issuer_can_be_asked() -> None:
    assert refused(discovery="oidc").code == "unknown_discovery"
    error = refused(issuer="tasks", discovery="openid")
    assert (error.setting, error.code) == ("discovery", "not_a_url")
    assert refused(issuer="http://auth.test", discovery="oauth").code == "insecure_url"


def test_a_snapshot_is_of_keys_that_are_fetched(tmp_path: Path) -> None:
    error = refused(secret=SECRET, snapshot=tmp_path / "keys.json")
    assert (error.setting, error.code) == ("snapshot", "nothing_fetched")


def test_t088_leeway_lifetime_and_age_have_bounds() -> None:
    for seconds in [-1, 121, 2**62]:
        assert refused(secret=SECRET, leeway=seconds).setting == "leeway"
    for seconds in [-1, 0]:
        assert refused(secret=SECRET, max_lifetime=seconds).setting == "max_lifetime"
        assert refused(secret=SECRET, max_age=seconds).setting == "max_age"


def test_errors_are_value_errors() -> None:
    assert issubclass(SettingsError, ValueError)


def test_secrets_are_not_shown() -> None:
    text = "a-secret-for-tests-only-0123456789abcdef"
    issuer = Issuer(issuer=ISSUER, audience=AUDIENCE, secret=text)
    made = Guard.for_issuers([issuer])
    assert text not in f"{issuer!r} {made!r} {made!s} {vars(type(made))}"


def test_a_clock_says_seconds() -> None:
    for clock in [float("nan"), 1e300, lambda: float("inf")]:
        with pytest.raises(ValueError, match="seconds since 1970"):
            guard(clock=clock).admit("Bearer " + token())

    def broken() -> float:
        raise LookupError("no time")

    with pytest.raises(LookupError, match="no time"):
        guard(clock=broken).admit("Bearer " + token())


def several() -> Guard:
    ours = Issuer(issuer=ISSUER, audience=AUDIENCE, secret=SECRET)
    secret = bytes(range(32, 64))
    theirs = Issuer(issuer=OTHER, audience=AUDIENCE, secret=secret, default_scopes="tasks:read")
    return Guard.for_issuers([ours, theirs], clock=NOW)


def test_no_issuer_can_speak_for_another() -> None:
    assert several().admit("Bearer " + token()).subject == "alice"
    for issuer in [OTHER, "https://evil.test", [ISSUER], None]:
        with pytest.raises(Refusal, match="Invalid token"):
            several().admit("Bearer " + token(iss=issuer))


def test_an_issuer_is_given_once_and_at_least_one_is() -> None:
    twice = Issuer(issuer=ISSUER, audience=AUDIENCE, secret=SECRET)
    for issuers, code in [([twice, twice], "issuer_twice"), ([], "no_issuer")]:
        with pytest.raises(SettingsError) as error:
            Guard.for_issuers(issuers)
        assert error.value.code == code
