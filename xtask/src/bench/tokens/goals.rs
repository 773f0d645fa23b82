//! What refresh tokens and revocations have to show.

use super::{POSTGRES, Report};
use crate::bench::{goal::Goal, spread::Spread};

pub(super) fn of(report: &Report) -> Vec<Goal> {
    let on_postgres = report.refreshes.iter().filter(|row| row.database == POSTGRES);
    let rates = on_postgres.filter_map(super::RefreshRow::rate).map(|rate| rate.median);
    let best = Spread::of(rates).map(|rates| rates.max);
    let middle = |seen: &[f64]| Spread::of(seen.iter().copied()).map(|spread| spread.median);
    let check = &report.check;
    let (few, many) = (middle(&check.few_ns), middle(&check.many_ns));
    let (all, first) = (middle(&check.all_ns), middle(&check.first_ns));
    vec![
        Goal::at_least("refreshes on PostgreSQL, one core", 600.0, "a second", best),
        Goal::at_most("asking about a token again after a few of a million", 60.0, "ns", few),
        Goal::at_most("asking about a token again after five hundred more", 60.0, "ns", many),
        Goal::at_most(
            "asking again after five thousand more, among all of a million",
            60.0,
            "ns",
            all,
        ),
        Goal::at_most("a new token's names, hashed and looked up among all", 60.0, "ns", first),
        Goal::at_most("memory of a million revocations", 40.0, "MB", Some(check.bytes / 1e6)),
        Goal::at_most(
            "p99 until 200 guards refuse what was taken back",
            1000.0,
            "ms",
            Some(report.fan_out.p99_ms),
        ),
    ]
}
