//! `cargo xtask bench server`: our server beside Better Auth on Node, on the same rows.
//!
//! Both servers use one database, which Better Auth made, and the same user. What is read is measured
//! on one core with the load on another; sign-ins and sign-ups on all cores.

mod goals;
mod load;
mod page;
mod subject;

use std::{error::Error, process::Command, thread};

use countersign_testing::{file_in, postgres::Postgres, root};

use self::{
    load::{Form, Window, Wrk, post, while_signing_in},
    subject::{Setup, Subject, Who, With},
};
use super::{Options, goal, spread::Spread};
use crate::{
    Outcome, machine,
    step::{Steps, output, run as run_program},
};

/// How often everything is measured, and for how long.
pub(super) struct Plan {
    rounds: u32,
    seconds: u32,
    warm_up: u32,
    connections: &'static [u32],
    /// Users who are signed in and ask in turn.
    sessions: usize,
    /// Sign-ins in a measurement, and sign-ups.
    posts: usize,
    starts: u32,
}

const FULL: Plan = Plan {
    rounds: 3,
    seconds: 4,
    warm_up: 4,
    connections: &[1, 16, 64, 256],
    sessions: 256,
    posts: 200,
    starts: 7,
};
const QUICK: Plan = Plan {
    rounds: 1,
    seconds: 1,
    warm_up: 2,
    connections: &[1, 64],
    sessions: 32,
    posts: 64,
    starts: 3,
};

/// Sign-ins under way at once.
const SIGN_INS: usize = 64;

/// What is asked for, on which database, of a server that is set up so.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Read {
    name: &'static str,
    path: &'static str,
    database: &'static str,
    with: With,
}

const SQLITE: &str = "SQLite";
const POSTGRES: &str = "PostgreSQL";

const OK: &str = "/api/auth/ok";
const JWKS: &str = "/api/auth/jwks";
const GET_SESSION: &str = "/api/auth/get-session";
const TOKEN: &str = "/api/auth/token";

const READS: [Read; 9] = [
    read("ok", OK, SQLITE, With::Usual),
    read("jwks", JWKS, SQLITE, With::Usual),
    read("get-session", GET_SESSION, SQLITE, With::Usual),
    read("token", TOKEN, SQLITE, With::Usual),
    read("get-session, no token", GET_SESSION, SQLITE, With::NoTokenHeader),
    read("get-session, cookie cache", GET_SESSION, SQLITE, With::CookieCache),
    read("get-session", GET_SESSION, POSTGRES, With::Usual),
    read("token", TOKEN, POSTGRES, With::Usual),
    read("get-session, no token", GET_SESSION, POSTGRES, With::NoTokenHeader),
];

const fn read(name: &'static str, path: &'static str, database: &'static str, with: With) -> Read {
    Read { name, path, database, with }
}

impl Read {
    /// Whether who asks has to be signed in.
    fn is_of_a_session(self) -> bool {
        self.path == GET_SESSION || self.path == TOKEN
    }
}

/// A read at a number of connections: windows of Better Auth and of ours, round by round.
struct ReadRow {
    read: Read,
    connections: u32,
    windows: Vec<(Window, Window)>,
}

/// A server under sign-ins and sign-ups, on all cores.
struct Posting {
    who: Who,
    sign_in: Window,
    sign_up: Window,
    /// Other requests while [`SIGN_INS`] sign-ins are under way, one at a time.
    ok_meanwhile: Window,
    session_meanwhile: Window,
    idle_memory: f64,
    highest_memory: f64,
    start_up_ms: Spread,
}

/// Everything the page is about.
struct Report {
    reads: Vec<ReadRow>,
    postings: Vec<Posting>,
    /// Hashes a second when the machine does nothing else.
    bare_hashes: f64,
    cores: usize,
}

