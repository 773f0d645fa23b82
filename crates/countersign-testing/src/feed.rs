//! The revocation feed of an issuer, as `docs/revocation-feed.md` describes it, on loopback: what is
//! revoked is signed and told at once to whoever waits. It can also be made to lie, to be silent, and to
//! forget.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::{SigningKey, TokenHash};
use serde_json::{Value, json};
use siphasher::sip::SipHasher24;
use url::Url;

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

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    issuer: String,
    key: SigningKey,
    epoch: String,
    hash_key: [u8; 16],
    entries: Vec<Value>,
    /// The most entries of an answer.
    page: usize,
    issued_at: i64,
    manner: Manner,
    asked: Vec<Asked>,
    /// Questions that are waiting for an answer, or for its end.
    open: usize,
    ended: bool,
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
        let state = State {
            issuer: issuer.to_owned(),
            key,
            epoch: "epoch-1".to_owned(),
            hash_key: [1; 16],
            entries: Vec::new(),
            page: 10_000,
            issued_at: now,
            manner: Manner::Well,
            asked: Vec::new(),
            open: 0,
            ended: false,
        };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
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
        self.change(|state| {
            let hash = SipHasher24::new_with_key(&state.hash_key);
            let hash = hash.hash(format!("{kind}{name}").as_bytes()).to_be_bytes();
            let mut entry = vec![json!(kind), json!(Base64UrlUnpadded::encode_string(&hash))];
            entry.extend(times.iter().map(|time| json!(time)));
            state.entries.push(entry.into());
        });
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.shared.state());
        self.shared.changed.notify_all();
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.change(|state| state.ended = true);
        // Who listens wakes up and sees it.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let asked = asked(&mut stream)?;
        let mut state = self.state();
        state.asked.push(asked.clone());
        state.open += 1;
        let waited =
            self.changed.wait_timeout_while(state, Duration::from_secs(asked.wait), |state| {
                !state.ended && matches!(state.manner, Manner::Well) && !state.has_news(&asked)
            });
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let silent = |state: &mut State| {
            !state.ended && matches!(state.manner, Manner::Silent | Manner::Drip)
        };
        if matches!(state.manner, Manner::Drip) {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nx")?;
        }
        state = self.changed.wait_while(state, silent).unwrap_or_else(PoisonError::into_inner);
        let answer = state.answer(&asked);
        let endless = matches!(state.manner, Manner::Endless);
        drop(state);
        let mut sent = stream.write_all(&answer);
        while endless && sent.is_ok() {
            sent = stream.write_all(&[b'x'; 16 * 1024]);
        }
        self.state().open -= 1;
        sent
    }
}

impl State {
    /// Whether there is anything to tell before the wait is over.
    fn has_news(&self, asked: &Asked) -> bool {
        asked.held.as_ref() != Some(&(self.epoch.clone(), self.end()))
    }

    fn end(&self) -> u64 {
        u64::try_from(self.entries.len()).unwrap_or(u64::MAX)
    }

    /// Head and body.
    fn answer(&self, asked: &Asked) -> Vec<u8> {
        if self.ended {
            return Vec::new();
        }
        let (typ, key, payload) = match &self.manner {
            Manner::Silent | Manner::HangsUp | Manner::Drip => return Vec::new(),
            Manner::Status(status) => return head(*status, "Content-Length: 0"),
            Manner::Later(seconds) => {
                return head(429, &format!("Retry-After: {seconds}\r\nContent-Length: 0"));
            }
            Manner::Redirect(url) => {
                return head(302, &format!("Location: {url}\r\nContent-Length: 0"));
            }
            Manner::Endless => return head(200, "Content-Length: 1000000000000"),
            Manner::Says(body) => return whole(body),
            Manner::Well => (Some("revocations+jwt"), &self.key, self.payload(asked)),
            Manner::Bent { payload, typ, key } => {
                let mut bent = self.payload(asked);
                payload(&mut bent);
                (*typ, key.as_ref().unwrap_or(&self.key), bent)
            }
        };
        let message = match typ {
            Some(typ) => key.sign_message(typ, &payload),
            None => key.sign(&payload),
        };
        whole(message.expect("a signed message").as_bytes())
    }

    fn payload(&self, asked: &Asked) -> Value {
        let held =
            asked.held.as_ref().filter(|(epoch, to)| *epoch == self.epoch && *to <= self.end());
        let from = usize::try_from(held.map_or(0, |(_, to)| *to)).unwrap_or(usize::MAX);
        let to = self.entries.len().min(from + self.page);
        json!({
            "iss": self.issuer,
            "iat": self.issued_at,
            "nonce": asked.nonce,
            "epoch": self.epoch,
            "key": Base64UrlUnpadded::encode_string(&self.hash_key),
            "from": from,
            "to": to,
            "more": to < self.entries.len(),
            "entries": self.entries[from..to],
        })
    }
}

fn whole(body: &[u8]) -> Vec<u8> {
    let length = format!("Content-Type: application/jwt\r\nContent-Length: {}", body.len());
    [&head(200, &length), body].concat()
}

fn head(status: u16, lines: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} It\r\nConnection: close\r\n{lines}\r\n\r\n").into_bytes()
}

/// Reads one request.
fn asked(stream: &mut TcpStream) -> std::io::Result<Asked> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        head.extend(byte);
    }
    if !head.ends_with(b"\r\n\r\n") {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let url = Url::parse(&format!("http://feed{path}")).map_err(std::io::Error::other)?;
    let parameter = |name: &str| {
        let mut pairs = url.query_pairs();
        pairs.find_map(|(own, value)| (own == name).then(|| value.into_owned()))
    };
    let number = |name: &str| parameter(name).and_then(|text| text.parse().ok());
    let authorization = head.lines().filter_map(|line| line.split_once(": "));
    let mut authorization =
        authorization.filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    Ok(Asked {
        held: parameter("epoch").zip(number("after")),
        wait: number("wait").unwrap_or(0),
        nonce: parameter("nonce").unwrap_or_default(),
        guard: parameter("guard"),
        kids: parameter("kids"),
        authorization: authorization.next().map(|(_, value)| value.to_owned()),
    })
}
