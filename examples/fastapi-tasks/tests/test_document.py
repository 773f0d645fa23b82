"""The API's description says what that of `apps/tasks-api` says."""

import json
from pathlib import Path
from typing import Any

from countersign import Guard
from fastapi_tasks.app import create_app
from fastapi_tasks.database import open_database

ROOT = Path(__file__).resolve().parents[3]


def ours() -> dict[str, Any]:
    guard = Guard(issuer="https://auth.test", audience="task-api", secret=bytes(range(32)))
    return create_app(guard, open_database("sqlite::memory:")).openapi()


def operations(document: dict[str, Any]) -> dict[str, Any]:
    """What a client has to know of each."""
    told = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parameters = operation.get("parameters", [])
            told[f"{method} {path}"] = {
                "parameters": sorted(
                    (one["name"], one["in"], one["required"]) for one in parameters
                ),
                "answers": sorted(operation["responses"]),
                "body": sorted(operation.get("requestBody", {}).get("content", {})),
                "tags": operation["tags"],
            }
    return told


def test_both_services_describe_the_same_operations() -> None:
    theirs = json.loads((ROOT / "apps/tasks-api/openapi.json").read_text())
    assert operations(ours()) == operations(theirs)


def test_every_operation_names_its_token_and_scope() -> None:
    document = ours()
    scheme = document["components"]["securitySchemes"]["token"]
    assert (scheme["scheme"], scheme["bearerFormat"]) == ("bearer", "JWT")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            scope = "tasks:read" if method == "get" else "tasks:write"
            assert operation["security"] == [{"token": [scope]}], f"{method} {path}"


def test_every_reference_leads_somewhere() -> None:
    document = ours()
    text = json.dumps(document)
    for name in ["Problem", "Task", "TaskList", "NewTask", "TaskChange"]:
        assert f'"#/components/schemas/{name}"' in text
        assert name in document["components"]["schemas"], name
