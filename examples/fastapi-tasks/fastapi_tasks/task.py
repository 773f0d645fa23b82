"""A task, and where it is kept."""

from datetime import datetime, timezone
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, PlainSerializer
from sqlalchemy import Dialect, Index, Text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


def iso(when: datetime) -> str:
    """RFC 3339, UTC, milliseconds."""
    return when.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> datetime:
    """To the millisecond, as it is kept."""
    when = datetime.now(timezone.utc)
    return when.replace(microsecond=when.microsecond // 1000 * 1000)


class Instant(TypeDecorator[datetime]):
    """An instant as text, as `tasks-api` and Better Auth write it; compared as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else iso(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value.replace("Z", "+00:00"))


class TaskRow(SQLModel, table=True):
    """A row of the one table of this service."""

    __tablename__ = "task"
    __table_args__ = (Index("task_user_id_created_at_id_idx", "user_id", "created_at", "id"),)

    id: str = Field(primary_key=True)
    user_id: str
    title: str
    description: str | None = None
    completed: bool
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


Iso = Annotated[datetime, PlainSerializer(iso, return_type=str)]


class Task(BaseModel):
    """Something somebody wants to do."""

    id: UUID
    user_id: str
    title: str
    description: str | None
    completed: bool
    created_at: Iso
    updated_at: Iso


class TaskList(BaseModel):
    """A page of tasks, the newest first."""

    items: list[Task]
    total: int
    next_cursor: str | None


def parse_id(text: str) -> str | None:
    """Only the one spelling that we write: lower case, with hyphens."""
    try:
        return text if str(UUID(text)) == text else None
    except ValueError:
        return None
