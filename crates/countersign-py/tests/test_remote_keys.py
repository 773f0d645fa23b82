"""Keys that are published: fetched once, followed through a rotation, and never waited for on the loop."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import issuer as issuers
import pytest
from countersign import Guard, Refusal
from issuer import Issuer
from service import guard, send, service


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuers.running() as issuer:
        yield issuer


def behind(issuer: Issuer) -> Guard:
    return guard(jwks_url=issuer.url)


def test_keys_are_fetched_once_and_again_after_a_rotation(issuer: Issuer) -> None:
    made = behind(issuer)
    assert issuer.fetches == 0
    for _ in range(3):
        assert made.admit(issuer.bearer()).subject == "alice"
    assert issuer.fetches == 1
    issuer.rotate("k2")
    assert made.admit(issuer.bearer()).subject == "alice"
    assert issuer.fetches == 2


@pytest.mark.parametrize("kind", ["openid", "oauth"])
def test_the_keys_are_where_the_issuer_says(issuer: Issuer, kind: str) -> None:
    made = guard(issuer=issuer.name, discovery=kind)
    assert made.admit(issuer.bearer(iss=issuer.name)).subject == "alice"
    assert issuer.fetches == 1


def test_metadata_of_another_issuer_brings_no_keys(
    issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    issuer.called = "https://evil.test"
    made = guard(issuer=issuer.name, discovery="openid")
    with pytest.raises(Refusal) as refused:
        made.admit(issuer.bearer(iss=issuer.name))
    assert refused.value.code == "keys_unavailable"
    assert issuer.fetches == 0
    logs = [record for record in caplog.records if record.name == "countersign.keys"]
    assert "https://evil.test" in logs[0].getMessage()


def test_a_snapshot_serves_while_the_issuer_is_away(issuer: Issuer, tmp_path: Path) -> None:
    kept = tmp_path / "keys.json"
    guard(jwks_url=issuer.url, snapshot=kept).ready()
    # Nobody waits for the disk, but this test.
    while not kept.exists():
        pass
    issuer.status = 500
    with pytest.raises(Refusal):
        guard(jwks_url=issuer.url).ready()
    again = guard(jwks_url=issuer.url, snapshot=kept)
    assert again.admit(issuer.bearer()).subject == "alice"


def test_t067_invented_key_names_do_not_make_it_fetch(issuer: Issuer) -> None:
    made = behind(issuer)
    made.admit(issuer.bearer())
    other = Issuer()
    for number in range(100):
        other.rotate(f"invented-{number}")
        with pytest.raises(Refusal, match="Invalid token"):
            made.admit(other.bearer())
    assert issuer.fetches == 2


def test_an_outage_is_503_and_never_401(issuer: Issuer, caplog: pytest.LogCaptureFixture) -> None:
    issuer.status = 500
    made = behind(issuer)
    with pytest.raises(Refusal) as refused:
        made.admit(issuer.bearer())
    refusal = refused.value
    assert (refusal.status, refusal.code) == (503, "keys_unavailable")
    assert refusal.headers["retry-after"] == "2"
    assert "www-authenticate" not in refusal.headers
    with pytest.raises(Refusal):
        made.ready()
    logs = [record for record in caplog.records if record.name == "countersign.keys"]
    assert [record.levelno for record in logs] == [logging.WARNING]
    assert "the answer has status 500" in logs[0].getMessage()


def test_ready_fetches(issuer: Issuer) -> None:
    behind(issuer).ready()
    assert issuer.fetches == 1


def test_without_waiting_it_says_that_keys_have_to_be_fetched(issuer: Issuer) -> None:
    made = behind(issuer)
    issuer.may_answer.clear()
    assert made.admit_now(issuer.bearer()) is None
    issuer.asked.wait()
    issuer.may_answer.set()
    # The fetch went on by itself; there is no second one.
    assert made.admit(issuer.bearer()).subject == "alice"
    identity = made.admit_now(issuer.bearer())
    assert identity is not None and identity.subject == "alice"
    assert issuer.fetches == 1


def test_the_event_loop_and_plain_operations_go_on_while_keys_are_fetched(issuer: Issuer) -> None:
    app = service(behind(issuer))

    async def scenario() -> None:
        issuer.may_answer.clear()
        # More than there are threads for plain `def` operations.
        waiting = [asyncio.create_task(send(app, "/me", [issuer.bearer()])) for _ in range(100)]
        await asyncio.to_thread(issuer.asked.wait)
        assert (await send(app, "/greeting")).json() == "stranger"
        assert not any(task.done() for task in waiting)
        issuer.may_answer.set()
        answers = await asyncio.gather(*waiting)
        assert {answer.status for answer in answers} == {200}

    asyncio.run(scenario())
    assert issuer.fetches == 1


FORKS = """
import os, sys, issuer as issuers
from service import guard

with issuers.running() as issuer:
    made = guard(jwks_url=issuer.url)
    made.admit(issuer.bearer())
    bearer, other = issuer.bearer(), guard(jwks_url=issuer.url)
    child = os.fork()
    if child == 0:
        good = made.admit(bearer).subject == other.admit(bearer).subject == "alice"
        os._exit(0 if good else 1)
    _, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def test_a_forked_worker_fetches_by_itself() -> None:
    here = Path(__file__).parent
    done = subprocess.run([sys.executable, "-c", FORKS], cwd=here, timeout=60, check=False)
    assert done.returncode == 0
