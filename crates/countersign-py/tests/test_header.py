"""Group E: the `Authorization` header, and what it is answered."""

import pytest
from service import FORMAT, MISSING, Answer, call, service, token

NO_CREDENTIAL = 'Bearer realm="api"'
INVALID_TOKEN = 'Bearer realm="api", error="invalid_token"'


def is_refused(answer: Answer, detail: str, challenge: str) -> None:
    assert answer.status == 401
    assert answer.json()["detail"] == detail
    assert answer.headers["www-authenticate"] == challenge


def test_t108_r10_no_header() -> None:
    is_refused(call(service(), "/me"), MISSING, NO_CREDENTIAL)


GOOD = token().encode()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b" ",
        b"Bearer",
        b"Bearer ",
        GOOD,
        b"Bearer " + GOOD + b" x",
        b"Bearer\t" + GOOD,
        b"Bearer " + GOOD + b", Bearer " + GOOD,
    ],
)
def test_t109_t113_r10_not_two_words(line: bytes) -> None:
    is_refused(call(service(), "/me", line), FORMAT, INVALID_TOKEN)


def test_t113_spaces_may_be_more_than_one() -> None:
    assert call(service(), "/me", b"Bearer  " + GOOD).status == 200
    comma = call(service(), "/me", b"Bearer " + GOOD + b",realm=x")
    is_refused(comma, "Invalid token", INVALID_TOKEN)


@pytest.mark.parametrize("scheme", [b"bearer", b"BEARER", b"bEaReR"])
def test_t110_the_scheme_is_read_in_any_letter_case(scheme: bytes) -> None:
    assert call(service(), "/me", scheme + b" " + GOOD).status == 200


def test_t111_of_several_headers_none_is_picked() -> None:
    good, bad = b"Bearer " + GOOD, b"Bearer bad"
    for lines in [(good, bad), (bad, good), (good, good)]:
        is_refused(call(service(), "/me", *lines), FORMAT, INVALID_TOKEN)


def test_t112_t116_a_credential_elsewhere_is_none() -> None:
    text = GOOD.decode()
    headers = {
        "cookie": f"better-auth.session_token={text}",
        "x-user-id": "alice",
        "x-forwarded-user": "alice",
    }
    body = f"access_token={text}".encode()
    answer = call(service(), f"/me?access_token={text}", headers=headers, body=body)
    assert answer.json()["code"] == "authorization_missing"
    assert GOOD not in answer.body


@pytest.mark.parametrize("scheme", ["Basic", "Token", "JWT", "DPoP"])
def test_t114_r10_other_schemes(scheme: str) -> None:
    detail = f"Invalid authentication scheme: {scheme}. Expected: Bearer"
    is_refused(call(service(), "/me", f"{scheme} abc".encode()), detail, NO_CREDENTIAL)


@pytest.mark.parametrize(
    "line", [b"Bearer \xff\xfe", "Bearer é".encode(), b"\xe9 abc", b"Bearer a\0b"]
)
def test_t115_odd_bytes_are_refused(line: bytes) -> None:
    is_refused(call(service(), "/me", line), FORMAT, INVALID_TOKEN)


@pytest.mark.parametrize("text", [b"%E0%A4%A", b"abc%2Edef%2Eghi", GOOD.replace(b".", b"%2E")])
def test_t115_escapes_are_never_decoded(text: bytes) -> None:
    is_refused(call(service(), "/me", b"Bearer " + text), "Invalid token", INVALID_TOKEN)


@pytest.mark.parametrize(
    ("scheme", "shown"),
    [
        ("<script>alert(1)</script>", "scriptalert1script"),
        ('"quoted\\"', "quoted"),
        ("S" * 10_000, "S" * 32),
    ],
)
def test_t117_a_hostile_scheme_is_not_repeated(scheme: str, shown: str) -> None:
    detail = f"Invalid authentication scheme: {shown}. Expected: Bearer"
    is_refused(call(service(), "/me", f"{scheme} abc".encode()), detail, NO_CREDENTIAL)
