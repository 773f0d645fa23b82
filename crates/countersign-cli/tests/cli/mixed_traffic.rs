//! The real Better Auth and ours on one database at the same time, under a load that goes to either at
//! random: nothing fails, and what one writes the other reads.
//!
//! `COUNTERSIGN_MIXED_OPERATIONS` says how many operations each of the clients makes; the seed of a
//! client is its number.

use std::{env, thread};

use countersign_jwt::{Clock, KeySet, SystemClock, Verifier};
use countersign_testing::{
    binaries::Countersign,
    file_in,
    http::send,
    mariadb::MariaDb,
    node::{BetterAuth, BetterAuthOptions},
    postgres::Postgres,
};
use serde_json::{Value, json};

use crate::wire::{PASSWORD, binary, jwks, session, sign_in, sign_up, token, try_post};

const CLIENTS: usize = 4;

fn operations() -> usize {
    let said = env::var_os("COUNTERSIGN_MIXED_OPERATIONS").and_then(|said| said.into_string().ok());
    said.map_or(30, |said| said.parse().expect("COUNTERSIGN_MIXED_OPERATIONS is a number"))
}

/// Somebody with an account, and the cookies of their sessions.
struct Person {
    email: String,
    cookies: Vec<String>,
}

/// One client of both servers. What it did at one it looks for at the other.
struct Client<'a> {
    /// Better Auth's and ours.
    servers: [&'a str; 2],
    is_file: bool,
    random: fastrand::Rng,
    number: usize,
    people: Vec<Person>,
}

impl<'a> Client<'a> {
    /// One of the servers, and the other.
    fn servers(&mut self) -> (&'a str, &'a str) {
        let here = self.random.usize(0..2);
        (self.servers[here], self.servers[1 - here])
    }

    fn act(&mut self) {
        let (here, there) = self.servers();
        let signed_in: Vec<usize> =
            (0..self.people.len()).filter(|at| !self.people[*at].cookies.is_empty()).collect();
        match (self.random.u8(0..20), self.random.choice(signed_in)) {
            (3..=6, _) if !self.people.is_empty() => {
                let at = self.random.usize(0..self.people.len());
                self.sign_in(at, here, there);
            }
            (0..=2, _) | (_, None) => self.sign_up(here, there),
            (3..=10, Some(at)) => {
                let cookie = self.cookie(at);
                assert_seen(here, &cookie, &self.people[at].email);
            }
            (11..=13, Some(at)) => self.use_token(at, here, there),
            (14..=15, Some(at)) => self.sign_out(at, here, there),
            (16..=17, Some(at)) => self.revoke_one(at, here, there),
            (18, Some(at)) => self.revoke_others(at, here, there),
            (_, Some(at)) => self.change_name(at, here, there),
        }
    }

    fn cookie(&mut self, at: usize) -> String {
        self.random.choice(&self.people[at].cookies).expect("a session").clone()
    }

    /// In a file, Better Auth's sign-up reads, hashes and then writes in one transaction, and SQLite
    /// refuses it when somebody wrote in between, another Better Auth as well as we. Nothing of it is
    /// left then: the same address signs up with us.
    fn sign_up(&mut self, here: &str, there: &str) {
        let email = format!("c{}p{}@example.com", self.number, self.people.len());
        let body = json!({ "name": "Ann", "email": email, "password": PASSWORD });
        let answer = try_post(here, "/sign-up/email", "", &body).expect("an answer");
        let cookie = match answer.status {
            200 => answer.cookies().next().expect("a session cookie").to_owned(),
            422 if self.is_file && here == self.servers[0] => {
                assert_eq!(answer.json()["code"], "FAILED_TO_CREATE_USER");
                sign_up(self.servers[1], &email)
            }
            status => panic!("{here}: {status} {}", answer.body),
        };
        assert_seen(there, &cookie, &email);
        self.people.push(Person { email, cookies: vec![cookie] });
    }

    fn sign_in(&mut self, at: usize, here: &str, there: &str) {
        let person = &mut self.people[at];
        let cookie = sign_in(here, &person.email);
        assert_seen(there, &cookie, &person.email);
        person.cookies.push(cookie);
    }

    /// A token is good by the keys that the other server publishes, for the server that made it.
    fn use_token(&mut self, at: usize, here: &str, there: &str) {
        let token = token(here, &self.cookie(at));
        let keys = KeySet::from_jwks_json(jwks(there).as_bytes()).expect("keys");
        let verdict = Verifier::new(here, here).verify(&token, &keys, SystemClock.now());
        assert!(verdict.is_ok(), "{here}: {:?}", verdict.err());
    }

