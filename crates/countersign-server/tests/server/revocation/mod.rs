//! What was taken back, as guards are told of it.

mod causes;
mod feed;
pub(crate) mod follower;
mod guards;
mod nodes;
mod operators;
mod wake_ups;
mod watch;
