//! What refresh tokens and revocations have to show.

use super::{POSTGRES, Report};
use crate::bench::{goal::Goal, spread::Spread};

pub(super) fn of(report: &Report) -> Vec<Goal> {
    let on_postgres = report.refreshes.iter().filter(|row| row.database == POSTGRES);
    let rates = on_postgres.filter_map(super::RefreshRow::rate).map(|rate| rate.median);
    let best = Spread::of(rates).map(|rates| rates.max);
    let middle = |seen: &[f64]| Spread::of(seen.iter().copied()).map(|spread| spread.median);
    let (few, all) = (middle(&report.check.few_ns), middle(&report.check.all_ns));
    vec![
        Goal::at_least("refreshes on PostgreSQL, one core", 600.0, "a second", best),
        Goal::at_most("asking about a token again after a few of a million", 60.0, "ns", few),
        Goal::at_most("looking a token up among all of a million revocations", 60.0, "ns", all),
        Goal::at_most(
            "memory of a million revocations",
            40.0,
            "MB",
            Some(report.check.bytes / 1e6),
        ),
        Goal::at_most(
            "p99 until 200 guards refuse what was taken back",
            1000.0,
            "ms",
            Some(report.fan_out.p99_ms),
        ),
    ]
}
