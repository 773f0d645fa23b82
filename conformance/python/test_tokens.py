"""Our tokens, verified by PyJWT, which knows nothing of us."""

import json
import os
import socket
import subprocess
import urllib.request
from pathlib import Path
from typing import Iterator, NamedTuple

import jwt
import pytest

ROOT = Path(__file__).resolve().parents[2]
COUNTERSIGN = os.environ.get("COUNTERSIGN_BIN", str(ROOT / "target/debug/countersign"))
SECRET = "a-secret-for-tests-only-0123456789abcdef"


class SignedIn(NamedTuple):
    algorithm: str
    base: str
    user_id: str
    token: str

    def key(self):
        if self.algorithm == "HS256":
            return SECRET.encode()
        client = jwt.PyJWKClient(f"{self.base}/api/auth/jwks")
        return client.get_signing_key_from_jwt(self.token)

    def verify(self, token: str | None = None, audience: str | None = None) -> dict:
        return jwt.decode(
            token or self.token,
            self.key(),
            algorithms=[self.algorithm],
            issuer=self.base,
            audience=audience or self.base,
            options={"require": ["exp", "iat", "sub"]},
        )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def call(url: str, body: dict | None = None, cookie: str = ""):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Cookie": cookie} if cookie else {"Content-Type": "application/json"}
    return urllib.request.urlopen(urllib.request.Request(url, data, headers))


@pytest.fixture(scope="module", params=["EdDSA", "ES256", "ES512", "RS256", "PS256", "HS256"])
def signed_in(request, tmp_path_factory) -> Iterator[SignedIn]:
    base = f"http://127.0.0.1:{free_port()}"
    database = tmp_path_factory.mktemp("countersign") / "countersign.db"
    settings = {
        "BETTER_AUTH_SECRET": SECRET,
        "BETTER_AUTH_URL": base,
        "DATABASE_URL": f"sqlite:{database}",
        "COUNTERSIGN_TOKEN__ALGORITHM": request.param,
    }
    listen = base.removeprefix("http://")
    with subprocess.Popen([COUNTERSIGN, "serve", "--listen", listen], env=settings, stderr=subprocess.PIPE, text=True) as server:
        said = ""
        for line in server.stderr:
            said += line
            if "countersign serves" in line:
                break
        else:
            pytest.fail(f"countersign serve ended:\n{said}")
        person = {"name": "Ann", "email": "ann@example.com", "password": "password1234"}
        answer = call(f"{base}/api/auth/sign-up/email", person)
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        user_id = json.load(answer)["user"]["id"]
        token = json.load(call(f"{base}/api/auth/token", cookie=cookie))["token"]
        yield SignedIn(request.param, base, user_id, token)
        server.terminate()


def test_a_token_is_good_and_names_the_user(signed_in: SignedIn):
    claims = signed_in.verify()
    assert claims["sub"] == signed_in.user_id
    assert claims["exp"] - claims["iat"] == 900
    assert set(claims) == {"iat", "sub", "sid", "sessionId", "jti", "exp", "iss", "aud"}


def test_a_token_with_one_other_character_is_bad(signed_in: SignedIn):
    header, payload, signature = signed_in.token.split(".")
    other = ("B" if signature[0] == "A" else "A") + signature[1:]
    with pytest.raises(jwt.InvalidSignatureError):
        signed_in.verify(f"{header}.{payload}.{other}")


def test_a_token_is_bad_for_another_audience(signed_in: SignedIn):
    with pytest.raises(jwt.InvalidAudienceError):
        signed_in.verify(audience="https://other.example")
