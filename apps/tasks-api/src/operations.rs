//! The operations on tasks. A handler's arguments are its policy: an [`Owner`] at their own
//! address, a scope, and only then a body.

use axum::{
    Json,
    extract::{FromRequestParts, Path, State},
    http::{StatusCode, Uri, header, request::Parts},
    response::IntoResponse,
};
use countersign::{
    Scope,
    axum::{HasScope, Owner},
};
use jiff::Timestamp;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::Tasks,
    body::{Change, NewTask, TaskChange},
    page::{Page, TaskList},
    problem::Problem,
    rows::TaskRows,
    task::{Task, TaskId},
};

/// May look at tasks.
pub(crate) struct TasksRead;

impl Scope for TasksRead {
    const NAME: &'static str = "tasks:read";
}

/// May add, change and delete tasks.
pub(crate) struct TasksWrite;

impl Scope for TasksWrite {
    const NAME: &'static str = "tasks:write";
}

pub(crate) fn router() -> OpenApiRouter<Tasks> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(view, write_anew, change, delete))
        .routes(routes!(complete))
}

/// The task of the path; an id that is none is answered like one that is nobody's.
struct TaskInPath(TaskId);

impl<S: Send + Sync> FromRequestParts<S> for TaskInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path((_, id))| TaskId::parse(&id));
        id.map(Self).ok_or_else(Problem::no_such_task)
    }
}

fn now(tasks: &Tasks) -> Timestamp {
    let now = tasks.clock.now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// A page of tasks, the newest first.
#[utoipa::path(get, path = "/api/{user_id}/tasks", tag = "tasks",
    params(("user_id" = String, Path, description = "your own id"), Page),
    responses((status = 200, description = "a page", body = TaskList)))]
async fn list(
    State(tasks): State<Tasks>,
    owner: Owner,
    _: HasScope<TasksRead>,
    page: Page,
) -> Result<Json<TaskList>, Problem> {
    Ok(Json(TaskRows::of(&tasks.database, &owner).list(&page).await?))
}

/// Adds a task.
#[utoipa::path(post, path = "/api/{user_id}/tasks", tag = "tasks", request_body = NewTask,
    params(("user_id" = String, Path, description = "your own id")),
    responses((status = 201, description = "the new task; its address is in Location", body = Task)))]
async fn add(
    State(tasks): State<Tasks>,
    owner: Owner,
    _: HasScope<TasksWrite>,
    uri: Uri,
    new: NewTask,
) -> Result<impl IntoResponse, Problem> {
    let task = TaskRows::of(&tasks.database, &owner).add(new, now(&tasks)).await?;
    let location = format!("{}/{}", uri.path(), task.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(task)))
}

/// One task.
#[utoipa::path(get, path = "/api/{user_id}/tasks/{id}", tag = "tasks",
    params(("user_id" = String, Path, description = "your own id"), ("id" = TaskId, Path)),
    responses((status = 200, description = "the task", body = Task)))]
async fn view(
    State(tasks): State<Tasks>,
    owner: Owner,
    _: HasScope<TasksRead>,
    TaskInPath(id): TaskInPath,
) -> Result<Json<Task>, Problem> {
    found(TaskRows::of(&tasks.database, &owner).find(id).await?)
}

/// Writes a task anew: title and description; `completed` only when given.
#[utoipa::path(put, path = "/api/{user_id}/tasks/{id}", tag = "tasks", request_body = NewTask,
    params(("user_id" = String, Path, description = "your own id"), ("id" = TaskId, Path)),
    responses((status = 200, description = "the task as it is now", body = Task)))]
async fn write_anew(
    State(tasks): State<Tasks>,
    owner: Owner,
    _: HasScope<TasksWrite>,
    TaskInPath(id): TaskInPath,
    NewTask { title, description, completed }: NewTask,
) -> Result<Json<Task>, Problem> {
    let change = TaskChange { title: Some(title), description: Change::To(description), completed };
    found(TaskRows::of(&tasks.database, &owner).change(id, change, now(&tasks)).await?)
}

/// Changes what is given.
#[utoipa::path(patch, path = "/api/{user_id}/tasks/{id}", tag = "tasks", request_body = TaskChange,
    params(("user_id" = String, Path, description = "your own id"), ("id" = TaskId, Path)),
    responses((status = 200, description = "the task as it is now", body = Task)))]
async fn change(
    State(tasks): State<Tasks>,
    owner: Owner,
    _: HasScope<TasksWrite>,
    TaskInPath(id): TaskInPath,
    change: TaskChange,
) -> Result<Json<Task>, Problem> {
    found(TaskRows::of(&tasks.database, &owner).change(id, change, now(&tasks)).await?)
}

/// Deletes a task.
#[utoipa::path(delete, path = "/api/{user_id}/tasks/{id}", tag = "tasks",
    params(("user_id" = String, Path, description = "your own id"), ("id" = TaskId, Path)),
    responses((status = 204, description = "it is gone")))]
async fn delete(
    State(tasks): State<Tasks>,
    owner: Owner,
    _: HasScope<TasksWrite>,
    TaskInPath(id): TaskInPath,
) -> Result<StatusCode, Problem> {
    let deleted = TaskRows::of(&tasks.database, &owner).delete(id).await?;
    if deleted { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::no_such_task()) }
}

/// Completes a task, or takes that back.
#[utoipa::path(patch, path = "/api/{user_id}/tasks/{id}/complete", tag = "tasks",
    params(("user_id" = String, Path, description = "your own id"), ("id" = TaskId, Path)),
    responses((status = 200, description = "the task as it is now", body = Task)))]
async fn complete(
    State(tasks): State<Tasks>,
    owner: Owner,
    _: HasScope<TasksWrite>,
    TaskInPath(id): TaskInPath,
) -> Result<Json<Task>, Problem> {
    found(TaskRows::of(&tasks.database, &owner).toggle(id, now(&tasks)).await?)
}

fn found(task: Option<Task>) -> Result<Json<Task>, Problem> {
    task.map(Json).ok_or_else(Problem::no_such_task)
}
