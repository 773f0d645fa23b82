"""The revocation feed of an issuer, as `docs/revocation-feed.md` describes it."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from loopback import Handler, serving
from service import ISSUER, NOW, SECRET

KEY = bytes(range(16))
LATE = NOW + 3600


class Feed:
    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.asked: list[dict[str, str]] = []
        self._entries: list[list[Any]] = []
        self._changed = threading.Condition()
        self._ended = False

    def revoke(self, kind: str, name: str, *times: int) -> None:
        with self._changed:
            self._entries.append([kind, base64url(siphash(KEY, f"{kind}{name}".encode())), *times])
            self._changed.notify_all()

    def answer(self, status: int) -> None:
        """From now on, also who waits already."""
        with self._changed:
            self.status = status
            self._changed.notify_all()

    def wait_until_taken(self) -> None:
        """Until a guard says that it has taken in all there is."""
        with self._changed:
            self._changed.wait_for(lambda: self.asked[-1].get("after") == str(len(self._entries)))

    def wait_until_asked_by(self, guard: str) -> None:
        """Until the guard of this name has asked."""
        with self._changed:
            self._changed.wait_for(lambda: any(each["guard"] == guard for each in self.asked))

    def end(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def told(self, asked: dict[str, str]) -> tuple[int, bytes]:
        with self._changed:
            self.asked.append(asked)
            self._changed.notify_all()
            after = asked.get("after")
            self._changed.wait_for(
                lambda: self._ended or self.status != 200 or after != str(len(self._entries)),
                timeout=float(asked.get("wait", 0)),
            )
            start = int(after or 0)
            payload = {
                "iss": ISSUER,
                "iat": NOW,
                "nonce": asked["nonce"],
                "epoch": "e1",
                "key": base64url(KEY),
                "from": start,
                "to": len(self._entries),
                "more": False,
                "entries": self._entries[start:],
            }
            headers = {"typ": "revocations+jwt"}
            text = json.dumps(payload).encode()
            return self.status, jwt.api_jws.encode(text, SECRET, "HS256", headers).encode()


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def siphash(key: bytes, data: bytes) -> bytes:
    """SipHash-2-4, 64 bits, big-endian."""
    mask = (1 << 64) - 1
    k0, k1 = (int.from_bytes(half, "little") for half in (key[:8], key[8:]))
    v = [
        k0 ^ 0x736F6D6570736575,
        k1 ^ 0x646F72616E646F6D,
        k0 ^ 0x6C7967656E657261,
        k1 ^ 0x7465646279746573,
    ]

    def turned(x: int, bits: int) -> int:
        return (x << bits | x >> (64 - bits)) & mask

    def rounds(count: int) -> None:
        for _ in range(count):
            for a, b, bits in ((0, 1, 13), (2, 3, 16)):
                v[a] = (v[a] + v[b]) & mask
                v[b] = turned(v[b], bits) ^ v[a]
            v[0] = turned(v[0], 32)
            for a, b, bits in ((0, 3, 21), (2, 1, 17)):
                v[a] = (v[a] + v[b]) & mask
                v[b] = turned(v[b], bits) ^ v[a]
            v[2] = turned(v[2], 32)

    tail = len(data) % 8
    padded = data + bytes(7 - tail) + bytes([len(data) & 0xFF])
    for start in range(0, len(padded), 8):
        word = int.from_bytes(padded[start : start + 8], "little")
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 0xFF
    rounds(4)
    return (v[0] ^ v[1] ^ v[2] ^ v[3]).to_bytes(8, "big")


@contextmanager
def running() -> Iterator[Feed]:
    feed = Feed()

    class Following(Handler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            asked = {name: values[0] for name, values in query.items()}
            self.answer(*feed.told({**asked, "authorization": self.headers["authorization"] or ""}))

    with serving(Following) as origin:
        feed.url = f"{origin}/api/auth/revocations"
        try:
            yield feed
        finally:
            feed.end()
