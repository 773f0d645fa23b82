//! The binary `countersign` from outside.

mod bans;
mod chaos;
mod commands;
mod crashes;
mod ending;
mod full_disk;
mod held_keys;
mod hostile;
mod mail;
mod mixed_traffic;
mod nodes;
mod operators;
mod other_settings;
mod refresh_tokens;
mod sessions_at_once;
mod spent_tokens;
mod starts;
mod take_over;
mod unread;
mod wire;
mod writers;
