//! The tables, in the terminal and as `docs/performance/server.md` with charts.

use std::{error::Error, fmt::Write};

use super::{Plan, Posting, ReadRow, Report, SIGN_INS, Who};
use crate::bench::{
    Options,
    chart::{Bar, Kind, bars},
    frame::{Frame, goals_for_terminal, write_chart},
    goal::Goal,
    spread::Spread,
    text::thousands,
};

const METHOD: &str = include_str!("method.md");

/// The connections that the charts show.
const CHARTED: u32 = 64;

/// One line of what was measured just now.
pub(super) fn short(row: &ReadRow) -> String {
    let Some((node, ours, times)) = row.rates() else { return String::new() };
    format!(
        "{}, {}, {} connections: {} a second beside {}, {:.1} times as fast",
        row.read.name,
        row.read.database,
        row.connections,
        thousands(ours.median),
        thousands(node.median),
        times.median,
    )
}

/// The same of sign-ins.
pub(super) fn short_of(posting: &Posting) -> String {
    format!(
        "{}: {:.1} sign-ins and {:.1} sign-ups a second; meanwhile p99 {:.1} ms (ok), {:.1} ms \
         (get-session); {:.0} MB idle, {:.0} MB at most; starts in {:.0} ms",
        posting.who.name(),
        posting.sign_in.rate,
        posting.sign_up.rate,
        posting.ok_meanwhile.p99_ms,
        posting.session_meanwhile.p99_ms,
        posting.idle_memory,
        posting.highest_memory,
        posting.start_up_ms.median,
    )
}

pub(super) fn for_terminal(report: &Report, goals: &[Goal]) -> String {
    let lines = report.reads.iter().map(short).chain(report.postings.iter().map(short_of));
    let mut text = lines.collect::<Vec<_>>().join("\n");
    let _ = write!(text, "\nbare hashes: {:.1} a second\n\n", report.bare_hashes);
    text + &goals_for_terminal(goals)
}

/// Writes page and charts; the path of the page.
pub(super) fn write(
    report: &Report,
    goals: &[Goal],
    plan: &Plan,
    options: &Options,
) -> Result<String, Box<dyn Error>> {
    let mut page = String::new();
    write_chart("server-reads.svg", draw(report))?;
    write!(
        page,
        "\n## Reading, on one core\n\n![Answers a second, both servers](server-reads.svg)\n\n\
         | Request | Database | Connections | Ours/s | p50 ms | p99 ms | Better Auth/s | p50 ms | p99 ms | Ours is |\n\
         |---|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
    )?;
    for row in &report.reads {
        writeln!(page, "{}", line(row))?;
    }
    write!(page, "\n## Signing in and up, on {} cores\n\n{}", report.cores, postings(report))?;
    let conditions = conditions(plan, options);
    let frame = Frame {
        title: "The auth server",
        name: "server",
        goals,
        options,
        method: METHOD,
        conditions: &conditions,
    };
    frame.write(&page)
}

fn line(row: &ReadRow) -> String {
    let Some((node_rate, our_rate, times)) = row.rates() else { return String::new() };
    let middle = |figure: &dyn Fn(&(super::Window, super::Window)) -> f64| {
        Spread::of(row.windows.iter().map(figure)).map_or(f64::NAN, |spread| spread.median)
    };
    format!(
        "| {} | {} | {} | **{}** | {:.2} | {:.2} | {} | {:.2} | {:.2} | {:.1} × |",
        row.read.name,
        row.read.database,
        row.connections,
        thousands(our_rate.median),
        middle(&|(_, ours)| ours.p50_ms),
        middle(&|(_, ours)| ours.p99_ms),
        thousands(node_rate.median),
        middle(&|(node, _)| node.p50_ms),
        middle(&|(node, _)| node.p99_ms),
        times.median,
    )
}

fn postings(report: &Report) -> String {
    let header = report.postings.iter().map(|posting| posting.who.name());
    let mut table = format!("| | {} |\n", header.collect::<Vec<_>>().join(" | "));
    let rules = report.postings.iter().map(|_| "---:");
    let _ = writeln!(table, "|---|{}|", rules.collect::<Vec<_>>().join("|"));
    let mut row = |name: &str, figure: &dyn Fn(&Posting) -> String| {
        let cells = report.postings.iter().map(figure);
        let _ = writeln!(table, "| {name} | {} |", cells.collect::<Vec<_>>().join(" | "));
    };
    row("sign-ins a second, 16 at once", &|posting| format!("{:.1}", posting.sign_in.rate));
    row("sign-ups a second, 16 at once", &|posting| format!("{:.1}", posting.sign_up.rate));
    row("p99 of a sign-in, ms", &|posting| format!("{:.0}", posting.sign_in.p99_ms));
    row(&format!("p99 of `ok` while {SIGN_INS} sign-ins are under way, ms"), &|posting| {
        format!("{:.1}", posting.ok_meanwhile.p99_ms)
    });
    row(&format!("p99 of `get-session` while {SIGN_INS} sign-ins are under way, ms"), &|posting| {
        format!("{:.1}", posting.session_meanwhile.p99_ms)
    });
    row("memory idle, MB", &|posting| format!("{:.0}", posting.idle_memory));
    row("memory at its highest, MB", &|posting| format!("{:.0}", posting.highest_memory));
    row("start to first answer, ms", &|posting| format!("{:.0}", posting.start_up_ms.median));
    let _ = writeln!(
        table,
        "\nThis machine computes {:.1} bare hashes a second on all cores (OpenSSL's scrypt).",
        report.bare_hashes
    );
    table
}

fn draw(report: &Report) -> String {
    let mut shown = Vec::new();
    for row in report.reads.iter().filter(|row| row.connections == CHARTED) {
        let Some((node, ours, _)) = row.rates() else { continue };
        let label = |who: Who| match who {
            Who::Ours => format!("{}, {}", row.read.name, row.read.database),
            Who::BetterAuth => who.name().to_owned(),
        };
        for (who, rate, kind) in
            [(Who::Ours, ours, Kind::Ours), (Who::BetterAuth, node, Kind::Peer)]
        {
            shown.push(Bar {
                label: label(who),
                value: rate.median,
                text: thousands(rate.median),
                kind,
            });
        }
    }
    bars("Answers a second", "one core for the server, 64 connections", &shown)
}

fn conditions(plan: &Plan, options: &Options) -> String {
    format!(
        "This run: {} rounds of windows of {} s after {} s of warm-up; {} sign-ins and as many \
         sign-ups; {} starts; the server on core {}.",
        plan.rounds, plan.seconds, plan.warm_up, plan.posts, plan.starts, options.core,
    )
}
