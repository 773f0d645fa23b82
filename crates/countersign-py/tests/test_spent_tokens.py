"""Tokens that count once in all processes of a service."""

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
from service import AUDIENCE, ISSUER, NOW, SECRET, call_as, guard, token
from spent_tokens import SpentTokens

URL = "https://auth.test/api/auth/spent-tokens"
CREDENTIAL = ("tasks", "the-secret-of-the-resource-server")


@pytest.fixture
def shared() -> Iterator[SpentTokens]:
    with spent_tokens.running() as shared:
        yield shared


def process(shared: SpentTokens) -> Guard:
    """A guard, as another process of the service has it."""
    return guard(spent_tokens_url=shared.url, spent_tokens_credential=CREDENTIAL)


def cause(behind: Guard, credential: str) -> str | None:
    """Why a request that takes its token once is refused, if it is; asked again while the machine is too busy."""
    identity = behind.admit(f"Bearer {credential}")
    for _try in range(60):
        try:
            behind.spend(identity)
        except Refusal as refusal:
            if refusal.cause == "spent_tokens_unavailable":
                continue
            return refusal.cause
        return None
    return "never answered"


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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked here")
def test_a_forked_worker_asks_by_itself(shared: SpentTokens) -> None:
    behind = process(shared)
    assert cause(behind, token()) is None
    child = os.fork()
    if child == 0:
        known = cause(behind, token()) == "replayed"
        os._exit(0 if known and cause(behind, token(jti="t2")) is None else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert cause(behind, token(jti="t2")) == "replayed"


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
