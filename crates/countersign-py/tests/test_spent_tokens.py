"""Tokens that count once in all processes of a service."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import pytest
import spent_tokens
from countersign import Guard, Identity, Issuer, Refusal, SettingsError
from countersign.fastapi import install, one_time
from fastapi import Depends, FastAPI
from service import AUDIENCE, ISSUER, NOW, SECRET, Answer, call_as, guard, send, token
from spent_tokens import SpentTokens

URL = "https://auth.test/api/auth/spent-tokens"
CREDENTIAL = ("tasks", "the-secret-of-the-resource-server")
SHARED: dict[str, Any] = {"spent_tokens_url": URL, "spent_tokens_credential": CREDENTIAL}


@pytest.fixture
def shared() -> Iterator[SpentTokens]:
    with spent_tokens.running() as shared:
        yield shared


def process(shared: SpentTokens, patience: float = 30) -> Guard:
    """A guard, as another process of the service has it; patient, however busy the machine is."""
    return guard(
        spent_tokens_url=shared.url,
        spent_tokens_credential=CREDENTIAL,
        spent_tokens_patience=patience,
    )


def cause(behind: Guard, credential: str) -> str | None:
    """Why a request that takes its token once is refused, if it is."""
    try:
        behind.spend(behind.admit(f"Bearer {credential}"))
    except Refusal as refusal:
        return refusal.cause
    return None


def forked_cause(behind: Guard, credential: str) -> str | None:
    """The same in a process that is forked now."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, repr(cause(behind, credential)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        said = told.read()
    os.waitpid(child, 0)
    assert said, "it says something"
    return None if said == "None" else said.strip("'")


def voting(behind: Guard) -> FastAPI:
    app = FastAPI()
    install(app, behind)

    @app.post("/vote")
    async def vote(user: Annotated[Identity, Depends(one_time)]) -> str:
        return user.subject

    return app


def test_t235_of_a_hundred_at_two_processes_one_passes(shared: SpentTokens) -> None:
    guards = [process(shared), process(shared)]
    good = token()
    with ThreadPoolExecutor(20) as threads:
        causes = Counter(threads.map(lambda n: cause(guards[n % 2], good), range(100)))
    assert causes == {None: 1, "replayed": 99}
    asked = shared.asked[0]
    assert (asked["issuer"], asked["jti"], asked["until"]) == (ISSUER, "t1", NOW + 930)
    # "tasks:the-secret-of-the-resource-server"
    basic = "Basic dGFza3M6dGhlLXNlY3JldC1vZi10aGUtcmVzb3VyY2Utc2VydmVy"
    assert asked["by"] == basic


def test_r23_an_operation_takes_a_token_once_in_all_processes(shared: SpentTokens) -> None:
    one, other = voting(process(shared)), voting(process(shared))
    assert call_as(one, "/vote", method="POST").json() == "alice"
    assert call_as(other, "/vote", method="POST").status == 401
    assert call_as(one, "/vote", method="POST").status == 401
    assert call_as(other, "/vote", {"jti": "t2"}, method="POST").json() == "alice"
    assert len(shared.asked) == 3


def test_t236_without_an_answer_nobody_passes_and_nothing_is_lost(shared: SpentTokens) -> None:
    app = voting(process(shared))
    for status in (503, 500, 404, 401, 201):
        shared.status = status
        answer = call_as(app, "/vote", {"jti": f"t{status}"}, method="POST")
        assert (answer.status, answer.json()["code"]) == (503, "spent_tokens_unavailable")
        shared.status = None
        assert call_as(app, "/vote", {"jti": f"t{status}"}, method="POST").status == 200
        assert call_as(app, "/vote", {"jti": f"t{status}"}, method="POST").status == 401


