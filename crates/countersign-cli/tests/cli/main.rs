//! The binary `countersign` from outside.

mod commands;
mod take_over;
mod wire;
