"""The audit log: every refusal is one record, and no record holds a token."""

import logging

import pytest
from countersign import Refusal
from service import call, call_as, guard, service, token

FIELDS = [
    "time",
    "status",
    "code",
    "cause",
    "claim",
    "subject",
    "method",
    "path",
    "address",
    "request_id",
]


def fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}


def test_r13_a_bad_token_is_one_record_with_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    path = "/me?access_token=x"
    call_as(service(), path, {"aud": "other"}, headers={"x-request-id": "r-1"})
    [record] = caplog.records
    assert (record.name, record.levelname) == ("countersign.audit", "WARNING")
    assert fields(record) == {
        "time": "2027-01-15T08:00:00Z",
        "status": 401,
        "code": "invalid_token",
        "cause": "wrong_audience",
        "claim": "aud",
        "method": "GET",
        "path": "/me",
        "address": "192.0.2.7",
        "request_id": "r-1",
    }
    assert record.getMessage().startswith("refused time=2027-01-15T08:00:00Z reference=urn:uuid:")


def test_r13_the_caller_gets_a_reference_that_finds_the_record(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = service()
    references = [call(app, "/me", b"Bearer bad").reference for _ in range(2)]
    with pytest.raises(Refusal) as refused:
        guard().admit("Bearer bad")
    references.append(refused.value.reference)
    assert [getattr(record, "reference") for record in caplog.records] == references
    assert len(set(references)) == 3


def test_r13_a_refused_access_names_the_user(caplog: pytest.LogCaptureFixture) -> None:
    app = service()
    call_as(app, "/api/bob/tasks")
    call_as(app, "/api/alice/tasks", {"scope": ""})
    call_as(app, "/reports")
    told = [(fields(record)["code"], fields(record)["subject"]) for record in caplog.records]
    assert told == [
        ("not_owner", "alice"),
        ("insufficient_scope", "alice"),
        ("insufficient_role", "alice"),
    ]


def test_r13_a_good_request_and_a_welcome_stranger_are_no_records(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = service()
    call_as(app, "/me")
    call(app, "/greeting")
    assert caplog.records == []


def test_t316_no_token_is_ever_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    app, good = service(), token()
    for line in [
        f"Bearer {good}",
        f"Bearer {good}x",
        f"Bearer {good} {good}",
        f"Basic {good}",
        good,
    ]:
        call(app, "/me", line.encode())
        call(app, "/api/bob/tasks", line.encode())
    assert len([record for record in caplog.records if record.name == "countersign.audit"]) == 9
    everything = caplog.text + repr([vars(record) for record in caplog.records])
    assert all(part not in everything for part in good.split("."))


def test_t317_hostile_texts_stay_on_one_line(caplog: pytest.LogCaptureFixture) -> None:
    odd = {"sub": "a\u202eb\u2028c%s{x}"}
    headers = {"x-request-id": "r" * 10_000}
    call_as(service(), f"/api/{'%0a%1b' * 500}/tasks", odd, headers=headers)
    [record] = caplog.records
    told = fields(record)
    assert told["subject"] == r"a\u{202e}b\u{2028}c%s{x}"
    assert len(str(told["path"])) == len(str(told["request_id"])) == 256
    assert len(record.getMessage().splitlines()) == 1


def test_what_is_not_known_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    for address in ["2001:db8::1", "a unix socket", None]:
        with pytest.raises(Refusal):
            guard().admit(None, address=address, path="no path", request_id="\n")
    assert [fields(record).get("address") for record in caplog.records] == [
        "2001:db8::1",
        None,
        None,
    ]
    assert all("request_id" not in fields(record) for record in caplog.records)
