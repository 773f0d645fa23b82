"""A guard that follows the revocation feed of its issuer."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import feed as feeds
import pytest
from countersign import Guard, Issuer, Refusal, SettingsError
from feed import LATE, Feed, siphash
from service import AUDIENCE, ISSUER, NOW, SECRET, guard, send, service, token

URL = "https://auth.test/api/auth/revocations"


@pytest.fixture
def feed() -> Iterator[Feed]:
    with feeds.running() as feed:
        yield feed


def cause(behind: Guard, credential: str) -> str | None:
    """Why the guard refuses a token, if it does."""
    try:
        behind.admit(f"Bearer {credential}")
    except Refusal as refusal:
        return refusal.cause
    return None


def test_the_hash_is_that_of_the_paper() -> None:
    assert siphash(bytes(range(16)), bytes(range(15))).hex() == "a129ca6149be45e5"


def test_t221_t222_t223_what_the_issuer_takes_back_is_refused(feed: Feed) -> None:
    behind = guard(revocations_url=feed.url)
    good = [token(jti=f"t{n}", sid=f"s{n}", sub=f"u{n}") for n in range(4)]
    assert [cause(behind, each) for each in good] == [None] * 4
    feed.revoke("j", "t0", LATE)
    feed.revoke("s", "s1", LATE)
    feed.revoke("u", "u2", LATE, NOW)
    feed.wait_until_taken()
    refused = ["revoked_token", "revoked_session", "revoked_user", None]
    assert [cause(behind, each) for each in good] == refused
    assert "countersign_revocations_sequence 3\n" in behind.metrics()


def test_t225_a_guard_that_starts_knows_what_was_taken_back_before(feed: Feed) -> None:
    feed.revoke("j", "t1", LATE)
    assert cause(guard(revocations_url=feed.url), token()) == "revoked_token"
    behind = guard(revocations_url=feed.url)
    behind.ready()
    assert cause(behind, token()) == "revoked_token"


def test_t226_without_the_feed_nobody_is_let_in(
    feed: Feed, caplog: pytest.LogCaptureFixture
) -> None:
    feed.answer(503)
    behind = guard(revocations_url=feed.url)
    with pytest.raises(Refusal) as refused:
        behind.admit(f"Bearer {token()}")
    assert (refused.value.status, refused.value.code) == (503, "revocations_stale")
    assert refused.value.headers["retry-after"] == "1"
    with pytest.raises(Refusal):
        behind.ready()
    logs = [record for record in caplog.records if record.name == "countersign.revocations"]
    assert "the answer has status 503" in logs[0].getMessage()


@pytest.mark.parametrize(("allowed", "expected"), [(0, "revocations_stale"), (60, None)])
def test_what_is_known_may_be_so_old(feed: Feed, allowed: float, expected: str | None) -> None:
    now = [float(NOW)]
    behind = guard(
        revocations_url=feed.url,
        revocations_max_staleness=5,
        revocations_allow_for=allowed,
        clock=lambda: now[0],
    )
    assert cause(behind, token()) is None
    feed.answer(503)
    now[0] += 5
    assert cause(behind, token()) is None
    now[0] += 1
    assert cause(behind, token()) == expected


def test_without_waiting_it_says_that_the_feed_has_to_be_asked(feed: Feed) -> None:
    behind = guard(revocations_url=feed.url)
    assert behind.admit_now(f"Bearer {token()}") is None
    assert cause(behind, token()) is None
    assert behind.admit_now(f"Bearer {token()}") is not None


def test_the_event_loop_goes_on_while_the_feed_is_asked(feed: Feed) -> None:
    app = service(guard(revocations_url=feed.url))

    async def scenario() -> None:
        bearer = b"Bearer " + token().encode()
        answers = await asyncio.gather(*(send(app, "/me", [bearer]) for _ in range(20)))
        assert {answer.status for answer in answers} == {200}
        feed.revoke("j", "t1", LATE)
        await asyncio.to_thread(feed.wait_until_taken)
        assert (await send(app, "/me", [bearer])).status == 401

    asyncio.run(scenario())


def test_a_registered_guard_says_who_it_is(feed: Feed) -> None:
    secret = "the-secret-of-the-resource-server"
    behind = guard(
        revocations_url=feed.url,
        revocations_guard="tasks-1",
        revocations_credential=("tasks", secret),
    )
    behind.ready()
    assert feed.asked[0]["guard"] == "tasks-1"
    assert feed.asked[0]["authorization"].startswith("Basic ")
    issuer = Issuer(
        issuer=ISSUER, audience=AUDIENCE, secret=SECRET, revocations_credential=("tasks", secret)
    )
    assert secret not in f"{issuer!r} {behind!r}"


@pytest.mark.parametrize(
    ("settings", "setting", "code"),
    [
        ({"revocations_url": "http://auth.test/r"}, "revocations_url", "insecure_url"),
        (
            {"revocations_url": URL, "revocations_max_staleness": 0},
            "revocations_max_staleness",
            "max_staleness",
        ),
        (
            {"revocations_url": URL, "revocations_allow_for": -1},
            "revocations_allow_for",
            "not_seconds",
        ),
        ({"revocations_guard": "tasks-1"}, "revocations_guard", "nothing_followed"),
        ({"revocations_credential": ("a", "b")}, "revocations_credential", "nothing_followed"),
        ({"revocations_max_staleness": 10}, "revocations_max_staleness", "nothing_followed"),
        ({"revocations_allow_for": 0}, "revocations_allow_for", "nothing_followed"),
        (
            {"revocations_url": URL, "revocations_credential": ("a", "b")},
            "revocations_credential",
            "half_registered",
        ),
        (
            {"revocations_url": URL, "revocations_guard": "tasks-1"},
            "revocations_guard",
            "half_registered",
        ),
        (
            {
                "revocations_url": URL,
                "revocations_guard": "tasks 1",
                "revocations_credential": ("a", "b"),
            },
            "revocations_guard",
            "guard_name",
        ),
        (
            {
                "revocations_url": URL,
                "revocations_guard": "tasks-1",
                "revocations_credential": ("a:b", "b"),
            },
            "revocations_credential",
            "credential",
        ),
    ],
)
def test_what_cannot_be_followed_is_refused(
    settings: dict[str, object], setting: str, code: str
) -> None:
    with pytest.raises(SettingsError) as error:
        guard(**settings)
    assert (error.value.setting, error.value.code) == (setting, code)


FORKS = """
import os, sys, feed as feeds
from countersign import Refusal
from feed import LATE
from service import guard, token

with feeds.running() as feed:
    # A clock that stands still: what the parent knew never becomes old.
    made = guard(
        revocations_url=feed.url,
        revocations_guard="tasks",
        revocations_credential=("tasks", "the-secret-of-the-resource-server"),
    )
    bearer = f"Bearer {token()}"
    made.admit(bearer)
    child = os.fork()
    if child == 0:
        try:
            while True:
                made.admit(bearer)
        except Refusal as refusal:
            os._exit(0 if refusal.cause == "revoked_token" else 1)
    worker = f"tasks.{child}"
    feed.wait_until_asked_by(worker)
    feed.revoke("j", "t1", LATE)
    _, status = os.waitpid(child, 0)
    assert {asked["guard"] for asked in feed.asked} == {"tasks", worker}
sys.exit(os.waitstatus_to_exitcode(status))
"""


def test_t226_a_forked_worker_asks_with_its_first_request_and_by_a_name_of_its_own() -> None:
    here = Path(__file__).parent
    done = subprocess.run([sys.executable, "-c", FORKS], cwd=here, timeout=60, check=False)
    assert done.returncode == 0
