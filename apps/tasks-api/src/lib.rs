//! Everybody's own tasks: the reference application behind the guard.
//!
//! | | |
//! |---|---|
//! | `GET /api/{user_id}/tasks` | a page of tasks, the newest first |
//! | `POST /api/{user_id}/tasks` | adds one |
//! | `GET /api/{user_id}/tasks/{id}` | one |
//! | `PUT`, `PATCH /api/{user_id}/tasks/{id}` | writes it anew, changes what is given |
//! | `DELETE /api/{user_id}/tasks/{id}` | deletes it |
//! | `PATCH /api/{user_id}/tasks/{id}/complete` | completes it, or takes that back |
//!
//! Three things keep one user's tasks from another, each enough by itself: the token is verified,
//! the user in the path has to be the token's, and every statement names the user. The third
//! cannot be forgotten: rows are reached through an [`Owner`](countersign::axum::Owner) only, and
//! only the guard makes one. This does not compile:
//!
//! ```compile_fail
//! # fn of(database: &countersign_store::Database) {
//! let rows = tasks_api::rows::TaskRows::of(database, "alice");
//! # }
//! ```
//!
//! while this does:
//!
//! ```
//! # fn of(database: &countersign_store::Database, owner: &countersign::axum::Owner) {
//! let rows = tasks_api::rows::TaskRows::of(database, owner);
//! # }
//! ```

pub mod app;
mod body;
mod docs;
pub mod openapi;
mod operations;
mod page;
mod probes;
mod problem;
pub mod rows;
pub mod settings;
mod task;
