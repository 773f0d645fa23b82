//! Session cookies that Better Auth wrote, and those that it did not. `tNNN` is the number of the threat
//! a test answers.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test when they cannot go on")]

mod chunks;
mod content;
mod forms;
mod recorded;
mod seal;
mod writing;
