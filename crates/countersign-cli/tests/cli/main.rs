//! The binary `countersign` from outside.

mod commands;
mod ending;
mod take_over;
mod wire;
