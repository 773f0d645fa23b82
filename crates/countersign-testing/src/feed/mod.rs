//! The revocation feed of an issuer, as `docs/revocation-feed.md` describes it, on loopback: what is
//! revoked is signed and told at once to whoever waits. It can also be made to lie, to be silent, and to
//! forget.

mod http;
mod state;

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::{SigningKey, TokenHash};
use serde_json::Value;

use self::state::{Shared, State};

/// The feed at work. It ends when this is dropped.
pub struct Feed {
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// How the feed answers.
#[derive(Default)]
pub enum Manner {
    /// As it should.
    #[default]
    Well,
    /// With this status and nothing else.
    Status(u16),
    /// With 429, and so many seconds in `Retry-After`.
    Later(u64),
    /// With a redirect to this address.
    Redirect(String),
    /// Not at all; the connection stays open.
    Silent,
    /// Not at all; the connection ends.
    HangsUp,
    /// With these bytes.
    Says(Vec<u8>),
    /// With bytes that never end.
    Endless,
    /// With one byte, and the next one never.
    Drip,
    /// With what becomes of the payload, under this `typ`, signed with this key instead of its own.
    Bent {
        /// Changes the payload.
        payload: fn(&mut Value),
        /// The type of the message; `None` for a token's header.
        typ: Option<&'static str>,
        /// The key, if not its own.
        key: Option<SigningKey>,
    },
}

/// What an answer of any feed says, whoever signed it.
///
/// # Panics
///
/// When it is none.
pub fn payload(answer: &str) -> Value {
    let payload = answer.split('.').nth(1).expect("a JWS");
    let bytes = Base64UrlUnpadded::decode_vec(payload).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// What a guard asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// What it holds: of which sequence, and up to where.
    pub held: Option<(String, u64)>,
    /// For how many seconds the answer may wait.
    pub wait: u64,
    /// The nonce.
    pub nonce: String,
    /// The guard's name.
    pub guard: Option<String>,
    /// The names of its keys.
    pub kids: Option<String>,
    /// The line `Authorization`.
    pub authorization: Option<String>,
}

impl Feed {
    /// The feed of this issuer, signed with this key, at this moment.
    ///
    /// # Panics
    ///
    /// When there is no free port.
    pub fn start(issuer: &str, key: SigningKey, now: i64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared::of(issuer, key, now));
        thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                for stream in listener.incoming().flatten() {
                    if shared.state().ended {
                        return;
                    }
                    let shared = Arc::clone(&shared);
                    // Whoever hangs up wants no answer.
                    thread::spawn(move || drop(shared.serve(stream)));
                }
            }
        });
        Self { address, shared }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}/api/auth/revocations", self.address)
    }

    /// Takes a token back by its `jti`.
    pub fn revoke_token(&self, jti: &str, until: i64) {
        self.revoke("j", jti, &[until]);
    }

    /// Takes several tokens back at once: whoever waits is told of all of them.
    pub fn revoke_tokens(&self, jtis: impl IntoIterator<Item = String>, until: i64) {
        self.change(|state| jtis.into_iter().for_each(|jti| state.add("j", &jti, &[until])));
    }

    /// Takes all tokens of a session back.
    pub fn revoke_session(&self, session: &str, until: i64) {
        self.revoke("s", session, &[until]);
    }

    /// Takes all tokens of a user back that were issued at `before` or earlier.
    pub fn revoke_user(&self, user: &str, before: i64, until: i64) {
        self.revoke("u", user, &[until, before]);
    }

    /// Takes a token back by its hash.
    ///
    /// # Panics
    ///
    /// When it is none.
    pub fn revoke_this_token(&self, token: &str, until: i64) {
        let hash = TokenHash::of(token).expect("a token");
        let name = Base64UrlUnpadded::encode_string(hash.as_bytes());
        self.revoke("t", &name, &[until]);
    }

    /// Begins another sequence, with another key, that has none of what was revoked and of which nothing
    /// was asked.
    pub fn begin_epoch(&self, epoch: &str, hash_key: [u8; 16]) {
        self.change(|state| {
            epoch.clone_into(&mut state.epoch);
            state.hash_key = hash_key;
            state.entries.clear();
            state.asked.clear();
        });
    }

    /// Forgets what came after so many entries, as a database does that is restored.
    pub fn restore(&self, entries: usize) {
        self.change(|state| state.entries.truncate(entries));
    }

    /// Puts at most so many entries into an answer.
    pub fn page(&self, entries: usize) {
        self.change(|state| state.page = entries);
    }

    /// Answers in this way from now on, also whoever waits already.
    pub fn answer(&self, manner: Manner) {
        self.change(|state| state.manner = manner);
    }

    /// Signs with this moment from now on.
    pub fn set_time(&self, now: i64) {
        self.change(|state| state.issued_at = now);
    }

    /// How many entries there are.
    pub fn sequence(&self) -> u64 {
        u64::try_from(self.shared.state().entries.len()).unwrap_or(u64::MAX)
    }

    /// All that was asked so far of this sequence.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.state().asked.clone()
    }

    /// How many questions are waiting.
    pub fn open(&self) -> usize {
        self.shared.state().open
    }

    /// Whether somebody said that all there is was taken in.
    pub fn is_taken(&self) -> bool {
        let state = self.shared.state();
        let all = u64::try_from(state.entries.len()).unwrap_or(u64::MAX);
        let last = state.asked.last().and_then(|asked| asked.held.as_ref());
        last.is_some_and(|(epoch, to)| *epoch == state.epoch && *to == all)
    }

    fn revoke(&self, kind: &str, name: &str, times: &[i64]) {
        self.change(|state| state.add(kind, name, times));
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        self.shared.change(change);
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.change(|state| state.ended = true);
        // Who listens wakes up and sees it.
        let _ = TcpStream::connect(self.address);
    }
}
