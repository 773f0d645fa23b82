//! The life of a key: staged, signing, retired, withdrawn.
//!
//! ```text
//!   stage ──▶ staged ──────▶ signing ──────▶ retired ──────▶ withdrawn
//!             published      published       published       neither
//!             signs nothing  signs           signs nothing
//! ```
//!
//! A key is published before it signs, for `token.publish_ahead`: every verifier that keeps keys for less than that
//! knows it by then. All of this is in the table `jwks` as Better Auth has it, and Better Auth on the same database
//! sees it in the same way:
//!
//! | Stage | In the table | Better Auth |
//! |---|---|---|
//! | staged | `createdAt` in January 1970: as many milliseconds as seconds had passed when it was staged | publishes it; signs with it only when no other key lives, for it signs with the newest |
//! | signing | the newest live key of the configured algorithm | signs with it |
//! | retired | `expiresAt` is past | publishes it for its grace period |
//! | withdrawn | `expiresAt` is past by more than the grace period | does not publish it |
//!
//! A key that is about to end signs on for a while when guards that are heard of lack the next one: see `succession.rs`.
//!
//! Each step is one guarded statement, so that of two servers that take it at once one does.

use aws_lc_rs::digest::{SHA256, digest};
use countersign_jwt::Algorithm;
use countersign_store::{IdKind, signing_keys::SigningKeyRow};
use jiff::{SignedDuration, Timestamp};

/// A key made before is staged: nobody used Better Auth in 1970.
const FIRST_YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Where a key is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Published since then, and to sign one day.
    Staged(Timestamp),
    /// Signs.
    Signing,
    /// Could sign, but a newer key does, or it is of another algorithm than the configured one.
    Spare,
    /// Signs no more, and is published until then.
    Retired(Timestamp),
    /// Not published any more.
    Withdrawn,
}

/// What is to be done with the keys of a table now, by `token.rotation_interval`.
pub(super) enum Due<'a> {
    /// A successor of this key has to be made and published.
    Stage(&'a SigningKeyRow),
    /// A staged key is about to follow the one that signs.
    Succeed(Succession<'a>),
    /// The key before is over: the staged one is the only one that can sign.
    TakeOver(&'a SigningKeyRow),
}

/// A key, the staged one that follows it, and the times at which that may be.
pub(super) struct Succession<'a> {
    pub(super) staged: &'a SigningKeyRow,
    pub(super) before: &'a SigningKeyRow,
    /// When the key before is over.
    pub(super) end: Timestamp,
    /// Since when everybody who keeps keys for `token.publish_ahead` knows the staged one.
    pub(super) known_at: Timestamp,
}

impl Succession<'_> {
    /// Until when guards are waited for. A key that ends sooner than one that is made now was made when keys signed for
    /// a shorter time, and its row does not say when it was to end.
    pub(super) fn latest(
        &self,
        rotation_interval: Option<SignedDuration>,
        patience: SignedDuration,
    ) -> Timestamp {
        let meant = rotation_interval.map(|interval| self.before.created_at + interval);
        let known_at = self.known_at;
        known_at.max(meant.filter(|meant| *meant <= self.end).unwrap_or(known_at)) + patience
    }
}

/// How long before its end it is decided whether a key signs on for a while, because guards lack the next.
const LONGEST_NOTICE: SignedDuration = SignedDuration::from_mins(1);

/// The same where keys are published for a short time only.
pub(super) fn notice(publish_ahead: SignedDuration) -> SignedDuration {
    LONGEST_NOTICE.min(publish_ahead / 2)
}

/// `createdAt` of a key that is staged now.
pub(super) fn staged_at(now: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(now.as_second()).unwrap_or(now)
}

/// Since when a key is staged, if it is.
pub(super) fn staged_since(row: &SigningKeyRow) -> Option<Timestamp> {
    let is_staged = row.created_at < Timestamp::UNIX_EPOCH + FIRST_YEAR;
    is_staged.then(|| Timestamp::from_second(row.created_at.as_millisecond()).ok()).flatten()
}

/// The id of a key's successor. Two servers that stage one at the same time give it the same id, and the table
/// takes one of them. Where the database counts ids it takes both; either may sign.
pub(super) fn id_of_successor(id: &str, kind: IdKind) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz012345";
    let digest = digest(&SHA256, format!("the key after {id}").as_bytes());
    if let (IdKind::Uuid, Some(bytes)) = (kind, digest.as_ref().first_chunk()) {
        return uuid::Builder::from_random_bytes(*bytes).into_uuid().to_string();
    }
    digest.as_ref().iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// The algorithm of a row's key; rows of old versions name none and mean the configured one.
pub(super) fn algorithm_of(row: &SigningKeyRow, configured: Algorithm) -> Option<Algorithm> {
    match &row.algorithm {
        Some(name) => name.parse().ok(),
        None => Some(configured),
    }
}

/// Whether a row's key is of the configured algorithm.
pub(super) fn is_of(configured: Algorithm) -> impl Fn(&&SigningKeyRow) -> bool {
    move |row| algorithm_of(row, configured) == Some(configured)
}

/// The rows whose keys may sign, the first choice first: those of the configured algorithm before the others, and
/// of each the newest first, as the rows are.
pub(super) fn in_order_of_choice(
    rows: &[SigningKeyRow],
    configured: Algorithm,
    now: Timestamp,
) -> impl Iterator<Item = &SigningKeyRow> {
    let live = move || rows.iter().filter(move |row| is_live(row, now));
    let (ours, other) = (is_of(configured), is_of(configured));
    live().filter(ours).chain(live().filter(move |row| !other(row)))
}

/// Whether a key may sign.
pub(super) fn is_live(row: &SigningKeyRow, now: Timestamp) -> bool {
    row.expires_at.is_none_or(|expires_at| expires_at > now)
}

/// A key that ended then or before is published no more.
pub(super) fn withdrawn_before(grace: SignedDuration, now: Timestamp) -> Timestamp {
    now.saturating_sub(grace).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Whether a key is published.
pub(super) fn is_published(row: &SigningKeyRow, grace: SignedDuration, now: Timestamp) -> bool {
    row.expires_at.is_none_or(|expires_at| expires_at + grace > now)
}

/// Where a key is in its life; `signs` is the id of the one that signs.
pub(super) fn stage(
    row: &SigningKeyRow,
    signs: Option<&str>,
    grace: SignedDuration,
    now: Timestamp,
) -> Stage {
    match row.expires_at {
        Some(end) if end + grace <= now => Stage::Withdrawn,
        Some(end) if end <= now => Stage::Retired(end + grace),
        _ if signs == Some(row.id.as_str()) => Stage::Signing,
        _ => staged_since(row).map_or(Stage::Spare, Stage::Staged),
    }
}

/// What is due. `usable` are live keys of the configured algorithm that this server can open, the newest first.
pub(super) fn due<'a>(
    usable: &[&'a SigningKeyRow],
    publish_ahead: SignedDuration,
    now: Timestamp,
) -> Option<Due<'a>> {
    let staged = usable.iter().find_map(|row| Some((*row, staged_since(row)?)));
    let before = usable.iter().find(|row| staged_since(row).is_none());
    let Some(before) = before else {
        return staged.map(|(staged, _)| Due::TakeOver(staged));
    };
    let end = before.expires_at?;
    match staged {
        Some((staged, since)) if end - notice(publish_ahead) <= now => {
            let known_at = since + publish_ahead;
            Some(Due::Succeed(Succession { staged, before, end, known_at }))
        }
        None if end - publish_ahead <= now => Some(Due::Stage(before)),
        _ => None,
    }
}
