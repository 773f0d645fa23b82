"""Pages of a list: how many, from where, which."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

from .task import TaskRow, parse_id

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Cursor:
    """The last task of the page before: a page starts behind it, whatever was added or deleted since."""

    created_at: datetime
    id: str

    @classmethod
    def behind(cls, task: TaskRow) -> "Cursor":
        return cls(task.created_at, task.id)

    def to_text(self) -> str:
        milliseconds = (self.created_at - EPOCH) // timedelta(milliseconds=1)
        return urlsafe_b64encode(f"{milliseconds} {self.id}".encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        padded = text + "=" * (-len(text) % 4)
        milliseconds, _, id = urlsafe_b64decode(padded).decode().partition(" ")
        cursor = cls(EPOCH + timedelta(milliseconds=int(milliseconds)), id)
        if parse_id(id) is None or cursor.to_text() != text:
            raise ValueError("not one of ours")
        return cursor


def parse_cursor(text: str) -> Cursor:
    try:
        return Cursor.parse(text)
    except OverflowError as error:
        raise ValueError("not one of ours") from error


def true_or_false(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError("neither")
    return text == "true"


def digits(text: object) -> object:
    if isinstance(text, str) and not (text.isascii() and text.isdigit()):
        raise ValueError("not a number")
    return text


class Page(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[
        int,
        BeforeValidator(digits),
        Field(ge=1, le=100, description="How many tasks at most, 1 to 100; 50 when absent."),
    ] = 50
    cursor: Annotated[
        Cursor | None,
        PlainValidator(parse_cursor),
        WithJsonSchema({"type": "string"}),
        Field(description="`next_cursor` of the page before."),
    ] = None
    completed: Annotated[
        bool | None,
        BeforeValidator(true_or_false),
        WithJsonSchema({"type": "boolean"}),
        Field(description="Only completed tasks, or only others."),
    ] = None
