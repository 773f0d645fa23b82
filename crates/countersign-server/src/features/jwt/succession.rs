//! The staged key takes over when the key before is over, and waits where guards that are heard of lack it.
//!
//! | Near the end of the key before | What happens |
//! |---|---|
//! | no guard says that it lacks the staged key | it signs from the end on |
//! | one does | the key before signs on, a little more than a minute at a time |
//! | none does any more | the staged key signs at once, if it was published for `token.publish_ahead` |
//! | one does, and `token.activation_patience` is over | it signs from the end on, and the log names the guards |
//!
//! Rows decide, not what this process remembers: the staged key's say how long it was published, the guards' what they
//! hold, and the end of the key before is moved only by who read it as it is. A key that has ended is never brought
//! back: somebody may have ended it because it was stolen, and then nobody is waited for.

use std::sync::{Mutex, PoisonError};

use countersign_store::{
    StoreError,
    signing_keys::{self, SigningKeyRow},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    holders::{self, GuardReports, Holders},
    life::{self, Succession},
};
use crate::{Auth, settings::TokenSettings};

/// Lets one key follow another.
pub(super) struct Successor {
    rotation_interval: Option<SignedDuration>,
    publish_ahead: SignedDuration,
    patience: SignedDuration,
    /// The key of which the log says already that it waits.
    told: Mutex<Option<String>>,
}

/// What happens now.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Nothing,
    /// The key before signs until then.
    GoOn(Timestamp),
    /// The staged key signs.
    TakeOver,
}

impl Successor {
    pub(super) fn new(settings: &TokenSettings) -> Self {
        Self {
            rotation_interval: settings.rotation_interval,
            publish_ahead: settings.publish_ahead,
            patience: settings.activation_patience,
            told: Mutex::default(),
        }
    }

    /// Does what is to be done with this succession; whether rows are another than they were.
    pub(super) async fn decide(
        &self,
        auth: &Auth,
        rows: &[SigningKeyRow],
        succession: &Succession<'_>,
    ) -> Result<bool, StoreError> {
        let now = auth.now();
        let holders = self.holders(auth, rows, succession, now).await?;
        match self.step(succession, &holders, now) {
            Step::Nothing => Ok(false),
            Step::GoOn(until) => self.go_on(auth, succession, &holders, until).await,
            Step::TakeOver => self.take_over(auth, succession, &holders, now).await,
        }
    }

    /// Nobody where guards have no feed to say anything to, or where nobody is waited for.
    async fn holders(
        &self,
        auth: &Auth,
        rows: &[SigningKeyRow],
        succession: &Succession<'_>,
        now: Timestamp,
    ) -> Result<Holders, StoreError> {
        let has_feed = auth.features().iter().any(|feature| feature.id() == "revocation");
        if !has_feed || self.patience.is_zero() {
            return Ok(Holders::default());
        }
        let (settings, database) = (auth.settings(), auth.database());
        let reports = GuardReports::read(settings, database, holders::names(rows), now).await?;
        Ok(reports.of(&succession.staged.id))
    }

    fn step(&self, succession: &Succession<'_>, holders: &Holders, now: Timestamp) -> Step {
        let Succession { end, known_at, .. } = *succession;
        if end <= now {
            return Step::TakeOver;
        }
        if holders.lacking.is_empty() {
            let is_proven = !holders.holding.is_empty() && known_at <= now;
            return if is_proven { Step::TakeOver } else { Step::Nothing };
        }
        let notice = life::notice(self.publish_ahead);
        let until = (now + notice + notice / 8).min(known_at + self.patience);
        if until > end { Step::GoOn(until) } else { Step::Nothing }
    }

    async fn go_on(
        &self,
        auth: &Auth,
        succession: &Succession<'_>,
        holders: &Holders,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let prolong = signing_keys::prolong(succession.before, until);
        if auth.database().execute(&prolong).await? == 1 {
            let kid = &succession.staged.id;
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            if told.replace(kid.clone()).as_ref() != Some(kid) {
                let (lacking, latest) =
                    (holders.lacking.join(","), succession.known_at + self.patience);
                tracing::warn!(kid, lacking, %latest, "the next signing key waits for guards that lack it");
            }
        }
        Ok(true)
    }

    async fn take_over(
        &self,
        auth: &Auth,
        succession: &Succession<'_>,
        holders: &Holders,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Succession { staged, before, .. } = succession;
        let expires_at = self.rotation_interval.map(|interval| now + interval);
        let mut transaction = auth.database().begin().await?;
        if transaction.execute(&signing_keys::activate(staged, now, expires_at)).await? == 0 {
            // Another server let it sign, or somebody ended it.
            return Ok(true);
        }
        transaction.execute(&signing_keys::end(&before.id, now)).await?;
        transaction.commit().await?;
        let (kid, lacking) = (&staged.id, holders.lacking.join(","));
        if lacking.is_empty() {
            tracing::info!(kid, "a signing key took over");
        } else {
            tracing::error!(
                kid,
                lacking,
                "a signing key took over that guards lack: they ask for it with the first token it signed, and refuse \
                 its tokens where they cannot"
            );
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    fn row(id: &str) -> SigningKeyRow {
        SigningKeyRow {
            id: id.to_owned(),
            public_key: String::new(),
            private_key: String::new(),
            created_at: at(0),
            expires_at: None,
            algorithm: None,
            curve: None,
        }
    }

    /// Published for a quarter of an hour before it signs, and waited with for as long: what happens at a moment with
    /// an end of the key before, in seconds after it was published.
    fn step(now: i64, end: i64, holding: usize, lacking: usize) -> Step {
        let span = SignedDuration::from_mins(15);
        let successor = Successor {
            rotation_interval: None,
            publish_ahead: span,
            patience: span,
            told: Mutex::default(),
        };
        let (staged, before) = (row("next"), row("before"));
        let known_at = at(15 * MINUTE);
        let succession = Succession { staged: &staged, before: &before, end: at(end), known_at };
        let names = |count| vec!["a".to_owned(); count];
        let holders =
            Holders { holding: names(holding), lacking: names(lacking), silent: names(1) };
        successor.step(&succession, &holders, at(now))
    }

    #[test]
    fn a_key_waits_for_guards_that_lack_it_and_for_nobody_else() {
        let end = 15 * MINUTE;
        assert_eq!(step(end - 60, end, 0, 0), Step::Nothing, "nobody says anything");
        assert_eq!(step(end, end, 0, 0), Step::TakeOver, "time decides");
        assert_eq!(step(end - 1, end, 2, 0), Step::Nothing, "it was not published for long enough");
        assert_eq!(
            step(end - 1, end, 2, 1),
            Step::GoOn(at(end + 66) + SignedDuration::from_millis(500))
        );
        assert_eq!(step(end + 10, end + 66, 3, 0), Step::TakeOver, "everybody has it now");
        assert_eq!(step(end + 10, end + 66, 0, 0), Step::Nothing, "who lacked it is gone");
    }

    #[test]
    fn it_waits_so_long_and_no_longer_and_not_where_no_other_key_signs() {
        let latest = 30 * MINUTE;
        assert_eq!(step(latest - 10, latest - 5, 2, 1), Step::GoOn(at(latest)));
        assert_eq!(step(latest - 10, latest, 2, 1), Step::Nothing);
        assert_eq!(step(latest, latest, 2, 1), Step::TakeOver);
        assert_eq!(
            step(10 * MINUTE, 10 * MINUTE, 2, 1),
            Step::TakeOver,
            "the key before was ended"
        );
    }
}
