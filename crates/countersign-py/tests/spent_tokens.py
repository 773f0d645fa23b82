"""Where tokens that count once are spent for all processes, as `docs/spent-tokens.md` describes it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from loopback import Handler, serving


class SpentTokens:
    def __init__(self) -> None:
        self.url = ""
        self.status: int | None = None
        """What everybody is answered, where nothing is decided."""
        self.answering = threading.Event()
        """Until it is set nobody is answered."""
        self.answering.set()
        self.asked: list[dict[str, Any]] = []
        self._spent: dict[tuple[str, str, str], str] = {}
        self._lock = threading.Lock()

    def answer(self, asked: dict[str, Any]) -> tuple[int, dict[str, str]]:
        with self._lock:
            self.asked.append(asked)
        self.answering.wait()
        with self._lock:
            if self.status is not None:
                return self.status, {}
            name = (asked["issuer"], asked["type"], asked["jti"])
            if self._spent.setdefault(name, asked["attempt"]) == asked["attempt"]:
                return 201, {"attempt": asked["attempt"]}
            return 409, {"code": "TOKEN_ALREADY_SPENT"}


@contextmanager
def running() -> Iterator[SpentTokens]:
    tokens = SpentTokens()

    class Spending(Handler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, answer = tokens.answer(asked | {"by": self.headers["authorization"]})
            self.answer(status, json.dumps(answer).encode())

    with serving(Spending) as origin:
        tokens.url = f"{origin}/api/auth/spent-tokens"
        try:
            yield tokens
        finally:
            tokens.answering.set()
