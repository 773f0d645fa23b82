"""The operations on tasks. An operation's arguments are its policy: a verified user at their own
address (`Rows`), a scope, and only then a body.
"""

from typing import Annotated, Any

from countersign import Identity
from countersign.fastapi import require_scopes
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from . import paths, problem
from .body import JsonRoute, NewTask, TaskChange
from .page import Page
from .rows import TaskRows
from .task import Task, TaskList, TaskRow, parse_id

ERRORS = {
    400: "the request is not of its form",
    401: "no token, or not a good one",
    403: "another user's address, or a scope is missing",
    404: "no such task",
    415: "the body is not JSON",
    422: "fields that are not valid, each named in `errors`",
    503: "the token or the tasks cannot be looked at now",
}

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": meaning, "content": PROBLEM} for status, meaning in ERRORS.items()
}

paths.register()

router = APIRouter(route_class=JsonRoute, tags=["tasks"], responses=RESPONSES)

Rows = Annotated[TaskRows, Depends()]
MayRead = Annotated[Identity, Depends(require_scopes("tasks:read"))]
MayWrite = Annotated[Identity, Depends(require_scopes("tasks:write"))]


def task_in_path(id: Annotated[str, Path(json_schema_extra={"format": "uuid"})]) -> str:
    """An id that is none is answered like one that is nobody's."""
    known = parse_id(id)
    if known is None:
        raise problem.no_such_task()
    return known


TaskId = Annotated[str, Depends(task_in_path)]


@router.get("/api/{user_id:segment}/tasks")
def list_tasks(rows: Rows, _: MayRead, page: Annotated[Page, Query()]) -> TaskList:
    """A page of tasks, the newest first."""
    items, total, next_cursor = rows.list(page)
    return TaskList(items=[shown(task) for task in items], total=total, next_cursor=next_cursor)


@router.post("/api/{user_id:segment}/tasks", status_code=201)
def add(rows: Rows, _: MayWrite, new: NewTask, request: Request, response: Response) -> Task:
    """Adds a task."""
    task = rows.add(new.title, new.description, new.completed)
    response.headers["location"] = f"{request.scope['path']}/{task.id}"
    return shown(task)


@router.get("/api/{user_id:segment}/tasks/{id:segment}")
def view(rows: Rows, _: MayRead, id: TaskId) -> Task:
    """One task."""
    return found(rows.find(id))


@router.put("/api/{user_id:segment}/tasks/{id:segment}")
def write_anew(rows: Rows, _: MayWrite, id: TaskId, new: NewTask) -> Task:
    """Writes a task anew: title and description; `completed` only when given."""
    values: dict[str, Any] = {"title": new.title, "description": new.description}
    if "completed" in new.model_fields_set:
        values["completed"] = new.completed
    return found(rows.change(id, values))


@router.patch("/api/{user_id:segment}/tasks/{id:segment}")
def change(rows: Rows, _: MayWrite, id: TaskId, change: TaskChange) -> Task:
    """Changes what is given."""
    return found(rows.change(id, change.model_dump(exclude_unset=True)))


@router.delete("/api/{user_id:segment}/tasks/{id:segment}", status_code=204)
def remove(rows: Rows, _: MayWrite, id: TaskId) -> None:
    """Deletes a task."""
    if not rows.delete(id):
        raise problem.no_such_task()


@router.patch("/api/{user_id:segment}/tasks/{id:segment}/complete")
def complete(rows: Rows, _: MayWrite, id: TaskId) -> Task:
    """Completes a task, or takes that back."""
    return found(rows.toggle(id))


def found(task: TaskRow | None) -> Task:
    if task is None:
        raise problem.no_such_task()
    return shown(task)


def shown(task: TaskRow) -> Task:
    return Task.model_validate(task, from_attributes=True)
