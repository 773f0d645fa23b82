"""An issuer that publishes its keys at an address, and answers when it is told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from loopback import Handler, serving
from service import claims

METADATA = {"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"}


class Issuer:
    def __init__(self) -> None:
        self.status = 200
        self.fetches = 0
        self.asked = threading.Event()
        """Somebody has asked for the keys."""
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.url = ""
        self.name = ""
        self.called = ""
        """What its metadata call it."""
        self.rotate("k1")

    def rotate(self, kid: str) -> None:
        self._kid, self._key = kid, Ed25519PrivateKey.generate()

    def token(self, **changes: Any) -> str:
        headers = {"kid": self._kid}
        payload = json.dumps(claims(**changes)).encode()
        return jwt.api_jws.encode(payload, self._key, "EdDSA", headers)

    def bearer(self, **changes: Any) -> bytes:
        return b"Bearer " + self.token(**changes).encode()

    def metadata(self) -> bytes:
        return json.dumps({"issuer": self.called, "jwks_uri": self.url}).encode()

    def jwks(self) -> bytes:
        public = jwt.algorithms.OKPAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return json.dumps({"keys": [{**public, "kid": self._kid, "alg": "EdDSA"}]}).encode()


@contextmanager
def running() -> Iterator[Issuer]:
    issuer = Issuer()

    class Publishing(Handler):
        def do_GET(self) -> None:
            if self.path in METADATA:
                self.answer(issuer.status, issuer.metadata())
                return
            issuer.fetches += 1
            issuer.asked.set()
            issuer.may_answer.wait()
            self.answer(issuer.status, issuer.jwks() if issuer.status == 200 else b"")

    with serving(Publishing) as origin:
        issuer.name = issuer.called = origin
        issuer.url = f"{origin}/api/auth/jwks"
        try:
            yield issuer
        finally:
            issuer.may_answer.set()
