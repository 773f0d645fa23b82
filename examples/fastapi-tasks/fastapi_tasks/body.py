"""Bodies: JSON objects of at most 64 KiB, whose members are all known and all valid.

What is no JSON is a 400; JSON with members that are missing, unknown or invalid is a 422 that names
each of them. `user_id` and `id` are unknown members: whose task it is says the token.
"""

import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictStr
from pydantic_core import from_json

from . import problem

LIMIT = 64 * 1024

# White_Space of Unicode, which `str.strip` goes beyond.
WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


def title(text: str) -> str:
    text = text.strip(WHITE_SPACE)
    if not text:
        raise ValueError("must not be empty")
    if len(text) > 200:
        raise ValueError("must have at most 200 characters")
    return without_nul(text)


def description(text: str) -> str:
    if len(text) > 2_000:
        raise ValueError("must have at most 2,000 characters")
    return without_nul(text)


def without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not hold the character NUL")
    return text


Title = Annotated[
    StrictStr, AfterValidator(title), Field(json_schema_extra={"minLength": 1, "maxLength": 200})
]
Description = Annotated[
    StrictStr, AfterValidator(description), Field(json_schema_extra={"maxLength": 2000})
]


class NewTask(BaseModel):
    """A task to add, or to write anew."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    description: Description | None = None
    completed: StrictBool = False
    """Absent means: not completed for a new task, unchanged for one that is written anew."""


class TaskChange(BaseModel):
    """What is to change; what is absent stays. A `description` of `null` takes it away."""

    model_config = ConfigDict(extra="forbid")

    title: Title = Field(default_factory=str)
    description: Description | None = None
    completed: StrictBool = False


class JsonRequest(Request):
    """A request whose body is read as strictly as serde does."""

    async def body(self) -> bytes:
        if not hasattr(self, "_body"):
            # The first part comes when the guard has let the caller in, not before.
            body = b""
            async for part in self.stream():
                if not self._is_json():
                    raise problem.unsupported_media_type()
                if "content-encoding" in self.headers:
                    raise problem.unsupported_coding()
                body += part
                if len(body) > LIMIT:
                    raise problem.too_large()
            self._members = members(body)
            self._body = body
        return self._body

    async def json(self) -> Any:
        await self.body()
        return self._members

    def _is_json(self) -> bool:
        media_type = self.headers.get("content-type", "").split(";")[0]
        return media_type.strip().lower() == "application/json"


def members(body: bytes) -> dict[str, Any]:
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise problem.no_json(error) from error
    if not isinstance(value, dict) or names_twice(body):
        raise problem.malformed(
            "The body has to be a JSON object in which no member is named twice."
        )
    return value


def names_twice(body: bytes) -> bool:
    """Whether a member of the object is there twice: two parsers would take different ones."""
    pairs = json.loads(body.decode(), object_pairs_hook=list, parse_int=str, parse_float=str)
    return len(pairs) > len({name for name, _ in pairs})


class JsonRoute(APIRoute):
    """An operation whose body is a `JsonRequest`'s."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_json(request: Request) -> Response:
            return await handle(JsonRequest(request.scope, request.receive))

        return handle_json
