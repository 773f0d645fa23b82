//! What ended becomes entries, in the transaction that ended it.

use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::MAX_LEEWAY;
use countersign_store::{
    Database, StoreError, Transaction,
    revocations::{self, Head, InboxRow, RevocationRow},
    schema::REVOCATION,
};
use jiff::{SignedDuration, Timestamp};

use super::{
    entry::{HashKey, Kind, hash_text},
    head::advance,
    wake_up::CHANNEL,
};
use crate::{
    Entropy,
    entropy::random_id,
    features::Ended,
    findings::lacks_any,
    settings::{Settings, Wish},
};

/// Why there is no [`Recorder`], for who operates the server.
pub(crate) const NO_FEED: &str = "the revocation feed that tells guards is off: its tables are missing \
     (`countersign migrate apply` adds them), or revocation.enabled or token.enabled is false";

/// Writes entries.
#[derive(Clone, Copy)]
pub(crate) struct Recorder {
    /// For how long an entry can refuse something, where nothing else is said: as long as a token may live,
    /// and the largest leeway of a guard.
    kept: SignedDuration,
    /// Whether tokens say in which session they were issued.
    tokens_name_session: bool,
}

/// Where an entry stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) epoch: String,
    pub(crate) sequence: i64,
}

/// An entry that has no number yet.
struct Named {
    kind: Kind,
    name: String,
    until: i64,
    before: Option<i64>,
}

impl Recorder {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            kept: settings.revocation.retention + MAX_LEEWAY,
            tokens_name_session: settings.token.claims.names_session(),
        }
    }

    /// The one for this database, where it has the tables and the settings do not turn them off.
    pub(crate) async fn find(
        settings: &Settings,
        database: &Database,
    ) -> Result<Option<Self>, StoreError> {
        let is_on = settings.revocation.enabled != Wish::Off && settings.token.enabled != Wish::Off;
        if !is_on || lacks_any(database, &REVOCATION).await? {
            return Ok(None);
        }
        Ok(Some(Self::new(settings)))
    }

    /// Adds entries for what ended; nothing may be written to the transaction after this. The place of the
    /// last one, where there were any. What was issued to somebody while the transaction waited for others ended, too.
    pub(crate) async fn record(
        &self,
        transaction: &mut Transaction,
        ended: &[Ended],
        now: &(dyn Fn() -> Timestamp + Sync),
        entropy: &dyn Entropy,
    ) -> Result<Option<Place>, StoreError> {
        let before = now();
        let mut named: Vec<Named> = Vec::new();
        for entry in ended.iter().flat_map(|ended| self.entries_of(ended, before)) {
            if !named.iter().any(|other| other.says_as_much_as(&entry)) {
                named.push(entry);
            }
        }
        let Some(head) = advance(transaction, named.len(), entropy).await? else { return Ok(None) };
        let now = now();
        let waited = (now.as_second() - before.as_second()).max(0);
        for entry in &mut named {
            entry.until += waited;
            entry.before = entry.before.map(|before| before + waited);
        }
        write(transaction, head, &named, now, entropy).await.map(Some)
    }

    /// Adds entries for users: tokens issued then or before are refused. The same holds as for
    /// [`record`](Self::record).
    pub(super) async fn record_users(
        &self,
        transaction: &mut Transaction,
        user_ids: Vec<String>,
        issued_before: Timestamp,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Option<Place>, StoreError> {
        let until = (now + self.kept).as_second();
        let before = Some(issued_before.as_second());
        let named =
            user_ids.into_iter().map(|name| Named { kind: Kind::User, name, until, before });
        add(transaction, &named.collect::<Vec<_>>(), now, entropy).await
    }

    /// Adds entries for what triggers saw ending. The same holds as for [`record`](Self::record).
    pub(super) async fn record_inbox(
        &self,
        transaction: &mut Transaction,
        rows: &[InboxRow],
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<Option<Place>, StoreError> {
        let until = (now + self.kept).as_second();
        let named = rows.iter().filter_map(|row| {
            let kind = Kind::of_letter(&row.kind)?;
            Some(Named { kind, name: row.name.clone(), until, before: row.before })
        });
        add(transaction, &named.collect::<Vec<_>>(), now, entropy).await
    }

    fn entries_of(&self, ended: &Ended, now: Timestamp) -> Vec<Named> {
        let until = |given: &Option<Timestamp>| {
            given.map_or(now + self.kept, |given| given + MAX_LEEWAY).as_second()
        };
        let named =
            |kind, name: &str, until, before| Named { kind, name: name.to_owned(), until, before };
        let (to_the_end, second) = (until(&None), now.as_second());
        match ended {
            Ended::Session { id, user_id } => {
                let mut entries = vec![named(Kind::Session, id, to_the_end, None)];
                if let Some(user_id) = user_id
                    && !self.tokens_name_session
                {
                    entries.push(named(Kind::User, user_id, to_the_end, Some(second)));
                }
                entries
            }
            Ended::User { id } => vec![named(Kind::User, id, to_the_end, Some(second))],
            // A token is as old as the look at its user, which may be as late as the commit.
            Ended::Rights { user_id } => {
                vec![named(Kind::User, user_id, to_the_end + 1, Some(second + 1))]
            }
            // Whoever changed it goes on with tokens of this second.
            Ended::Password { user_id } => {
                vec![named(Kind::User, user_id, to_the_end, Some(second - 1))]
            }
            Ended::Token { id, until: given } => {
                vec![named(Kind::Token, id, until(given), None)]
            }
            Ended::TokenHash { hash, until: given } => {
                let name = Base64UrlUnpadded::encode_string(hash.as_bytes());
                vec![named(Kind::TokenHash, &name, until(given), None)]
            }
        }
    }
}

impl Named {
    fn says_as_much_as(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.name == other.name
            && self.until >= other.until
            && self.before >= other.before
    }
}

/// Gives entries their numbers and writes them.
async fn add(
    transaction: &mut Transaction,
    named: &[Named],
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<Option<Place>, StoreError> {
    let Some(head) = advance(transaction, named.len(), entropy).await? else { return Ok(None) };
    write(transaction, head, named, now, entropy).await.map(Some)
}

/// Writes entries: the last of them has the head's number.
async fn write(
    transaction: &mut Transaction,
    head: Head,
    named: &[Named],
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<Place, StoreError> {
    let key = HashKey::parse(&head.key).ok_or_else(|| unreadable_key(&head))?;
    let count = i64::try_from(named.len()).unwrap_or(i64::MAX);
    let numbered = named.iter().zip(head.sequence - count + 1..).map(|(entry, sequence)| {
        let row = RevocationRow {
            sequence,
            kind: entry.kind.letter().to_owned(),
            hash: hash_text(key.hash(entry.kind, &entry.name)),
            until: entry.until,
            before: entry.before,
        };
        (random_id(entropy), row)
    });
    for insert in revocations::insert(&numbered.collect::<Vec<_>>(), now) {
        transaction.execute(&insert).await?;
    }
    transaction.notify(CHANNEL).await?;
    Ok(Place { epoch: head.epoch, sequence: head.sequence })
}

fn unreadable_key(head: &Head) -> StoreError {
    StoreError::Refused(format!(
        "the key of revocation epoch {} cannot be read; delete the row of revocationHead and all of \
         revocation",
        head.epoch
    ))
}
