"""Errors as problem documents (RFC 9457). Nothing internal is in them."""

import logging
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from starlette.exceptions import HTTPException as StarletteHTTPException

from .methods import allowed

log = logging.getLogger("fastapi_tasks")


class FieldError(BaseModel):
    """A field and what is wrong with it."""

    field: str
    message: str


class ProblemDocument(BaseModel):
    """What went wrong, as it is described in the API."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] | None = None


class Problem(HTTPException):
    """An answer that is an error."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail, headers)
        self.code = code
        self.errors = errors

    def response(self) -> Response:
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": PHRASES.get(self.status_code) or HTTPStatus(self.status_code).phrase,
            "status": self.status_code,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors:
            document["errors"] = [error.model_dump() for error in self.errors]
        headers = {"content-type": "application/problem+json", **(self.headers or {})}
        return JSONResponse(document, self.status_code, headers)


PHRASES = {413: "Payload Too Large", 422: "Unprocessable Entity"}
"""Python's newer names of these two differ."""


def schemas() -> dict[str, Any]:
    """The schema of a problem document, and what it refers to."""
    schema = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}


def malformed(detail: str, errors: Sequence[FieldError] = ()) -> Problem:
    return Problem(400, "malformed_request", detail, errors)


def bad_parameter(name: str, message: str) -> Problem:
    detail = f"The parameter `{name}` is not valid: {message}."
    return malformed(detail, [FieldError(field=name, message=message)])


def invalid_fields(errors: Sequence[FieldError]) -> Problem:
    names = ", ".join(error.field for error in errors)
    return Problem(422, "invalid_fields", f"These fields are not valid: {names}.", errors)


def unsupported_media_type() -> Problem:
    detail = "The body has to be JSON, with Content-Type: application/json."
    return Problem(415, "unsupported_media_type", detail)


def unsupported_coding() -> Problem:
    detail = "The body has to be sent as it is, without Content-Encoding."
    return Problem(415, "unsupported_media_type", detail)


def too_large() -> Problem:
    return Problem(413, "too_large", "The body is larger than 64 KiB.")


def no_such_task() -> Problem:
    """The one answer for a task that does not exist, is somebody else's, or has no proper id."""
    return Problem(404, "not_found", "Task not found.")


def install(app: FastAPI) -> None:
    """From now on every error is a problem document."""
    app.add_exception_handler(Problem, of_ours)
    app.add_exception_handler(StarletteHTTPException, of_the_framework)
    app.add_exception_handler(RequestValidationError, of_validation)
    app.add_exception_handler(SQLAlchemyError, of_the_database)
    app.add_exception_handler(Exception, unexpected)


async def of_ours(_request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return problem.response()


async def of_the_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    if error.status_code == 404:
        return Problem(404, "not_found", "There is nothing at this address.").response()
    if error.status_code == 405:
        detail = "This address has other methods; see /openapi.json."
        headers = {"allow": allowed(request)}
        return Problem(405, "method_not_allowed", detail, headers=headers).response()
    return malformed("The body could not be read.").response()


PARAMETERS = {
    "limit": "it has to be a number from 1 to 100",
    "cursor": "it has to be a next_cursor of a page before",
    "completed": "it has to be true or false",
}
FIELDS = {
    "title": "must be a text",
    "description": "must be a text or null",
    "completed": "must be true or false",
}


async def of_validation(_request: Request, error: Exception) -> Response:
    """In our words: one wrong parameter, or all wrong fields."""
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    for wrong in errors:
        place, name = wrong["loc"][0], str(wrong["loc"][-1])
        if place == "query":
            message = PARAMETERS.get(name, "there are limit, cursor and completed")
            return bad_parameter(name[:64], message).response()
    known = [wrong for wrong in errors if wrong["type"] != "extra_forbidden"]
    unknown = [wrong for wrong in errors if wrong["type"] == "extra_forbidden"]
    unknown.sort(key=lambda wrong: str(wrong["loc"][-1]).encode())
    return invalid_fields([field_error(wrong) for wrong in known + unknown]).response()


def field_error(wrong: Mapping[str, Any]) -> FieldError:
    name = str(wrong["loc"][1])
    match wrong["type"]:
        case "missing":
            message = "is required"
        case "extra_forbidden":
            message = "is not a field of a task that can be set"
        case "value_error":
            message = str(wrong["ctx"]["error"])
        case _:
            message = FIELDS[name]
    return FieldError(field=name[:64], message=message)


async def of_the_database(_request: Request, error: Exception) -> Response:
    log.error("a statement failed: %s", error)
    if isinstance(error, OperationalError):
        detail = "The tasks cannot be reached now. Please try again."
        return Problem(503, "unavailable", detail, headers={"retry-after": "1"}).response()
    return internal().response()


async def unexpected(_request: Request, _error: Exception) -> Response:
    return internal().response()


def internal() -> Problem:
    return Problem(500, "internal", "Something went wrong on our side.")


POSITION = re.compile(r"at line (\d+) column (\d+)")


def no_json(error: ValueError) -> Problem:
    """Says where."""
    found = POSITION.search(str(error))
    line, column = found.groups() if found else ("1", "0")
    return malformed(f"The body is not valid JSON (line {line}, column {column}).")
