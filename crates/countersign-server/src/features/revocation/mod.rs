//! What was taken back before its time, in an order that everybody sees alike, for guards to follow:
//! docs/revocation-feed.md is its wire.
//!
//! * `GET /revocations`: the entries after those that a guard holds, signed; at once, when there are some, or
//!   as server-sent events.
//! * `POST /revocations`: a resource server takes something back, and may wait until every registered guard
//!   has taken it in.
//!
//! # The order
//!
//! An entry is written in the transaction that ended what it names. The last thing such a transaction does is
//! to move the head of the sequence on by an `UPDATE` of its one row, and to write its entries with the
//! numbers it got. The row is locked until the commit, so the next transaction gets its numbers when this one
//! is committed and seen by everybody: numbers are in the order of commits, without gaps, and who reads
//! `sequence = n` in the head can read every entry up to `n`. A number taken earlier, or from a sequence of
//! the database, could be committed after a later one, and a guard that had seen the later one would never
//! ask for it.
//!
//! Nobody waits for anything with the head locked but for the disk; transactions that end nothing do not
//! touch it.
//!
//! # What is an entry
//!
//! | Ended | Entries |
//! |---|---|
//! | a session | its id; where tokens do not name it (`token.claims`), its user up to now, too |
//! | a user | the user up to now |
//! | a user's rights | the user up to the second after now |
//! | a password | the user up to the second before now: whoever changed it goes on |
//! | a token | its `jti`, or its hash |
//!
//! Entries hold hashes, not names, with a key for each epoch. They are forgotten a day after no token they could
//! refuse can be valid any more (`revocation.retention` and the largest leeway of a guard), by a clock that does
//! not jump: what one server forgets is gone for all.
//!
//! | File | What is in it |
//! |---|---|
//! | `record.rs`, `head.rs` | what ended becomes entries, in the transaction |
//! | `entry.rs`, `log.rs` | an entry, and the entries in memory |
//! | `lookup.rs` | whether one token was taken back, without the feed |
//! | `feed.rs` | who looks into the database, and who waits |
//! | `question.rs`, `answer.rs`, `routes.rs` | the wire |
//! | `guards.rs` | registered guards, and how far they are |
//! | `operator.rs` | what the command line does |
//! | `wake_up.rs` | other servers that commit something |
//! | `watch.rs` | triggers that see what Better Auth on Node ends |

mod answer;
mod entry;
mod feed;
mod guards;
mod head;
mod inbox;
mod log;
mod lookup;
mod operator;
mod question;
mod record;
mod routes;
mod wake_up;
mod watch;

use std::{sync::Arc, time::Duration};

use axum::{Router, routing::get};
use countersign_jwt::Claims;
use countersign_store::{
    Transaction,
    schema::{REVOCATION, Table},
};
use futures_util::{FutureExt, future::BoxFuture};

pub(in crate::features) use self::operator::{connect_redis, find_user, wait};
pub(crate) use self::record::{NO_FEED, Recorder};
pub use self::{
    guards::Confirmation,
    operator::{ListedSession, RevokeError, list_sessions, revoke_issued_before, revoke_session},
    watch::{WatchError, triggers, watch_better_auth},
};

use self::{
    feed::Feed,
    guards::{Guards, Wait, wait_for_all},
    record::Place,
};
use super::{Ended, Feature, jwt::Jwt};
use crate::{
    Auth,
    settings::{RevocationSettings, Settings, Wish},
    wire::ApiError,
};

/// The feature. Clones share it.
#[derive(Clone)]
pub(super) struct Revocation {
    settings: RevocationSettings,
    recorder: Recorder,
    jwt: Jwt,
    feed: Arc<Feed>,
    guards: Arc<Guards>,
}

impl Revocation {
    pub(super) fn new(settings: &Settings, jwt: Jwt) -> Self {
        let recorder = Recorder::new(settings);
        let settings = settings.revocation;
        Self {
            settings,
            recorder,
            jwt,
            feed: Arc::new(Feed::new(settings.poll_interval, recorder)),
            guards: Arc::new(Guards::new(settings.guard_remembered)),
        }
    }

    /// Waits until every registered guard has come to this place, or for so long.
    async fn wait_for_all(
        &self,
        auth: &Auth,
        place: &Place,
        patience: Duration,
    ) -> Result<Confirmation, ApiError> {
        let wait = Wait {
            patience,
            pause: self.settings.poll_interval,
            written: self.guards.written(),
            clock: auth.clock(),
        };
        let remembered = self.settings.guard_remembered;
        let all = wait_for_all(auth.database(), place, remembered, wait);
        Ok(all.await?)
    }
}

impl Feature for Revocation {
    fn id(&self) -> &'static str {
        "revocation"
    }

    fn tables(&self) -> &'static [Table] {
        &REVOCATION
    }

    fn is_asked_for(&self) -> bool {
        self.settings.enabled == Wish::On
    }

    fn routes(&self) -> Router<Auth> {
        let (to_read, to_revoke) = (self.clone(), self.clone());
        let read =
            get(move |auth, headers, question| routes::read(to_read, auth, headers, question));
        let read_and_revoke = read
            .post(move |auth, by, query, body| routes::revoke(to_revoke, auth, by, query, body));
        Router::new().route("/revocations", read_and_revoke)
    }

    fn ended<'a>(
        &'a self,
        auth: &'a Auth,
        transaction: &'a mut Transaction,
        ended: &'a [Ended],
    ) -> BoxFuture<'a, Result<(), ApiError>> {
        async move {
            self.recorder.record(transaction, ended, &|| auth.now(), auth.entropy()).await?;
            Ok(())
        }
        .boxed()
    }

    fn is_taken_back<'a>(
        &'a self,
        auth: &'a Auth,
        claims: &'a Claims,
        token: &'a str,
    ) -> BoxFuture<'a, Result<bool, ApiError>> {
        async move {
            // What Better Auth ended has its number only then.
            self.feed.empty_inbox(auth).await?;
            lookup::is_taken_back(auth, claims, token).await
        }
        .boxed()
    }

    fn end_committed(&self, auth: &Auth) {
        self.feed.committed(auth);
    }
}
