//! The task API from outside: the real services, real tokens, HTTP as it is on the wire.

mod alike;
mod better_auth_plugin;
mod better_auth_tokens;
mod discovery;
mod document;
mod elsewhere;
mod ending;
mod faults;
mod fixture;
mod hostile;
mod isolation;
mod matrix;
mod operations;
mod pages;
mod postgresql;
mod refusals;
mod revocations;
mod settings;
mod sign_out;
mod validation;
