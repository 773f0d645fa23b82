//! In how many ways people take back what they have.

use countersign_testing::http::Answer;
use serde_json::json;

use super::{
    super::{
        cluster::BASIC,
        history::{Span, TakenBack, Token, What, second, timed},
    },
    People, Person, SHOWN_AGAIN, Session,
};

impl People<'_> {
    /// Takes something back and notes whether that was answered.
    pub(super) fn take_back(
        &self,
        all: Vec<What>,
        request: impl FnOnce() -> Option<Answer>,
    ) -> Option<Answer> {
        let second_begun = second();
        let (answer, Span { begun, ended }) = timed(request);
        let second_ended = second();
        let status = answer.as_ref().map(|answer| answer.status);
        if matches!(status, Some(400..500)) {
            return None;
        }
        let ended = matches!(status, Some(200..300)).then_some(ended);
        self.notes.write(|history| {
            let ends = all.into_iter().map(|what| TakenBack {
                what,
                begun,
                ended,
                second_begun,
                second_ended,
            });
            history.taken_back.extend(ends);
        });
        answer.filter(|_| ended.is_some())
    }

    pub(super) fn change(&self, id: &str, change: impl FnOnce(&mut Person)) {
        let mut known = self.known();
        known.people.iter_mut().find(|person| person.id == id).map(change);
    }

    /// These sessions are over: their tokens and cookies are shown again.
    fn over(&self, id: &str, is_over: impl Fn(&Session) -> bool) {
        let mut over = Vec::new();
        self.change(id, |person| over = person.sessions.extract_if(.., |s| is_over(s)).collect());
        let ids = |token: &Token| over.iter().any(|session| session.id == token.session);
        let last = self.notes.write(|history| {
            let tokens = history.tokens.iter().enumerate().rev();
            let of_these = tokens.filter(|(_, (token, _))| ids(token));
            of_these.take(3).map(|(number, _)| number).collect::<Vec<_>>()
        });
        self.known().ended.extend(over.into_iter().map(|session| session.cookie));
        for token in last {
            self.show_again(token);
        }
    }

    pub(super) fn show_again(&self, token: usize) {
        let mut known = self.known();
        known.taken_back.push_back(token);
        if known.taken_back.len() > SHOWN_AGAIN {
            known.taken_back.pop_front();
        }
    }

    pub(super) fn sign_out(&self, person: &Person, random: &mut fastrand::Rng) {
        let session = random.choice(&person.sessions).expect("a session");
        let done = self.take_back(vec![What::Session(session.id.clone())], || {
            self.request(&[("Cookie", &session.cookie)], "/sign-out", Some(&json!({})), random)
        });
        if done.is_some() {
            self.over(&person.id, |other| other.id == session.id);
        }
    }

    pub(super) fn revoke_session(&self, person: &Person, random: &mut fastrand::Rng) {
        let by = random.choice(&person.sessions).expect("a session");
        let session = random.choice(&person.sessions).expect("a session");
        let body = json!({ "token": session.token });
        let done = self.take_back(vec![What::Session(session.id.clone())], || {
            self.request(&[("Cookie", &by.cookie)], "/revoke-session", Some(&body), random)
        });
        if done.is_some() {
            self.over(&person.id, |other| other.id == session.id);
        }
    }

    pub(super) fn revoke_sessions(
        &self,
        person: &Person,
        all_but_this: bool,
        random: &mut fastrand::Rng,
    ) {
        let by = random.choice(&person.sessions).expect("a session");
        let except = all_but_this.then(|| by.id.clone());
        let path = if all_but_this { "/revoke-other-sessions" } else { "/revoke-sessions" };
        let what = What::Sessions { user: person.id.clone(), except: except.clone() };
        let done = self.take_back(vec![what], || {
            self.request(&[("Cookie", &by.cookie)], path, Some(&json!({})), random)
        });
        if done.is_some() {
            let known = |session: &Session| person.sessions.iter().any(|s| s.id == session.id);
            self.over(&person.id, |other| known(other) && except.as_ref() != Some(&other.id));
        }
    }

    pub(super) fn change_password(&self, person: &Person, random: &mut fastrand::Rng) {
        let by = random.choice(&person.sessions).expect("a session");
        let (others, user) = (random.bool(), person.id.clone());
        let password = format!("password{}", random.u32(..));
        let body = json!({
            "currentPassword": person.password,
            "newPassword": password,
            "revokeOtherSessions": others,
        });
        let mut all = vec![What::Password { user: user.clone() }];
        if others {
            all.push(What::Sessions { user, except: None });
        }
        let (done, span) = timed(|| {
            self.take_back(all, || {
                self.request(&[("Cookie", &by.cookie)], "/change-password", Some(&body), random)
            })
        });
        let Some(answer) = done else {
            // Which password is theirs now, nobody knows.
            return self.known().people.retain(|other| other.id != person.id);
        };
        self.change(&person.id, |person| person.password = password);
        if others {
            let known = |session: &Session| person.sessions.iter().any(|s| s.id == session.id);
            self.over(&person.id, known);
            if let Some(((_, session), _)) = self.learn(&answer, span, random) {
                self.change(&person.id, |person| person.sessions.push(session));
            }
        }
    }

    pub(super) fn revoke_user(&self, person: &Person, random: &mut fastrand::Rng) {
        let body = json!({ "kind": "u", "name": person.id });
        self.take_back(vec![What::Issued { user: person.id.clone() }], || {
            self.request(&[("Authorization", BASIC)], "/revocations", Some(&body), random)
        });
    }

    /// By its id, by its hash, or by whoever holds it.
    pub(super) fn revoke_token(&self, random: &mut fastrand::Rng) {
        let (token, text) = {
            let tokens = &self.known().tokens;
            let token = random.usize(0..tokens.len());
            (token, tokens[token].clone())
        };
        // The first one is good for ever.
        if token == 0 {
            return;
        }
        let done = if random.bool() {
            self.revoke(token, random)
        } else {
            let id = self.notes.write(|history| history.tokens[token].0.id.clone());
            let (headers, path, body) = if random.bool() {
                let body = json!({ "kind": "t", "token": text });
                (vec![("Authorization", BASIC)], "/revocations", body)
            } else {
                (vec![], "/token/revoke", json!({ "token": text }))
            };
            self.take_back(vec![What::Token(id)], || {
                self.request(&headers, path, Some(&body), random)
            })
        };
        if done.is_some() {
            self.show_again(token);
        }
    }

    pub(super) fn delete(&self, person: &Person, random: &mut fastrand::Rng) {
        let by = random.choice(&person.sessions).expect("a session");
        let user = person.id.clone();
        let all = vec![What::Issued { user: user.clone() }, What::Sessions { user, except: None }];
        let body = json!({ "password": person.password });
        let done = self.take_back(all, || {
            self.request(&[("Cookie", &by.cookie)], "/delete-user", Some(&body), random)
        });
        if done.is_some() {
            self.over(&person.id, |_| true);
        }
        self.known().people.retain(|other| other.id != person.id);
    }
}
