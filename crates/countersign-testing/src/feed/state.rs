//! What the feed has, and what it answers.

use std::{
    io::Write,
    net::TcpStream,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_jwt::SigningKey;
use serde_json::{Value, json};
use siphasher::sip::SipHasher24;

use super::{
    Asked, Manner,
    http::{asked, head, whole},
};

/// What the feed has, between who revokes and who asks.
pub(super) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

pub(super) struct State {
    issuer: String,
    key: SigningKey,
    pub(super) epoch: String,
    pub(super) hash_key: [u8; 16],
    pub(super) entries: Vec<Value>,
    /// The most entries of an answer.
    pub(super) page: usize,
    pub(super) issued_at: i64,
    pub(super) manner: Manner,
    pub(super) asked: Vec<Asked>,
    /// Questions that are waiting for an answer, or for its end.
    pub(super) open: usize,
    pub(super) ended: bool,
}

impl Shared {
    pub(super) fn of(issuer: &str, key: SigningKey, now: i64) -> Self {
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
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_all();
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
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
    pub(super) fn add(&mut self, kind: &str, name: &str, times: &[i64]) {
        let hash = SipHasher24::new_with_key(&self.hash_key);
        let hash = hash.hash(format!("{kind}{name}").as_bytes()).to_be_bytes();
        let mut entry = vec![json!(kind), json!(Base64UrlUnpadded::encode_string(&hash))];
        entry.extend(times.iter().map(|time| json!(time)));
        self.entries.push(entry.into());
    }

    /// Whether there is anything to tell before the wait is over.
    fn has_news(&self, asked: &Asked) -> bool {
        asked.held.as_ref() != Some(&(self.epoch.clone(), self.end()))
    }

    pub(super) fn end(&self) -> u64 {
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
