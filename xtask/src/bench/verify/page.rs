//! The table, in the terminal and as `docs/performance/verify.md` with a chart per algorithm.

use std::fmt::Write;

use super::{Report, Written};
use crate::bench::{
    Options,
    chart::{Bar, Kind, bars},
    frame::{Frame, goals_for_terminal, write_chart},
    goal::Goal,
    rounds::{Plan, Row, Seen},
    spread::Spread,
    text::thousands,
};

/// The library that does nothing but the signature check.
pub(super) const LIMIT: &str = "aws-lc-rs, signature only";

/// How the name of a library ends that remembers what it verified.
const CACHED: &str = ", cached";

const METHOD: &str = include_str!("method.md");

/// Tables of all algorithms and the goals, for people at a terminal.
pub(super) fn for_terminal(report: &Report, goals: &[Goal]) -> String {
    let mut text = String::new();
    for algorithm in report.seen.algorithms() {
        let _ = writeln!(text, "{algorithm:<28}{:>12}{:>10}{:>9}", "tokens/s", "µs", "× limit");
        for (row, rate) in report.seen.fastest_first(algorithm) {
            let limit = report.seen.times(LIMIT, &row.cell.library, algorithm);
            let _ = writeln!(
                text,
                "  {:<26}{:>12}{:>10.2}{:>9.2}",
                row.cell.library,
                thousands(rate.median),
                1e6 / rate.median,
                limit.map_or(f64::NAN, |limit| limit.median),
            );
        }
    }
    for library in &report.seen.absent {
        let _ = writeln!(text, "{library}: not installed, not measured");
    }
    text.push('\n');
    text + &goals_for_terminal(goals)
}

/// Writes page and charts; the path of the page.
pub(super) fn write(report: &Report, goals: &[Goal], plan: &Plan, options: &Options) -> Written {
    let mut page = String::new();
    for algorithm in report.seen.algorithms() {
        let chart = format!("verify-{}.svg", algorithm.to_lowercase());
        write_chart(&chart, draw(&report.seen, algorithm))?;
        write!(
            page,
            "\n## {algorithm}\n\n![{algorithm}: tokens per second by library]({chart})\n\n\
             | Library | Version | Tokens/s, median (min–max) | µs | Time ÷ limit, same round |\n\
             |---|---|---:|---:|---:|\n"
        )?;
        for (row, rate) in report.seen.fastest_first(algorithm) {
            writeln!(page, "{}", line(&report.seen, row, rate))?;
        }
        for library in &report.seen.absent {
            writeln!(page, "| {library} | | not installed | | |")?;
        }
    }
    write_chart("verify-cached.svg", draw_cached(&report.seen))?;
    write!(
        page,
        "\n## Tokens seen before\n\n![Tokens per second from a cache](verify-cached.svg)\n"
    )?;
    write!(page, "\n{}\n", allocations(report))?;
    write!(page, "\n## Bad tokens\n\n{}\n", flood(report))?;
    let conditions = conditions(report, plan, options);
    let frame = Frame {
        title: "Token verification",
        name: "verify",
        goals,
        options,
        method: METHOD,
        conditions: &conditions,
    };
    frame.write(&page)
}

fn line(seen: &Seen, row: &Row, rate: Spread) -> String {
    let cell = &row.cell;
    let name = match kind(&cell.library) {
        Kind::Ours => format!("**{}**", cell.library),
        Kind::Peer | Kind::Limit => cell.library.clone(),
    };
    let limit =
        seen.times(LIMIT, &cell.library, &cell.algorithm).map_or_else(String::new, |limit| {
            format!("{:.2} ({:.2}–{:.2})", limit.median, limit.min, limit.max)
        });
    let (median, min, max) = (thousands(rate.median), thousands(rate.min), thousands(rate.max));
    let micros = 1e6 / rate.median;
    format!("| {name} | {} | {median} ({min}–{max}) | {micros:.2} | {limit} |", cell.version)
}

/// A chart per algorithm, and one of tokens seen before: a look-up is no verification, and beside it
/// every other bar would vanish.
fn draw(seen: &Seen, algorithm: &str) -> String {
    let rows = seen.fastest_first(algorithm);
    let shown = rows.into_iter().filter(|(row, _)| !row.cell.library.ends_with(CACHED));
    bars(
        &format!("{algorithm}: tokens verified per second"),
        "one core, one thread, 250-byte payload, no cache; dashed: the signature check alone",
        &shown.map(|(row, rate)| bar(row.cell.library.clone(), row, rate)).collect::<Vec<_>>(),
    )
}

fn draw_cached(seen: &Seen) -> String {
    let mut shown = Vec::new();
    for algorithm in seen.algorithms() {
        for (row, rate) in seen.fastest_first(algorithm) {
            if let Some(library) = row.cell.library.strip_suffix(CACHED) {
                shown.push(bar(format!("{library}, {algorithm}"), row, rate));
            }
        }
    }
    bars("Tokens seen before, per second", "one core, one thread, from a cache", &shown)
}

fn bar(label: String, row: &Row, rate: Spread) -> Bar {
    Bar {
        label,
        value: rate.median,
        text: format!("{} · {:.2} µs", thousands(rate.median), 1e6 / rate.median),
        kind: kind(&row.cell.library),
    }
}

fn kind(library: &str) -> Kind {
    match library {
        LIMIT => Kind::Limit,
        ours if ours.starts_with("countersign") => Kind::Ours,
        _ => Kind::Peer,
    }
}

fn flood(report: &Report) -> String {
    let flood = &report.flood;
    let accepted: u64 = flood.accepted.iter().map(|(_class, accepted)| accepted).sum();
    let grown = flood.grown / 1024.0 / 1024.0;
    let classes: Vec<&str> = flood.accepted.iter().map(|(class, _)| class.as_str()).collect();
    format!(
        "A guard got {} bad tokens, no two alike, of {} classes in turn; it accepted {accepted}, and \
         its memory grew by {grown:.1} MiB at most. A good token was accepted before and after.\n\n\
         The classes: {}.",
        thousands(f64::from(flood.sent)),
        classes.len(),
        classes.join("; "),
    )
}

fn allocations(report: &Report) -> String {
    let counts: Vec<String> = report
        .allocations
        .iter()
        .map(|(algorithm, count)| format!("{algorithm} {count}"))
        .collect();
    format!(
        "Allocations of one `Guard::admit` with a token it has seen before: {}.",
        counts.join(", ")
    )
}

fn conditions(report: &Report, plan: &Plan, options: &Options) -> String {
    let shares = Spread::of(report.seen.shares.iter().map(|share| share * 100.0));
    let core = shares.map_or_else(String::new, |shares| {
        let Spread { median, min, .. } = shares;
        format!("the program had the core for {median:.0} % of a window, {min:.0} % of the worst")
    });
    format!(
        "This run: {} rounds of {} windows of {} ms, {} ms of warm-up before the first round and a \
         tenth of each window; on core {}, {core}.",
        plan.rounds,
        report.seen.rows.len(),
        plan.window,
        plan.warm_up,
        options.core,
    )
}