    fn sign_out(&mut self, at: usize, here: &str, there: &str) {
        let cookie = self.cookie(at);
        post(here, "/sign-out", &cookie, &json!({}));
        self.ended(at, &cookie, here, there);
    }

    fn revoke_one(&mut self, at: usize, here: &str, there: &str) {
        let (by, revoked) = (self.cookie(at), self.cookie(at));
        let session = session(there, &revoked);
        let body = json!({ "token": session["session"]["token"] });
        post(here, "/revoke-session", &by, &body);
        self.ended(at, &revoked, here, there);
        if by != revoked {
            assert_seen(there, &by, &self.people[at].email);
        }
    }

    fn revoke_others(&mut self, at: usize, here: &str, there: &str) {
        let by = self.cookie(at);
        post(here, "/revoke-other-sessions", &by, &json!({}));
        for cookie in self.people[at].cookies.clone() {
            if cookie != by {
                self.ended(at, &cookie, here, there);
            }
        }
        let left = send(there, "GET", "/api/auth/list-sessions", &[("Cookie", &by)], None).json();
        assert_eq!(left.as_array().map(Vec::len), Some(1), "{left}");
    }

    fn change_name(&mut self, at: usize, here: &str, there: &str) {
        let (cookie, name) = (self.cookie(at), format!("name {}", self.random.u32(..)));
        post(here, "/update-user", &cookie, &json!({ "name": name }));
        assert_eq!(session(there, &cookie)["user"]["name"], name);
    }

    fn ended(&mut self, at: usize, cookie: &str, here: &str, there: &str) {
        self.people[at].cookies.retain(|other| other != cookie);
        assert_eq!([session(there, cookie), session(here, cookie)], [Value::Null, Value::Null]);
    }
}

fn post(origin: &str, path: &str, cookie: &str, body: &Value) {
    let answer = try_post(origin, path, cookie, body).expect("an answer");
    assert_eq!(answer.status, 200, "{origin}{path}: {}", answer.body);
}

fn assert_seen(origin: &str, cookie: &str, email: &str) {
    let session = session(origin, cookie);
    assert_eq!(session["user"]["email"], email, "{origin}: {session}");
}

fn mixed(node: &BetterAuth, ours: &Countersign, is_file: bool) {
    let people = thread::scope(|scope| {
        let clients = (0..CLIENTS).map(|number| {
            let random = fastrand::Rng::with_seed(number as u64);
            let servers = [node.url(), ours.url()];
            let mut client = Client { servers, is_file, random, number, people: Vec::new() };
            scope.spawn(move || {
                (0..operations()).for_each(|_| client.act());
                client.people
            })
        });
        let clients: Vec<_> = clients.collect();
        let people = clients.into_iter().flat_map(|client| client.join().expect("no error"));
        people.collect::<Vec<_>>()
    });
    // In the end both see the same of everybody.
    let sessions = people.iter().flat_map(|person| &person.cookies);
    let sessions = sessions.map(|cookie| {
        let seen = session(node.url(), cookie);
        assert_eq!(seen, session(ours.url(), cookie));
        assert!(seen.is_object());
    });
    let sessions = sessions.count();
    println!(
        "{} operations, {} people, {sessions} sessions left",
        CLIENTS * operations(),
        people.len()
    );
}

fn better_auth(database_url: &str) -> BetterAuth {
    let database_url = Some(database_url.to_owned());
    BetterAuth::start(&BetterAuthOptions { database_url, ..Default::default() })
        .expect("Better Auth starts")
}

fn countersign(database_url: &str) -> Countersign {
    Countersign::start(binary(), &[("DATABASE_URL", database_url)]).expect("countersign starts")
}

#[test]
fn mixed_traffic_in_a_file_that_better_auth_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "a.db");
    let node = better_auth(&url);
    mixed(&node, &countersign(&url), true);
}

#[test]
fn mixed_traffic_in_a_file_that_we_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = file_in(&folder, "a.db");
    let ours = countersign(&url);
    mixed(&better_auth(&url), &ours, true);
}

#[test]
fn mixed_traffic_on_postgresql() {
    let server = Postgres::start().expect("PostgreSQL starts");
    let node = better_auth(server.url());
    mixed(&node, &countersign(server.url()), false);
}

#[test]
fn mixed_traffic_on_mariadb() {
    let server = MariaDb::start().expect("MariaDB starts");
    let url = server.new_database("auth").expect("a database");
    let node = better_auth(&url);
    mixed(&node, &countersign(&url), false);
}
