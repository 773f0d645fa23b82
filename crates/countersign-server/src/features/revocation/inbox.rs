//! What others saw ending, triggers or our plugin for Better Auth, by its name: it waits in the table
//! `revocationInbox` until a server gives it a number.

use std::sync::{Mutex, PoisonError};

use countersign_store::{StoreError, revocations, schema::REVOCATION_INBOX};
use jiff::{SignedDuration, Timestamp};

use super::record::Recorder;
use crate::{Auth, findings::lacks_any};

/// Between two looks for an inbox where there was none.
const LOOK_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// The inbox, if there is one. Where there is none, it may be made while this server works.
#[derive(Default)]
pub(super) struct Inbox(Mutex<Known>);

#[derive(Clone, Copy, Default)]
enum Known {
    #[default]
    Nothing,
    Missing {
        looked: Timestamp,
    },
    There,
}

impl Inbox {
    /// Gives numbers to what is in it. Of several servers that try, one does it.
    pub(super) async fn empty(&self, auth: &Auth, recorder: &Recorder) -> Result<(), StoreError> {
        if !self.is_there(auth).await? {
            return Ok(());
        }
        let database = auth.database();
        loop {
            let rows = revocations::inbox(database).await?;
            if rows.is_empty() {
                return Ok(());
            }
            let mut transaction = database.begin().await?;
            let taken = transaction.execute(&revocations::take_out(&rows)).await?;
            if taken < rows.len() as u64 {
                continue;
            }
            let (now, entropy) = (auth.now(), auth.entropy());
            recorder.record_inbox(&mut transaction, &rows, now, entropy).await?;
            transaction.commit().await?;
        }
    }

    async fn is_there(&self, auth: &Auth) -> Result<bool, StoreError> {
        let now = auth.now();
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = |looked: Timestamp| now.duration_since(looked).abs() >= LOOK_AGAIN_AFTER;
        match known {
            Known::There => return Ok(true),
            Known::Missing { looked } if !is_due(looked) => return Ok(false),
            Known::Missing { .. } | Known::Nothing => {}
        }
        let is_there = !lacks_any(auth.database(), &REVOCATION_INBOX).await?;
        let known = if is_there { Known::There } else { Known::Missing { looked: now } };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(is_there)
    }
}
