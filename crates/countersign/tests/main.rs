//! What a service behind the guard answers. `tNNN` is the number of the threat a test answers, `rNN`
//! that of the requirement.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test when they cannot go on")]

mod answers;
mod at_once;
mod audit;
mod cookies;
mod fault_matrix;
mod feed;
mod header;
mod issuer;
mod key_discovery;
mod key_expiry;
mod key_lifetimes;
mod key_rotation;
mod key_snapshot;
mod key_storm;
mod outages;
mod overlaps;
mod ownership;
mod published_sets;
mod remembered_tokens;
mod remote_keys;
mod replay;
mod revocation;
mod roles;
mod routes;
mod scopes;
mod secrecy;
mod service;
mod several_issuers;
mod shared_spent_tokens;
mod sources;
mod tower_layer;
