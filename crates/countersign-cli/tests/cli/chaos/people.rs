//! People who sign up and in, get tokens and take them back, at whichever server; and guards that are asked
//! about what they have.

mod taking_back;

use std::{
    collections::VecDeque,
    io::ErrorKind,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use countersign_jwt::dangerous;
use countersign_testing::http::{Answer, try_send_within};
use serde_json::{Value, json};

use super::{
    cluster::{BASIC, Cluster, ORIGIN},
    guards::Guard,
    history::{Asked, Notes, Span, Token, Verdict, What, timed},
};
use crate::wire::PASSWORD;

/// How long somebody waits for a server.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many of the tokens that were taken back last are shown again and again.
const SHOWN_AGAIN: usize = 24;

/// Everybody together.
pub(super) struct People<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) guards: &'a [Guard],
    pub(super) notes: Notes,
    seed: u64,
    known: Mutex<Known>,
    signed_up: AtomicUsize,
}

/// What they know.
#[derive(Default)]
struct Known {
    people: Vec<Person>,
    /// As texts, by their numbers in the history.
    tokens: Vec<String>,
    /// Which were taken back, the last ones last.
    taken_back: VecDeque<usize>,
    /// Cookies of sessions that were ended.
    ended: Vec<String>,
}

#[derive(Clone)]
struct Person {
    id: String,
    email: String,
    password: String,
    sessions: Vec<Session>,
}

#[derive(Clone)]
struct Session {
    id: String,
    cookie: String,
    token: String,
}

impl<'a> People<'a> {
    pub(super) fn new(cluster: &'a Cluster, guards: &'a [Guard], seed: u64) -> Self {
        let (notes, known, signed_up) = (Notes::default(), Mutex::default(), AtomicUsize::new(0));
        Self { cluster, guards, notes, seed, known, signed_up }
    }

    /// One of them does something.
    pub(super) fn act(&self, random: &mut fastrand::Rng) {
        let someone = {
            let people = &self.known().people;
            let signed_in = people.iter().filter(|person| !person.sessions.is_empty());
            random.choice(signed_in.cloned().collect::<Vec<_>>())
        };
        match (random.u8(0..100), someone) {
            (0, _) | (_, None) => self.sign_up(random),
            (1..=3, Some(person)) => self.sign_in(&person, random),
            (4..=18, Some(person)) => {
                let session = random.choice(&person.sessions).expect("a session");
                self.issue(&session.cookie, random);
            }
            (19..=22, Some(person)) => self.sign_out(&person, random),
            (23..=25, Some(person)) => self.revoke_session(&person, random),
            (26, Some(person)) => self.revoke_sessions(&person, false, random),
            (27, Some(person)) => self.revoke_sessions(&person, true, random),
            (28, Some(person)) => self.change_password(&person, random),
            (29, Some(person)) => self.revoke_user(&person, random),
            (30..=34, Some(_)) => self.revoke_token(random),
            (35, Some(person)) if random.bool() => self.delete(&person, random),
            (36..=37, Some(_)) => {
                let ended = random.choice(self.known().ended.clone());
                ended.map(|cookie| self.issue(&cookie, random));
            }
            (_, Some(_)) => self.show(random),
        }
        self.notes.count();
    }

    /// A token that nobody takes back, of somebody who does nothing else.
    pub(super) fn good_token(&self, random: &mut fastrand::Rng) -> usize {
        let email = format!("good{}@example.com", self.number());
        let password = PASSWORD.to_owned();
        loop {
            let (answer, span) = timed(|| self.join(&email, &password, random));
            let id = answer.and_then(|answer| self.learn(&answer, span, random));
            if let Some((_, token)) = id {
                return token;
            }
        }
    }

    /// One more of the same person, who signs up where nobody did yet.
    pub(super) fn another_good_token(&self, random: &mut fastrand::Rng) -> usize {
        let session =
            self.known().people.first().and_then(|person| person.sessions.first().cloned());
        let Some(session) = session else {
            self.sign_up(random);
            return self.another_good_token(random);
        };
        loop {
            if let Some(token) = self.issue(&session.cookie, random) {
                return token;
            }
        }
    }

    /// Asks a guard about a token.
    pub(super) fn ask(&self, guard: usize, token: usize, settled: bool) -> Verdict {
        let text = self.known().tokens[token].clone();
        let user = self.notes.write(|history| history.tokens[token].0.user.clone());
        let (verdict, span) = timed(|| self.guards[guard].ask(&user, &text));
        let asked = Asked { guard, token, span, verdict: verdict.clone(), settled };
        self.notes.write(|history| history.asked.push(asked));
        self.notes.count();
        verdict
    }