pub(super) fn run(options: &Options) -> Outcome {
    let plan = if options.quick { QUICK } else { FULL };
    let cores = thread::available_parallelism()?.get();
    let folder = tempfile::tempdir()?;
    let sqlite = file_in(&folder, "auth.db");
    let mut report = Report { reads: Vec::new(), postings: Vec::new(), bare_hashes: 0.0, cores };
    let mut steps = Steps::new(5);
    steps.step("looking at this machine", || {
        machine::require_node()?;
        machine::install_debian_packages(&machine::FOR_SERVER_BENCH)
    })?;
    steps.step("building", || {
        let build = ["build", "--release", "--locked", "--package", "countersign-cli"];
        run_program(Command::new("cargo").current_dir(root()).args(build))?;
        machine::install_node_packages(&root())
    })?;
    steps.step("reading on SQLite", || {
        for with in [With::Usual, With::NoTokenHeader, With::CookieCache] {
            report.reads.extend(reads(&sqlite, SQLITE, with, &plan, options.core)?);
        }
        Ok(())
    })?;
    steps.step("reading on PostgreSQL", || {
        let postgres = Postgres::start()?;
        for with in [With::Usual, With::NoTokenHeader] {
            report.reads.extend(reads(postgres.url(), POSTGRES, with, &plan, options.core)?);
        }
        Ok(())
    })?;
    steps.step("signing in and up on all cores", || {
        let script = root().join("bench/server/scrypt.mjs");
        let count = plan.posts.to_string();
        report.bare_hashes = output(Command::new("node").arg(script).arg(count))?.trim().parse()?;
        for who in Who::BOTH {
            report.postings.push(posting(who, &sqlite, &plan)?);
        }
        Ok(())
    })?;
    let goals = goals::of(&report);
    let page = page::write(&report, &goals, &plan, options)?;
    println!("\n{}", page::for_terminal(&report, &goals));
    println!("Written to {page}, after {:.0} s.", steps.seconds());
    if options.check { goal::check(&goals) } else { Ok(()) }
}

/// Both servers on one database, by turns: the one that is not measured does nothing.
fn reads(
    database: &str,
    kind: &'static str,
    with: With,
    plan: &Plan,
    core: usize,
) -> Result<Vec<ReadRow>, Box<dyn Error>> {
    let setup = Setup { database, with, core: Some(core) };
    let node = Subject::start(Who::BetterAuth, setup)?;
    if with == With::Usual {
        node.sign_up()?;
    }
    let ours = Subject::start(Who::Ours, setup)?;
    let subjects = [(&node, node.sessions(plan.sessions)?), (&ours, ours.sessions(plan.sessions)?)];
    let load = (core + 1) % thread::available_parallelism()?.get();
    let wrk = |seconds| Wrk { core: Some(load), seconds };

    let wanted = |read: &&Read| read.database == kind && read.with == with;
    let mut rows = Vec::new();
    for read in READS.iter().filter(wanted) {
        let subjects = subjects.each_ref().map(|(subject, sessions)| {
            (subject, if read.is_of_a_session() { sessions.as_slice() } else { &[] })
        });
        for (subject, sessions) in &subjects {
            subject.prove(read.path, sessions)?;
            wrk(plan.warm_up).get(subject, read.path, sessions, SIGN_INS.try_into()?)?;
        }
        for &connections in plan.connections {
            let mut windows = Vec::new();
            for _round in 0..plan.rounds {
                let [node, ours] = subjects.map(|(subject, sessions)| {
                    wrk(plan.seconds).get(subject, read.path, sessions, connections)
                });
                windows.push((node?, ours?));
            }
            let row = ReadRow { read: *read, connections, windows };
            println!("   {}", page::short(&row));
            rows.push(row);
        }
    }
    Ok(rows)
}

fn posting(who: Who, database: &str, plan: &Plan) -> Result<Posting, Box<dyn Error>> {
    let setup = Setup { database, with: With::Usual, core: None };
    let mut starts = Vec::new();
    for _start in 0..plan.starts {
        starts.push(Subject::start(who, setup)?.start_up_ms);
    }
    let subject = Subject::start(who, setup)?;
    let idle_memory = subject.memory()?;
    let sessions = subject.sessions(1)?;
    let first = match who {
        Who::BetterAuth => 0,
        Who::Ours => plan.posts,
    };
    let sign_in = post(&subject.url, Form::SignIn, plan.posts, 16, 0)?;
    let sign_up = post(&subject.url, Form::SignUp, plan.posts, 16, first)?;
    let meanwhile = |path| {
        let wrk = Wrk { core: None, seconds: plan.seconds.max(3) };
        while_signing_in(&subject.url, SIGN_INS, || wrk.get(&subject, path, &sessions, 1))
    };
    let posting = Posting {
        who,
        sign_in,
        sign_up,
        ok_meanwhile: meanwhile(OK)?,
        session_meanwhile: meanwhile(GET_SESSION)?,
        idle_memory,
        highest_memory: subject.highest_memory()?,
        start_up_ms: Spread::of(starts).ok_or("no server was started")?,
    };
    println!("   {}", page::short_of(&posting));
    Ok(posting)
}

impl ReadRow {
    /// Answers a second of Better Auth and of ours, and how many times as fast ours is.
    fn rates(&self) -> Option<(Spread, Spread, Spread)> {
        Some((
            Spread::of(self.windows.iter().map(|(node, _)| node.rate))?,
            Spread::of(self.windows.iter().map(|(_, ours)| ours.rate))?,
            Spread::of(self.windows.iter().map(|(node, ours)| ours.rate / node.rate))?,
        ))
    }
}
