//! Tokens that may be used once, on the routes that ask for it (RFC 8725 §3.10 and the seeds' replay
//! guard): the first request with a token's `jti` passes, every later one is refused.
//!
//! Names are those of an issuer: equal `jti` of two issuers are two names. What this process has seen is in its
//! memory. Where several share their spent tokens, a name that is not there is spent at the auth server, which
//! says yes to one of all who ask; `docs/spent-tokens.md` describes it.
//!
//! | Spent here | Shared | The auth server says | What becomes of the request |
//! |---|---|---|---|
//! | yes | | | 401 |
//! | no | no | | in; 503 `replay_guard_full` where there is no room to remember it |
//! | no | yes | it counts for this one | in |
//! | no | yes | it was spent | 401 |
//! | no | yes | nothing clear in time, a second unless set otherwise | 503 `spent_tokens_unavailable` |

mod answer;
mod ask_error;
mod attempt;
mod memory;
mod settings;
mod shared;

use jiff::{SignedDuration, Timestamp};

pub use self::settings::{SharedSpentTokens, SharedSpentTokensError};
use self::{memory::Memory, shared::Shared};
use crate::{identity::Identity, refusal::Refusal};

/// How many spent tokens are remembered unless [`GuardBuilder::spent_tokens`] says otherwise.
///
/// [`GuardBuilder::spent_tokens`]: crate::GuardBuilder::spent_tokens
pub const DEFAULT_SPENT_TOKENS: usize = 100_000;

/// Issuer and `jti`.
type Name = (Box<str>, Box<str>);

pub(crate) struct Replays {
    memory: Memory,
    shared: Option<Shared>,
}

impl Replays {
    pub(crate) fn open(
        room: usize,
        shared: Option<SharedSpentTokens>,
    ) -> Result<Self, SharedSpentTokensError> {
        let shared = shared.map(Shared::open).transpose()?;
        Ok(Self { memory: Memory::with_room_for(room), shared })
    }

    /// Spends the token. `leeway` is that of the policy it was verified with. Waits only where spent tokens are
    /// shared.
    pub(crate) async fn spend(
        &self,
        identity: &Identity,
        leeway: SignedDuration,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let claims = identity.claims().ok_or(Refusal::NotSpendable)?;
        let jti = claims.token_id().ok_or(Refusal::NotSpendable)?;
        let ends_at = claims.expires_at().saturating_add(leeway).unwrap_or(Timestamp::MAX);
        let name = (Box::from(identity.issuer()), Box::from(jti));
        let Some(shared) = &self.shared else { return self.memory.spend(name, ends_at, now) };
        // It may have been spent by a request of this process whose answer was lost.
        if self.memory.knows(&name) && !shared.is_open(&name) {
            return Err(Refusal::Replayed);
        }
        let spent = shared.spend(&name, ends_at, now).await;
        if matches!(spent, Ok(()) | Err(Refusal::Replayed)) {
            // What there is no room for is asked for again.
            let _ = self.memory.spend(name, ends_at, now);
        }
        spent
    }
}