    /// Takes this token back by its id; the answer.
    pub(super) fn revoke(&self, token: usize, random: &mut fastrand::Rng) -> Option<Answer> {
        let id = self.notes.write(|history| history.tokens[token].0.id.clone());
        let body = json!({ "kind": "j", "name": id });
        self.take_back(vec![What::Token(id)], || {
            self.request(&[("Authorization", BASIC)], "/revocations", Some(&body), random)
        })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Of somebody new, in all seeds.
    fn number(&self) -> String {
        format!("{}-{}", self.seed, self.signed_up.fetch_add(1, Ordering::Relaxed))
    }

    /// Asks the servers in a row that begins at random, until one listens. `None` without an answer.
    fn request(
        &self,
        headers: &[(&str, &str)],
        path: &str,
        body: Option<&Value>,
        random: &mut fastrand::Rng,
    ) -> Option<Answer> {
        let method = if body.is_some() { "POST" } else { "GET" };
        let common = [("Content-Type", "application/json"), ("Origin", ORIGIN)];
        let headers: Vec<_> = common.into_iter().chain(headers.iter().copied()).collect();
        let (path, body) = (format!("/api/auth{path}"), body.map(Value::to_string));
        let nodes = &self.cluster.nodes;
        let first = random.usize(0..nodes.len());
        for node in nodes.iter().cycle().skip(first).take(nodes.len()) {
            let (url, body) = (node.url(), body.as_deref());
            match try_send_within(Some(PATIENCE), &url, method, &path, &headers, body) {
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
                answer => {
                    let answer = answer.ok()?;
                    let status = answer.status;
                    // Whoever is deleted in the middle of a sign-in, as with Better Auth.
                    let is_gone = path.ends_with("/sign-in/email") && status == 500;
                    assert!(status < 500 || status == 503 || is_gone, "{path}: {status}");
                    return Some(answer);
                }
            }
        }
        None
    }

    fn join(&self, email: &str, password: &str, random: &mut fastrand::Rng) -> Option<Answer> {
        let body = json!({ "name": "Ann", "email": email, "password": password });
        let answer = self.request(&[], "/sign-up/email", Some(&body), random);
        // It may have been answered to nobody before.
        let taken = answer.as_ref().is_some_and(|answer| answer.status == 422);
        if taken {
            return self.request(&[], "/sign-in/email", Some(&body), random);
        }
        answer
    }

    /// Gets a first token in a session that this answer began; whose, and which.
    fn learn(
        &self,
        answer: &Answer,
        span: Span,
        random: &mut fastrand::Rng,
    ) -> Option<((String, Session), usize)> {
        if answer.status != 200 {
            return None;
        }
        let (cookie, body) = (answer.cookies().next()?.to_owned(), answer.json());
        let token = body["token"].as_str()?.to_owned();
        let number = self.issue(&cookie, random)?;
        let Token { session: id, user, .. } =
            self.notes.write(|history| history.tokens[number].0.clone());
        self.notes.write(|history| history.sessions.push((id.clone(), span)));
        Some(((user, Session { id, cookie, token }), number))
    }

    fn sign_up(&self, random: &mut fastrand::Rng) {
        let (email, password) = (format!("p{}@example.com", self.number()), PASSWORD.to_owned());
        let (answer, span) = timed(|| self.join(&email, &password, random));
        let learned = answer.and_then(|answer| self.learn(&answer, span, random));
        if let Some(((id, session), _)) = learned {
            self.known().people.push(Person { id, email, password, sessions: vec![session] });
        }
    }

    fn sign_in(&self, person: &Person, random: &mut fastrand::Rng) {
        let body = json!({ "email": person.email, "password": person.password });
        let (answer, span) = timed(|| self.request(&[], "/sign-in/email", Some(&body), random));
        let learned = answer.and_then(|answer| self.learn(&answer, span, random));
        if let Some(((_, session), _)) = learned {
            self.change(&person.id, |person| person.sessions.push(session));
        }
    }

    /// A token for the session of this cookie, if there is one.
    fn issue(&self, cookie: &str, random: &mut fastrand::Rng) -> Option<usize> {
        let (answer, span) = timed(|| self.request(&[("Cookie", cookie)], "/token", None, random));
        let answer = answer.filter(|answer| answer.status == 200)?.json();
        let text = answer["token"].as_str()?;
        let read = dangerous::read_without_verifying(text).expect("a token");
        let claim = |name: &str| read.claims[name].as_str().expect("a text").to_owned();
        let token = Token {
            id: claim("jti"),
            session: claim("sid"),
            user: claim("sub"),
            issued_at: read.claims["iat"].as_i64().expect("a second"),
            key: read.header["kid"].as_str().expect("a key").to_owned(),
        };
        let mut known = self.known();
        known.tokens.push(text.to_owned());
        Some(self.notes.write(|history| {
            history.tokens.push((token, span));
            history.tokens.len() - 1
        }))
    }

    /// Shows a token to every guard, most often one that was taken back just now.
    fn show(&self, random: &mut fastrand::Rng) {
        let token = {
            let known = self.known();
            let again = random.choice(&known.taken_back).copied().filter(|_| random.u8(0..10) < 6);
            again.or_else(|| {
                let recent = known.tokens.len().saturating_sub(200);
                (recent < known.tokens.len()).then(|| random.usize(recent..known.tokens.len()))
            })
        };
        for guard in 0..self.guards.len() {
            token.map(|token| self.ask(guard, token, false));
        }
    }
}
