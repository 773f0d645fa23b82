//! What was taken back, as guards are told of it.

mod causes;
mod feed;
mod follower;
mod guards;
mod nodes;
mod watch;
