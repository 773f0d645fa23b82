//! The binary `countersign` from outside.

mod commands;
mod ending;
mod hostile;
mod mail;
mod operators;
mod refresh_tokens;
mod take_over;
mod wire;
