//! The staged key takes over when the key before is over, and waits where guards that are heard of lack it.
//!
//! | Near the end of the key before | What happens |
//! |---|---|
//! | no guard says that it lacks the staged key | it signs from the end on |
//! | the staged key was published for less than `token.publish_ahead` by then | the key before signs on until it was |
//! | a guard says that it lacks it | the key before signs on, a little more than a minute at a time |
//! | none does any more | the staged key signs at once, if it was published for so long |
//! | one does, and `token.activation_patience` is over | it signs from the end on, and the log names the guards |
//!
//! Patience begins when the key before was to end, or when the staged one was published for so long, if that is later.
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
        let Succession { staged, before, .. } = succession;
        let holders = self.holders(auth, rows, staged).await?;
        match self.step(succession, &holders, auth.now()) {
            Step::Nothing => Ok(false),
            Step::GoOn(until) => self.go_on(auth, succession, &holders, until).await,
            Step::TakeOver => self.take_over(auth, rows, staged, Some(before)).await,
        }
    }

    /// Nobody where guards have no feed to say anything to, or where nobody is waited for.
    async fn holders(
        &self,
        auth: &Auth,
        rows: &[SigningKeyRow],
        staged: &SigningKeyRow,
    ) -> Result<Holders, StoreError> {
        let has_feed = auth.features().iter().any(|feature| feature.id() == "revocation");
        if !has_feed || self.patience.is_zero() {
            return Ok(Holders::default());
        }
        let (settings, database) = (auth.settings(), auth.database());
        let ours = holders::names(rows);
        let reports = GuardReports::read(settings, database, ours, auth.now()).await?;
        Ok(reports.of(&staged.id))
    }

    fn step(&self, succession: &Succession<'_>, holders: &Holders, now: Timestamp) -> Step {
        let Succession { end, known_at, .. } = *succession;
        if end <= now {
            return Step::Nothing;
        }
        let until = if holders.lacking.is_empty() {
            if !holders.holding.is_empty() && known_at <= now {
                return Step::TakeOver;
            }
            known_at
        } else {
            let notice = life::notice(self.publish_ahead);
            let latest = succession.latest(self.rotation_interval, self.patience);
            (now + notice + notice / 8).min(latest).max(known_at)
        };
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
            if holders.lacking.is_empty() {
                tracing::info!(kid, %until, "the next signing key was staged late: the one before signs until it is known");
            } else if told.replace(kid.clone()).as_ref() != Some(kid) {
                let latest = succession.latest(self.rotation_interval, self.patience);
                let lacking = holders.lacking.join(",");
                tracing::warn!(kid, lacking, %latest, "the next signing key waits for guards that lack it");
            }
        }
        Ok(true)
    }

    /// The staged key signs, and the one before does no more, if it still did.
    pub(super) async fn take_over(
        &self,
        auth: &Auth,
        rows: &[SigningKeyRow],
        staged: &SigningKeyRow,
        before: Option<&SigningKeyRow>,
    ) -> Result<bool, StoreError> {
        let now = auth.now();
        let expires_at = self.rotation_interval.map(|interval| now + interval);
        let mut transaction = auth.database().begin().await?;
        if transaction.execute(&signing_keys::activate(staged, now, expires_at)).await? == 0 {
            // Another server let it sign, or somebody ended it.
            return Ok(true);
        }
        if let Some(before) = before {
            transaction.execute(&signing_keys::end(&before.id, now)).await?;
        }
        transaction.commit().await?;
        let kid = &staged.id;
        // Names for the log: the key signs also where they cannot be read.
        let lacking = self.holders(auth, rows, staged).await.unwrap_or_default().lacking.join(",");
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

    /// Keys that sign for an hour, are published for a quarter before, and waited with for as long: what happens at a
    /// moment with an end of the key before, in seconds after that was made, where everybody knows the next one then.
    fn step_where(known: i64, now: i64, end: i64, [holding, lacking]: [usize; 2]) -> Step {
        let span = SignedDuration::from_mins(15);
        let successor = Successor {
            rotation_interval: Some(SignedDuration::from_hours(1)),
            publish_ahead: span,
            patience: span,
            told: Mutex::default(),
        };
        let (staged, before) = (row("next"), row("before"));
        let succession =
            Succession { staged: &staged, before: &before, end: at(end), known_at: at(known) };
        let names = |count| vec!["a".to_owned(); count];
        let holders =
            Holders { holding: names(holding), lacking: names(lacking), silent: names(1) };
        successor.step(&succession, &holders, at(now))
    }

    const HOUR: i64 = 60 * MINUTE;

    #[test]
    fn a_key_waits_for_guards_that_lack_it_and_for_nobody_else() {
        let step = |now, end, guards| step_where(HOUR, now, end, guards);
        assert_eq!(step(HOUR - 60, HOUR, [0, 0]), Step::Nothing, "nobody says anything");
        assert_eq!(step(HOUR - 1, HOUR, [2, 0]), Step::Nothing, "published for too short a time");
        let half = SignedDuration::from_millis(500);
        assert_eq!(step(HOUR - 1, HOUR, [2, 1]), Step::GoOn(at(HOUR + 66) + half));
        assert_eq!(step(HOUR + 10, HOUR + 66, [3, 0]), Step::TakeOver, "everybody has it now");
        assert_eq!(step(HOUR + 10, HOUR + 66, [0, 0]), Step::Nothing, "who lacked it is gone");
    }

    #[test]
    fn it_waits_so_long_and_no_longer_whenever_it_was_staged() {
        for known in [20 * MINUTE, HOUR] {
            let latest = HOUR + 15 * MINUTE;
            let step = |now, end, guards| step_where(known, now, end, guards);
            assert!(matches!(step(HOUR - 1, HOUR, [2, 1]), Step::GoOn(_)), "{known}");
            assert_eq!(step(latest - 10, latest - 5, [2, 1]), Step::GoOn(at(latest)));
            assert_eq!(step(latest - 10, latest, [2, 1]), Step::Nothing);
        }
    }

    #[test]
    fn where_keys_sign_for_longer_than_before_patience_is_as_long_as_it_was() {
        let (known, latest) = (30 * MINUTE, 45 * MINUTE);
        let step = |now, end| step_where(known, now, end, [2, 1]);
        assert_eq!(step(latest - 40, latest - 10), Step::GoOn(at(latest)));
    }

    #[test]
    fn a_key_that_was_staged_late_signs_when_everybody_knows_it() {
        let known = HOUR + 14 * MINUTE;
        for guards in [[0, 0], [2, 0], [2, 1]] {
            assert_eq!(step_where(known, HOUR - 1, HOUR, guards), Step::GoOn(at(known)));
        }
    }
}
