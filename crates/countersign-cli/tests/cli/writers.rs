//! People who sign up and change their names from many threads, and what they were promised.

use std::{
    env,
    io::ErrorKind,
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use countersign_store::{Database, DatabaseUrl, Dialect, Statement, sql::Value};
use serde_json::json;

use crate::wire::{PASSWORD, session, try_post};

/// How many write at the same time.
const WRITERS: usize = 8;

/// How often each changes their name after the sign-up.
const CHANGES: u32 = 6;

/// Somebody whose sign-up was answered with 200.
pub(crate) struct Promise {
    pub(crate) email: String,
    cookie: String,
    /// The last name that was answered with 200; names count up.
    kept: u32,
    /// The last name that was asked for.
    asked: u32,
}

/// What many writers saw until they ended.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) promises: Vec<Promise>,
    /// Requests that were answered with 503.
    pub(crate) unavailable: usize,
    /// Requests that somebody accepted and nobody answered.
    pub(crate) unanswered: Vec<String>,
}

enum Seen {
    Kept(Promise),
    Unavailable,
    Unanswered(String),
}

enum Outcome {
    Done(String),
    Unavailable,
    Gone,
}

/// Lets them write until nobody listens or `meanwhile` is over, which begins when `after` answers were
/// good.
///
/// # Panics
///
/// At an answer other than 200 and 503.
pub(crate) fn write_while(
    origin: &str,
    round: usize,
    after: usize,
    meanwhile: impl FnOnce(),
) -> Written {
    let is_over = AtomicBool::new(false);
    let (good, answers) = mpsc::channel();
    let (sender, seen) = mpsc::channel();
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (good, sender, is_over) = (good.clone(), sender.clone(), &is_over);
            scope.spawn(move || {
                for number in 0.. {
                    let email = format!("r{round}w{writer}n{number}@example.com");
                    let goes_on = one_person(origin, email, &good, &sender);
                    if !goes_on || is_over.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
        }
        drop((good, sender));
        let _ = answers.iter().take(after).count();
        meanwhile();
        is_over.store(true, Ordering::Relaxed);
    });
    let mut written = Written::default();
    for seen in seen {
        match seen {
            Seen::Kept(promise) => written.promises.push(promise),
            Seen::Unavailable => written.unavailable += 1,
            Seen::Unanswered(what) => written.unanswered.push(what),
        }
    }
    written
}

/// Whether the server is still there.
fn one_person(
    origin: &str,
    email: String,
    good: &mpsc::Sender<()>,
    seen: &mpsc::Sender<Seen>,
) -> bool {
    let tell = |what| seen.send(what).expect("somebody counts");
    let post = |path: &str, cookie: &str, body| match try_post(origin, path, cookie, &body) {
        Ok(answer) if answer.status == 200 => {
            // Who waited for the first ones does not read on.
            let _ = good.send(());
            Outcome::Done(answer.cookies().next().unwrap_or_default().to_owned())
        }
        Ok(answer) if answer.status == 503 => {
            tell(Seen::Unavailable);
            Outcome::Unavailable
        }
        Ok(answer) => panic!("{path}: {} {}", answer.status, answer.body),
        Err(error) => {
            if error.kind() != ErrorKind::ConnectionRefused {
                tell(Seen::Unanswered(format!("{path}: {error}")));
            }
            Outcome::Gone
        }
    };
    let body = json!({ "name": "0", "email": email, "password": PASSWORD });
    let cookie = match post("/sign-up/email", "", body) {
        Outcome::Done(cookie) => cookie,
        Outcome::Unavailable => return true,
        Outcome::Gone => return false,
    };
    let mut promise = Promise { email, cookie, kept: 0, asked: 0 };
    let mut is_there = true;
    while is_there && promise.asked < CHANGES {
        promise.asked += 1;
        let body = json!({ "name": promise.asked.to_string() });
        match post("/update-user", &promise.cookie, body) {
            Outcome::Done(_) => promise.kept = promise.asked,
            Outcome::Unavailable => {}
            Outcome::Gone => is_there = false,
        }
    }
    tell(Seen::Kept(promise));
    is_there
}

/// Everybody is who they were told they are.
pub(crate) fn assert_kept(origin: &str, promises: &[Promise]) {
    for Promise { email, cookie, kept, asked } in promises {
        let session = session(origin, cookie);
        assert_eq!(session["user"]["email"], email.as_str(), "lost: {session}");
        let name: u32 = session["user"]["name"].as_str().expect("a name").parse().expect("ours");
        assert!((*kept..=*asked).contains(&name), "{email}: {name}, not {kept} to {asked}");
    }
}

/// Users without a password account or a session, and accounts and sessions without a user.
const HALVES: &str = r#"SELECT COUNT(*) AS "count" FROM (
    SELECT id FROM "user" WHERE id NOT IN (SELECT "userId" FROM session)
        OR id NOT IN (SELECT "userId" FROM account WHERE password IS NOT NULL)
    UNION ALL SELECT id FROM account WHERE "userId" NOT IN (SELECT id FROM "user")
    UNION ALL SELECT id FROM session WHERE "userId" NOT IN (SELECT id FROM "user")) AS halves"#;

struct Sql(&'static str);

impl Statement for Sql {
    fn render(&self, _: Dialect) -> (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, [Value]>) {
        (self.0.into(), (&[] as &[Value]).into())
    }
}

/// No row lacks the others of its transaction; how many users there are.
pub(crate) fn assert_whole(database_url: &str) -> i64 {
    let url: DatabaseUrl = database_url.parse().expect("a URL");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let database = Database::open(&url).expect("opens");
        let count = async |text: &'static str| {
            let row = database.fetch_optional(&Sql(text)).await.expect("reads").expect("a row");
            row.integer("count").expect("a number")
        };
        assert_eq!(count(HALVES).await, 0, "half rows");
        if database.dialect() == Dialect::Sqlite {
            let check = Sql("PRAGMA integrity_check");
            let said = database.fetch_optional(&check).await.expect("reads").expect("a row");
            assert_eq!(said.text("integrity_check").expect("a text"), "ok");
        }
        count(r#"SELECT COUNT(*) AS "count" FROM "user""#).await
    })
}

/// How many rounds: what the variable says, else few enough for every run of the tests.
pub(crate) fn rounds(few: usize) -> usize {
    let said = env::var_os("COUNTERSIGN_FAULT_ROUNDS").and_then(|said| said.into_string().ok());
    said.map_or(few, |said| said.parse().expect("COUNTERSIGN_FAULT_ROUNDS is a number"))
}
