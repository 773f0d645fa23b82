"""The rows of one user's tasks, and no way to anybody else's."""

from collections.abc import Iterator
from typing import Annotated, Any
from uuid import uuid4

from countersign.fastapi import VerifiedUser
from fastapi import Depends, Request
from sqlalchemy import ColumnElement, CursorResult, and_, not_, or_
from sqlmodel import Session, SQLModel, col, delete, func, select, update

from .page import Cursor, Page
from .task import TaskRow, now


def session(request: Request) -> Iterator[Session]:
    with Session(request.app.state.engine) as session:
        yield session


class TaskRows:
    """The tasks of one verified user. Every statement is theirs alone."""

    def __init__(self, owner: VerifiedUser, session: Annotated[Session, Depends(session)]) -> None:
        self._user_id = owner.subject
        self._session = session

    def list(self, page: Page) -> tuple[list[TaskRow], int, str | None]:
        """A page, how many there are on all pages, and where the next page starts."""
        filters = [col(TaskRow.user_id) == self._user_id]
        if page.completed is not None:
            filters.append(col(TaskRow.completed) == page.completed)
        count = select(func.count()).select_from(TaskRow).where(*filters)
        rows = (
            select(TaskRow)
            .where(*filters, *([behind(page.cursor)] if page.cursor else []))
            .order_by(col(TaskRow.created_at).desc(), col(TaskRow.id).desc())
            .limit(page.limit + 1)
        )
        total = self._session.exec(count).one()
        found = self._session.exec(rows).all()
        items = [*found[: page.limit]]
        more = len(found) > page.limit
        return items, total, Cursor.behind(items[-1]).to_text() if more else None

    def find(self, id: str) -> TaskRow | None:
        return self._session.exec(select(TaskRow).where(self._one(id))).one_or_none()

    def add(self, title: str, description: str | None, completed: bool) -> TaskRow:
        when = now()
        task = TaskRow(
            id=str(uuid4()),
            user_id=self._user_id,
            title=title,
            description=description,
            completed=completed,
            created_at=when,
            updated_at=when,
        )
        self._session.add(task)
        self._session.commit()
        return task

    def change(self, id: str, values: dict[str, Any]) -> TaskRow | None:
        """Changes what is given, in one statement; `None` when there is no such task."""
        changed = {"updated_at": now(), **values}
        self._session.exec(update(TaskRow).where(self._one(id)).values(changed))
        task = self.find(id)
        self._session.commit()
        return task

    def toggle(self, id: str) -> TaskRow | None:
        """Completes the task, or takes that back: two at once cancel each other out."""
        return self.change(id, {"completed": not_(col(TaskRow.completed))})

    def delete(self, id: str) -> bool:
        """Whether there was one to delete."""
        done = self._session.exec(delete(TaskRow).where(self._one(id)))
        self._session.commit()
        assert isinstance(done, CursorResult)
        return done.rowcount > 0

    def _one(self, id: str) -> ColumnElement[bool]:
        return and_(col(TaskRow.user_id) == self._user_id, col(TaskRow.id) == id)


def behind(cursor: Cursor) -> ColumnElement[bool]:
    same_time = and_(col(TaskRow.created_at) == cursor.created_at, col(TaskRow.id) < cursor.id)
    return or_(col(TaskRow.created_at) < cursor.created_at, same_time)


def create_tables(engine: Any) -> None:
    """The one table, when the database has none."""
    SQLModel.metadata.create_all(engine)
