//! What the server has to show, beside Better Auth in the same run.

use super::{POSTGRES, Posting, Report, SQLITE, Who};
use crate::bench::goal::Goal;

/// Where both servers are compared.
const CONNECTIONS: u32 = 64;

/// What a hashing thread may take, and all the rest, in MB.
const PER_THREAD: f64 = 34.0;
const BESIDE_THREADS: f64 = 60.0;

pub(super) fn of(report: &Report) -> Vec<Goal> {
    let row = |name: &str, database: &str| {
        let found = report.reads.iter().find(|row| {
            let read = row.read;
            read.name == name && read.database == database && row.connections == CONNECTIONS
        });
        found.and_then(super::ReadRow::rates)
    };
    let times = |name: &str, database: &str| row(name, database).map(|(_, _, times)| times.median);
    let ours = report.postings.iter().find(|posting| posting.who == Who::Ours);
    let seen = |figure: fn(&Posting) -> f64| ours.map(figure);
    let faster = |name: &str, database: &str, goal: f64| {
        let title = format!("{name} on {database} beside Better Auth's");
        Goal::at_least(&title, goal, "times as fast", times(name, database))
    };
    let sessions = row("get-session", SQLITE).map(|(_, ours, _)| ours.median);
    let bound = seen(|ours| ours.sign_in.rate).map(|rate| rate / report.bare_hashes * 100.0);
    let cores = u32::try_from(report.cores).map_or(f64::NAN, f64::from);
    let meanwhile = seen(|ours| ours.ok_meanwhile.p99_ms.max(ours.session_meanwhile.p99_ms));
    vec![
        faster("ok", SQLITE, 40.0),
        faster("jwks", SQLITE, 40.0),
        faster("get-session", SQLITE, 30.0),
        faster("token", SQLITE, 30.0),
        faster("get-session", POSTGRES, 12.0),
        Goal::at_least("get-session on SQLite, one core", 40_000.0, "a second", sessions),
        Goal::at_least("sign-ins beside bare hashes", 97.0, "%", bound),
        Goal::at_most("p99 of other requests while sign-ins saturate", 10.0, "ms", meanwhile),
        Goal::at_most("memory, idle", 20.0, "MB", seen(|ours| ours.idle_memory)),
        Goal::at_most(
            "memory at its highest",
            PER_THREAD.mul_add(cores, BESIDE_THREADS),
            "MB",
            seen(|ours| ours.highest_memory),
        ),
        Goal::at_most(
            "from start to first answer",
            60.0,
            "ms",
            seen(|ours| ours.start_up_ms.median),
        ),
    ]
}
