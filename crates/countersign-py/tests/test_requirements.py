"""T345: the packages that tests and example run with are no older than their last known hole."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FLOORS = {"starlette": (1, 0, 1), "python-multipart": (0, 0, 26), "pyjwt": (2, 13, 0)}


def test_t345_no_package_is_older_than_its_floor() -> None:
    lines = [
        line.split(";")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines()
    ]
    locked = dict(line.lower().split("==") for line in lines if line and not line.startswith("#"))
    for name, floor in FLOORS.items():
        assert tuple(int(part) for part in locked[name].split(".")) >= floor, name
    assert "python-jose" not in locked
    assert not any("://" in line for line in lines)
