//! Serves a router over HTTP/1.1: who is slow is cut, who was accepted is answered.
//!
//! | Limit | Value | What happens then |
//! |---|---|---|
//! | the first line and the headers | 32 KiB, 100 headers | 431, and the connection is closed |
//! | time until a head is complete, and between two requests | 15 s | the connection is closed |
//! | time until a body is complete | 30 s | the handler's body ends with an error |
//! | time in which a client takes nothing of an answer | 30 s | the connection is closed |
//! | time for what is under way when told to stop | 10 s | what is left is cut, and counted |
//!
//! When told to stop, who has connected is let in, has a second to ask, and what was sent is read for a tenth
//! of a second; then connections that have said nothing are closed, and the others have their answer. Whoever
//! begins to connect meanwhile is not answered, neither well nor badly: the client's system tries again a second
//! later and meets the next server, or none.
//!
//! Heads that two servers could read differently are refused, each with its connection.
//!
//! Handlers find the peer's address as [`ConnectInfo<SocketAddr>`](axum::extract::ConnectInfo).
//! When the system gives no more connections (too many open files), the log says so and accepting
//! goes on after a pause; who is connected is served meanwhile.
//!
//! ```no_run
//! use axum::{Router, routing::get};
//! use countersign_serve::{Limits, serve, told_to_stop};
//!
//! # async fn run() -> std::io::Result<()> {
//! let app = Router::new().route("/", get(async || "hello"));
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! let ended = serve(listener, app, Limits::default(), told_to_stop()?).await;
//! println!("{} connections were cut", ended.cut);
//! # Ok(())
//! # }
//! ```

mod accept;
mod body;
mod head;
mod limits;
mod memory;
mod serve;
mod span;
mod stop;
mod told;

pub use body::came_too_slowly;
pub use limits::Limits;
pub use memory::keep_memory_private;
pub use serve::{Ended, serve};
pub use stop::told_to_stop;
pub use told::told;
