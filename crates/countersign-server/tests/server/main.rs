//! The server as a router, on a clock that stands still and randomness that repeats itself.

mod account;
mod accounts_by_mail;
mod bearer;
mod configuration_page;
mod edge;
mod errors;
mod fixture;
mod foreign_hashes;
mod key_faults;
mod key_life;
mod key_rotation;
mod key_settings;
mod mail;
mod multi_session;
mod open_api;
mod relay;
mod reset_password;
mod secrecy;
mod session_life;
mod settings;
mod social;
mod username;
mod verify_email;
mod victims;
