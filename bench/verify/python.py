"""Times Python libraries: says which cells it has, then answers each line `CELL MILLISECONDS`."""

import json
import logging
import sys
import time
import warnings
from base64 import urlsafe_b64decode
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from tempfile import NamedTemporaryFile

Decide = Callable[[str], bool]


def pyjwt(name: str, jwk: dict, want: dict) -> Decide:
    import jwt

    key = jwt.PyJWK(jwk).key
    options = {"require": ["exp", "iss", "aud", "sub"]}

    def decide(token: str) -> bool:
        claims = jwt.decode(
            token,
            key,
            algorithms=[name],
            issuer=want["issuer"],
            audience=want["audience"],
            options=options,
        )
        return claims["sub"] == want["subject"]

    return decide


def python_jose(name: str, jwk: dict, want: dict) -> Decide:
    from jose import jwk as keys
    from jose import jwt

    key = keys.construct(jwk, name)

    def decide(token: str) -> bool:
        claims = jwt.decode(
            token, key, algorithms=[name], issuer=want["issuer"], audience=want["audience"]
        )
        return claims["sub"] == want["subject"]

    return decide


def joserfc(name: str, jwk: dict, want: dict) -> Decide:
    from joserfc import jwt
    from joserfc.jwk import import_key

    key = import_key(jwk)
    registry = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": want["issuer"]},
        aud={"essential": True, "value": want["audience"]},
        exp={"essential": True},
        sub={"essential": True},
    )

    def decide(token: str) -> bool:
        claims = jwt.decode(token, key, algorithms=[name]).claims
        registry.validate(claims)
        return claims["sub"] == want["subject"]

    return decide


def countersign(name: str, jwk: dict, want: dict) -> Decide:
    from countersign import Guard

    # The others verify every token anew, so that ours remembers none either.
    policy = {"issuer": want["issuer"], "audience": want["audience"], "cached_tokens": 0}
    if name == "HS256":
        padded = jwk["k"] + "=" * (-len(jwk["k"]) % 4)
        guard = Guard(**policy, secret=urlsafe_b64decode(padded))
    else:
        with NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"keys": [jwk]}, file)
            file.flush()
            guard = Guard(**policy, jwks_file=file.name)

    def decide(token: str) -> bool:
        return guard.admit("Bearer " + token).subject == want["subject"]

    return decide


LIBRARIES = {
    "PyJWT": pyjwt,
    "python-jose": python_jose,
    "joserfc": joserfc,
    "countersign for Python": countersign,
}
PACKAGES = {"countersign for Python": "countersign"}
LACKS = {("python-jose", "EdDSA")}


def prove(library: str, name: str, decide: Decide, tokens: dict) -> None:
    if not decide(tokens["good"]):
        sys.exit(f"{library} does not find the subject ({name})")
    for bad in [tokens["tampered"], *tokens["wrong_claims"]]:
        try:
            decide(bad)
        except Exception:
            continue
        sys.exit(f"{library} accepts a bad token ({name})")


def measure(decide: Decide, token: str, seconds: float) -> dict:
    def run(length: float, batch: int) -> tuple[int, float]:
        tokens, started = 0, time.perf_counter()
        while (spent := time.perf_counter() - started) < length:
            for _ in range(batch):
                decide(token)
            tokens += batch
        return tokens, spent

    run(seconds / 10, 1)
    cpu = time.process_time()
    tokens, spent = run(seconds, 10)
    return {"tokens": tokens, "seconds": spent, "cpu": time.process_time() - cpu}


def main() -> None:
    logging.disable()  # our own guard would log each bad token that it refuses
    warnings.simplefilter("ignore")  # joserfc would rather have the name Ed25519 than EdDSA
    with open(sys.argv[1], encoding="utf-8") as file:
        material = json.load(file)
    cells, ready, absent = [], [], []
    for library, make in LIBRARIES.items():
        try:
            its_version = version(PACKAGES.get(library, library))
        except PackageNotFoundError:
            absent.append(library)
            continue
        for name, tokens in material["algorithms"].items():
            if (library, name) in LACKS:
                continue
            decide = make(name, tokens["jwk"], material)
            prove(library, name, decide, tokens)
            cells.append({"library": library, "version": its_version, "algorithm": name})
            ready.append((decide, tokens["good"]))
    print(json.dumps({"cells": cells, "absent": absent}), flush=True)
    for line in sys.stdin:
        cell, milliseconds = line.split()
        decide, token = ready[int(cell)]
        print(json.dumps(measure(decide, token, int(milliseconds) / 1000)), flush=True)


main()
