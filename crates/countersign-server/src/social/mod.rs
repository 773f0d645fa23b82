//! Signing in with somebody else's word: OAuth 2.0 and OpenID Connect, as Better Auth does it.
//!
//! # The way of a sign-in
//!
//! `POST /sign-in/social` stores a flow under a random state ([`flow`]), gives the browser that state in a
//! signed cookie, and names the provider's address to go to ([`authorization`]). The provider sends the browser
//! to `/callback/ID`. There the flow is taken, once and only by the browser that began it; the code becomes tokens
//! ([`tokens`]), the tokens a person ([`identity`]), and the person a user and a session ([`sign_in`]) or an
//! account of the user who began ([`link`]).
//!
//! # What holds
//!
//! * A flow counts for one provider, one browser, ten minutes and one use (RFC 9700 §4.4, §4.7).
//! * PKCE with S256 wherever the provider has it (RFC 7636).
//! * ID tokens are verified by signature, issuer, audience, age and nonce, also those that came straight from the
//!   token endpoint.
//! * A user who is there already gets a new account only when the provider verified the address and we did, too.
//! * Addresses come from the settings and from the metadata they name. They are `https`, or `http` on this machine;
//!   redirects are not followed, answers are at most 1 MiB and five seconds.

mod apple;
mod authorization;
mod calls;
mod catalogue;
mod discovery;
mod flow;
mod id_token;
mod identity;
mod keys;
mod link;
mod provider;
pub(crate) mod refusals;
mod sign_in;
mod stored_tokens;
mod tokens;

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use self::calls::Calls;
pub(crate) use self::{
    authorization::{RESERVED, Wish},
    flow::{Flow, Link, NewFlow, begin_flow, take_flow},
    identity::Identity,
    link::{LinkRefused, NewAccount, check as check_link, link_from_flow, store as store_link},
    provider::Provider,
    sign_in::{Arrival, Outcome, sign_in},
    stored_tokens::{plain, sealed},
    tokens::Tokens,
};
use crate::settings::ProviderSettings;

/// After metadata could not be read, nobody asks for so long.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);

/// The identity providers of the settings.
pub(crate) struct Social {
    providers: BTreeMap<String, Place>,
    calls: Calls,
}

/// A provider, known or still to be discovered.
struct Place {
    settings: ProviderSettings,
    state: Mutex<State>,
}

enum State {
    Unknown { failed_at: Option<Timestamp> },
    Known(Arc<Provider>),
}

impl Social {
    pub(crate) fn new(settings: &[ProviderSettings]) -> Result<Self, reqwest::Error> {
        let place = |settings: &ProviderSettings| Place {
            settings: settings.clone(),
            state: Mutex::new(match Provider::from_settings(settings) {
                Some(provider) => State::Known(Arc::new(provider)),
                None => State::Unknown { failed_at: None },
            }),
        };
        let providers = settings.iter().map(|one| (one.id.clone(), place(one))).collect();
        Ok(Self { providers, calls: Calls::new()? })
    }

    /// The provider of this id. One whose metadata cannot be read is none for now.
    pub(crate) async fn provider(&self, id: &str, now: Timestamp) -> Option<Arc<Provider>> {
        let place = self.providers.get(id)?;
        let mut state = place.state.lock().await;
        match &*state {
            State::Known(provider) => return Some(Arc::clone(provider)),
            State::Unknown { failed_at: Some(then) } if now.duration_since(*then) < PAUSE => {
                return None;
            }
            State::Unknown { .. } => {}
        }
        match discovery::discover(&place.settings, &self.calls).await {
            Ok(provider) => {
                let provider = Arc::new(provider);
                *state = State::Known(Arc::clone(&provider));
                Some(provider)
            }
            Err(error) => {
                tracing::error!(provider = id, %error, "the provider's metadata cannot be used");
                *state = State::Unknown { failed_at: Some(now) };
                None
            }
        }
    }

    pub(crate) fn calls(&self) -> &Calls {
        &self.calls
    }
}
