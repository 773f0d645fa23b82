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
    subject::{Setup, Subject, Who},
};
use super::{Options, goal, host, spread::Spread};
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
    /// Sign-ins in a measurement, and sign-ups.
    posts: usize,
    starts: u32,
}

const FULL: Plan = Plan {
    rounds: 3,
    seconds: 4,
    warm_up: 4,
    connections: &[1, 16, 64, 256],
    posts: 200,
    starts: 7,
};
const QUICK: Plan =
    Plan { rounds: 1, seconds: 1, warm_up: 2, connections: &[1, 64], posts: 64, starts: 3 };

/// Sign-ins under way at once.
const SIGN_INS: usize = 64;

/// What is asked for, on which database, with or without sessions in a cookie.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Read {
    name: &'static str,
    path: &'static str,
    database: &'static str,
    cookie_cache: bool,
}

const SQLITE: &str = "SQLite";
const POSTGRES: &str = "PostgreSQL";

const READS: [Read; 7] = [
    read("ok", "/api/auth/ok", SQLITE, false),
    read("jwks", "/api/auth/jwks", SQLITE, false),
    read("get-session", "/api/auth/get-session", SQLITE, false),
    read("token", "/api/auth/token", SQLITE, false),
    read("get-session, cookie cache", "/api/auth/get-session", SQLITE, true),
    read("get-session", "/api/auth/get-session", POSTGRES, false),
    read("token", "/api/auth/token", POSTGRES, false),
];

const fn read(
    name: &'static str,
    path: &'static str,
    database: &'static str,
    cookie_cache: bool,
) -> Read {
    Read { name, path, database, cookie_cache }
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
        report.reads.extend(reads(&sqlite, SQLITE, false, &plan, options.core)?);
        report.reads.extend(reads(&sqlite, SQLITE, true, &plan, options.core)?);
        Ok(())
    })?;
    steps.step("reading on PostgreSQL", || {
        let postgres = Postgres::start()?;
        report.reads.extend(reads(postgres.url(), POSTGRES, false, &plan, options.core)?);
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
    let page = page::write(&report, &goals, &plan, &host::facts()?, options)?;
    println!("\n{}", page::for_terminal(&report, &goals));
    println!("Written to {page}, after {:.0} s.", steps.seconds());
    if options.check { goal::check(&goals) } else { Ok(()) }
}

/// Both servers on one database, by turns: the one that is not measured does nothing.
fn reads(
    database: &str,
    kind: &'static str,
    cookie_cache: bool,
    plan: &Plan,
    core: usize,
) -> Result<Vec<ReadRow>, Box<dyn Error>> {
    let setup = Setup { database, cookie_cache, core: Some(core) };
    let node = Subject::start(Who::BetterAuth, setup)?;
    if !cookie_cache {
        node.sign_up()?;
    }
    let ours = Subject::start(Who::Ours, setup)?;
    let subjects = [(&node, node.sign_in()?), (&ours, ours.sign_in()?)];
    let load = (core + 1) % thread::available_parallelism()?.get();
    let wrk = |seconds| Wrk { core: Some(load), seconds };

    let wanted = |read: &&Read| read.database == kind && read.cookie_cache == cookie_cache;
    let mut rows = Vec::new();
    for read in READS.iter().filter(wanted) {
        for (subject, cookies) in &subjects {
            subject.prove(read.path, cookies)?;
            wrk(plan.warm_up).get(subject, read.path, cookies, SIGN_INS.try_into()?)?;
        }
        for &connections in plan.connections {
            let mut windows = Vec::new();
            for _round in 0..plan.rounds {
                let [node, ours] = subjects.each_ref().map(|(subject, cookies)| {
                    wrk(plan.seconds).get(subject, read.path, cookies, connections)
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
    let setup = Setup { database, cookie_cache: false, core: None };
    let mut starts = Vec::new();
    for _start in 0..plan.starts {
        starts.push(Subject::start(who, setup)?.start_up_ms);
    }
    let subject = Subject::start(who, setup)?;
    let idle_memory = subject.memory()?;
    let cookies = subject.sign_in()?;
    let first = match who {
        Who::BetterAuth => 0,
        Who::Ours => plan.posts,
    };
    let sign_in = post(&subject.url, Form::SignIn, plan.posts, 16, 0)?;
    let sign_up = post(&subject.url, Form::SignUp, plan.posts, 16, first)?;
    let meanwhile = |path| {
        let wrk = Wrk { core: None, seconds: plan.seconds.max(3) };
        while_signing_in(&subject.url, SIGN_INS, || wrk.get(&subject, path, &cookies, 1))
    };
    let posting = Posting {
        who,
        sign_in,
        sign_up,
        ok_meanwhile: meanwhile("/api/auth/ok")?,
        session_meanwhile: meanwhile("/api/auth/get-session")?,
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