def test_t236_who_waits_for_a_thread_waits_no_longer_than_for_an_answer(
    shared: SpentTokens,
) -> None:
    patient, hasty = voting(process(shared)), voting(process(shared, patience=0.1))

    async def vote(app: FastAPI, jti: str) -> Answer:
        return await send(app, "/vote", [b"Bearer " + token(jti=jti).encode()], method="POST")

    async def scene() -> None:
        shared.answering.clear()
        waiting = [asyncio.create_task(vote(patient, f"t{n}")) for n in range(40)]
        while len(shared.asked) < 40:
            await asyncio.sleep(0)
        answer = await vote(hasty, "late")
        assert (answer.status, answer.json()["code"]) == (503, "spent_tokens_unavailable")
        assert len(shared.asked) == 40
        shared.answering.set()
        assert {answer.status for answer in await asyncio.gather(*waiting)} == {200}

    asyncio.run(scene())
    late = call_as(voting(process(shared)), "/vote", {"jti": "late"}, method="POST")
    assert late.status == 200, "nobody asked for it"


forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked here")


@forks
def test_a_forked_worker_knows_what_was_spent_and_asks_by_itself(shared: SpentTokens) -> None:
    behind = process(shared)
    assert cause(behind, token()) is None
    assert forked_cause(behind, token()) == "replayed"
    assert forked_cause(behind, token(jti="t2")) is None
    assert cause(behind, token(jti="t2")) == "replayed"


@forks
def test_t235_of_forked_workers_each_has_attempts_of_its_own(shared: SpentTokens) -> None:
    behind = process(shared)
    # What is drawn before the fork must not have the workers draw the same.
    assert cause(behind, token()) is None
    first = token(jti="t2")
    workers = [forked_cause(behind, first), forked_cause(behind, first)]
    assert [*workers, cause(behind, first)] == [None, "replayed", "replayed"]
    assert len({asked["attempt"] for asked in shared.asked}) == 4


@forks
def test_t235_what_is_open_at_a_fork_goes_on_in_one_process(shared: SpentTokens) -> None:
    behind = process(shared)
    shared.status = 503
    assert cause(behind, token()) == "spent_tokens_unavailable"
    shared.status = None
    assert forked_cause(behind, token()) is None
    assert cause(behind, token()) == "replayed"


@pytest.mark.parametrize(
    ("settings", "setting", "code"),
    [
        ({"spent_tokens_url": URL}, "spent_tokens_url", "half_shared"),
        ({"spent_tokens_credential": CREDENTIAL}, "spent_tokens_credential", "half_shared"),
        (
            {"spent_tokens_url": "http://auth.test/x", "spent_tokens_credential": CREDENTIAL},
            "spent_tokens_url",
            "insecure_url",
        ),
        (
            {"spent_tokens_url": URL, "spent_tokens_credential": ("a:b", "secret")},
            "spent_tokens_credential",
            "credential",
        ),
        ({"spent_tokens_patience": 1.0}, "spent_tokens_patience", "nothing_shared"),
        (SHARED | {"spent_tokens_patience": 31}, "spent_tokens_patience", "patience"),
        (SHARED | {"spent_tokens_patience": -1}, "spent_tokens_patience", "not_seconds"),
    ],
)
def test_settings_that_make_no_sense(settings: dict[str, Any], setting: str, code: str) -> None:
    only = Issuer(issuer=ISSUER, audience=AUDIENCE, secret=SECRET)
    makers: list[Callable[[], Guard]] = [
        lambda: guard(**settings),
        lambda: Guard.for_issuers([only], **settings),
    ]
    for make in makers:
        with pytest.raises(SettingsError) as raised:
            make()
        assert (raised.value.setting, raised.value.code) == (setting, code)
        assert CREDENTIAL[1] not in str(raised.value)


def test_how_long_it_waits_is_known() -> None:
    assert guard().spent_tokens_patience is None
    assert guard(**SHARED).spent_tokens_patience == 1
    assert guard(**SHARED, spent_tokens_patience=2.5).spent_tokens_patience == 2.5
