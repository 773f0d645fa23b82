//! Tokens that count once, in all processes of a service together: docs/spent-tokens.md is its wire.
//!
//! Whose process it is makes no difference: a token that two services take counts once for both together. That is
//! the stricter of the two, and a resource server with two credentials, or a new one, cannot have it count twice.
//!
//! * `POST /spent-tokens`: a resource server spends a token. 201 for who is the first, 409 for everybody after.
//!
//! # Who decides
//!
//! The database: a name is the unique id of a row, so of all who insert it one does. A 201 is sent when the row is
//! committed, and at no other time. Redis, where there is one, only spares the database what it knows:
//!
//! | Redis | What follows |
//! |---|---|
//! | knows who spent the name | that is the answer, without the database |
//! | does not know the name; is empty, away, or takes longer than 200 ms | the database decides |
//!
//! What is in Redis was in the database before: it is written there (`SET NX`) after the commit. Were it the other
//! way round, a row that could not be written would leave a mark, and a token that nobody used would be told to be
//! spent.
//!
//! # When an answer is lost
//!
//! Whoever spends a token gives the attempt a name of its own, and the row keeps it. Asked again with the same
//! attempt, the answer is the same: the row says whose it is, also where nobody knows whether the statement that
//! wrote it came through. Another attempt that finds the row is refused. So a lost answer may cost a token, and
//! never lets one count twice.
//!
//! # How long
//!
//! A row goes a day after its time (`expiry.rs`), by a clock that does not jump. What ended longer ago than half of
//! that is not taken, since its row might be gone; nor is what ends later than any token that
//! `revocation.retention` allows for.
//!
//! | File | What is in it |
//! |---|---|
//! | `name.rs` | the name that is stored: a hash of issuer, type and id |
//! | `spending.rs` | what a resource server asks for |
//! | `verdict.rs` | the decision |
//! | `marks.rs` | what Redis knows |
//! | `routes.rs` | the endpoint |

mod marks;
mod name;
mod routes;
mod spending;
mod verdict;

use axum::{Router, routing::post};
use countersign_store::schema::{SPENT_TOKEN, Table};
use jiff::SignedDuration;

use super::Feature;
use crate::{
    Auth,
    settings::{Settings, Wish},
};

/// The feature's name.
pub(crate) const ID: &str = "spent-tokens";

/// The feature.
#[derive(Clone, Copy)]
pub(super) struct SpentTokens {
    enabled: Wish,
    /// No token lives longer.
    retention: SignedDuration,
}

impl SpentTokens {
    pub(super) fn new(settings: &Settings) -> Self {
        Self { enabled: settings.spent_tokens, retention: settings.revocation.retention }
    }
}

impl Feature for SpentTokens {
    fn id(&self) -> &'static str {
        ID
    }

    fn tables(&self) -> &'static [Table] {
        &SPENT_TOKEN
    }

    fn is_asked_for(&self) -> bool {
        self.enabled == Wish::On
    }

    fn description(&self) -> &'static str {
        include_str!("openapi.json")
    }

    fn routes(&self) -> Router<Auth> {
        let retention = self.retention;
        let spend = post(move |auth, by, body| routes::spend(retention, auth, by, body));
        Router::new().route("/spent-tokens", spend)
    }
}
