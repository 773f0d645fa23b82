//! The binary `countersign` from outside.

mod commands;
mod ending;
mod hostile;
mod mail;
mod operators;
mod take_over;
mod wire;
