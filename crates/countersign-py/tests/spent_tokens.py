"""Where tokens that count once are spent for all processes, as `docs/spent-tokens.md` describes it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


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


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def running() -> Iterator[SpentTokens]:
    tokens = SpentTokens()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, answer = tokens.answer(asked | {"by": self.headers["authorization"]})
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    tokens.url = f"http://127.0.0.1:{server.server_port}/api/auth/spent-tokens"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield tokens
    finally:
        tokens.answering.set()
        server.shutdown()
        server.server_close()
        thread.join()
