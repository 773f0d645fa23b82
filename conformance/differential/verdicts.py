"""What the package `countersign` says of tokens: one token per line on standard input, one verdict per
line on standard output, `ok` with the claims as JSON, or `no` with the code of the refusal.

    python verdicts.py --jwks FILE | --secret-hex HEX, --issuer --audience --now SECONDS

A guard reads a header line, so what cannot stand in one is refused before it is looked at: `no header`.
"""

import argparse
import json
import sys

import countersign

# The guard's words for what the crate calls otherwise.
CODES = {
    "token_expired": "expired",
    "subject_missing": "missing_subject",
    "authorization_malformed": "header",
    "authorization_scheme": "header",
}


def guard_from(arguments: argparse.Namespace) -> countersign.Guard:
    keys = (
        {"jwks_file": arguments.jwks}
        if arguments.jwks
        else {"secret": bytes.fromhex(arguments.secret_hex)}
    )
    return countersign.Guard(
        issuer=arguments.issuer, audience=arguments.audience, clock=arguments.now, **keys
    )


def verdict(guard: countersign.Guard, token: bytes) -> str:
    # Space around it is the header's (RFC 9110 section 5.5), and never reaches the guard as part of a token.
    if token != token.strip(b" "):
        return "no header"
    try:
        identity = guard.admit(b"Bearer " + token)
    except countersign.Refusal as refusal:
        return f"no {CODES.get(refusal.cause, refusal.cause)}"
    return f"ok {json.dumps(identity.claims, separators=(',', ':'))}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jwks")
    parser.add_argument("--secret-hex")
    parser.add_argument("--algorithm", choices=["HS256"], default="HS256")
    parser.add_argument("--issuer", required=True)
    parser.add_argument("--audience", required=True)
    parser.add_argument("--now", type=int, required=True)
    guard = guard_from(parser.parse_args())
    for line in sys.stdin.buffer:
        sys.stdout.write(verdict(guard, line.removesuffix(b"\n")) + "\n")


if __name__ == "__main__":
    main()
