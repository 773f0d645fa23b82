//! What a token must and must not be able to do. `tNNN` is the number of the threat a test answers.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test when they cannot go on")]
#![expect(clippy::needless_pass_by_value, reason = "tables of cases read better without borrows")]

mod agreement;
mod algorithms;
mod changes;
mod claims;
mod documents;
mod edges;
mod explanations;
mod fixture;
mod json;
mod json_values;
mod keys;
mod openssl;
mod parsing;
mod rfc7520;
mod secrets;
mod signatures;
mod signing;
mod time;
mod vectors;
mod wycheproof;
