//! The tables, in the terminal and as `docs/performance/tokens.md` with a chart.

use std::{error::Error, fmt::Write};

use super::{GUARDS, Plan, RefreshRow, Report};
use crate::bench::{
    Options,
    chart::{Bar, Kind, bars},
    frame::{Frame, goals_for_terminal, write_chart},
    goal::Goal,
    spread::Spread,
    text::thousands,
};

const METHOD: &str = include_str!("method.md");

/// What Keycloak publishes of itself: refreshes a second and core.
const KEYCLOAK: f64 = 120.0;

/// One line of what was measured just now.
pub(super) fn short(row: &RefreshRow) -> String {
    let rate = row.rate().map_or(f64::NAN, |rate| rate.median);
    let (database, clients) = (row.database, row.clients);
    format!("{database}, {clients} at once: {} refreshes a second", thousands(rate))
}

pub(super) fn for_terminal(report: &Report, goals: &[Goal]) -> String {
    let mut text = report.refreshes.iter().map(short).collect::<Vec<_>>().join("\n");
    text.push_str("\n\n");
    text + &goals_for_terminal(goals)
}

/// Writes page and chart; the path of the page.
pub(super) fn write(
    report: &Report,
    goals: &[Goal],
    plan: &Plan,
    options: &Options,
) -> Result<String, Box<dyn Error>> {
    let mut page = String::new();
    write_chart("tokens.svg", draw(report))?;
    write!(
        page,
        "\n## Refreshes, on one core\n\n![Refreshes a second](tokens.svg)\n\n\
         | Database | At once | Refreshes/s | from | to | p50 ms | p99 ms |\n|---|---:|---:|---:|---:|---:|---:|\n"
    )?;
    for row in &report.refreshes {
        let Some(rate) = row.rate() else { continue };
        writeln!(
            page,
            "| {} | {} | **{}** | {} | {} | {:.2} | {:.2} |",
            row.database,
            row.clients,
            thousands(rate.median),
            thousands(rate.min),
            thousands(rate.max),
            row.middle(|window| window.p50_ms),
            row.middle(|window| window.p99_ms),
        )?;
    }
    let middle = |seen: &[f64]| Spread::of(seen.iter().copied()).map_or(f64::NAN, |of| of.median);
    write!(
        page,
        "\n## A guard with a million revocations\n\n| | |\n|---|---:|\n\
         | a decision about a token that was verified before | {:.0} ns |\n\
         | after a few revocations more, more | {:.0} ns |\n\
         | after five hundred more, more | {:.0} ns |\n\
         | after five thousand more, when it is looked up among all, more | {:.0} ns |\n\
         | a decision about a token that is not remembered, more than without a feed | {:.0} ns |\n\
         | memory | {:.1} MB |\n",
        middle(&report.check.ns),
        middle(&report.check.few_ns),
        middle(&report.check.many_ns),
        middle(&report.check.all_ns),
        middle(&report.check.first_ns),
        report.check.bytes / 1e6,
    )?;
    write!(
        page,
        "\n## Until {GUARDS} guards refuse what was taken back\n\n| p50 | p99 |\n|---:|---:|\n| {:.0} ms | {:.0} ms |\n",
        report.fan_out.p50_ms, report.fan_out.p99_ms,
    )?;
    let conditions = conditions(plan, options);
    let frame = Frame {
        title: "Refresh tokens and revocations",
        name: "tokens",
        goals,
        options,
        method: METHOD,
        conditions: &conditions,
    };
    frame.write(&page)
}

fn draw(report: &Report) -> String {
    let mut shown = Vec::new();
    for row in &report.refreshes {
        let Some(rate) = row.rate() else { continue };
        shown.push(Bar {
            label: format!("{}, {} at once", row.database, row.clients),
            value: rate.median,
            text: thousands(rate.median),
            kind: Kind::Ours,
        });
    }
    let text = format!("{} (published)", thousands(KEYCLOAK));
    shown.push(Bar { label: "Keycloak".to_owned(), value: KEYCLOAK, text, kind: Kind::Peer });
    bars("Refreshes a second", "one core for the server", &shown)
}

fn conditions(plan: &Plan, options: &Options) -> String {
    format!(
        "This run: {} rounds of windows of {} s; {} revocations told to all guards; the server on core {}.",
        plan.rounds, plan.seconds, plan.revocations, options.core,
    )
}
