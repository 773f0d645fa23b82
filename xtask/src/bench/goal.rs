//! Goals: what a benchmark has to show.

/// A goal and whether it holds.
pub(crate) struct Goal {
    pub(crate) name: String,
    pub(crate) wanted: String,
    /// What was seen, in words; `None` when it could not be measured.
    seen: Option<String>,
    pub(crate) holds: bool,
}

impl Goal {
    /// At most this much.
    pub(crate) fn at_most(name: &str, limit: f64, unit: &str, seen: Option<f64>) -> Self {
        let holds = seen.is_some_and(|seen| seen <= limit);
        let wanted = format!("at most {limit:.2} {unit}");
        Self::new(name, wanted, seen.map(|seen| format!("{seen:.2} {unit}")), holds)
    }

    /// At least this much.
    pub(crate) fn at_least(name: &str, limit: f64, unit: &str, seen: Option<f64>) -> Self {
        let holds = seen.is_some_and(|seen| seen >= limit);
        let wanted = format!("at least {limit:.2} {unit}");
        Self::new(name, wanted, seen.map(|seen| format!("{seen:.2} {unit}")), holds)
    }

    /// None at all.
    pub(crate) fn none(name: &str, seen: u64) -> Self {
        Self::new(name, "0".to_owned(), Some(seen.to_string()), seen == 0)
    }

    fn new(name: &str, wanted: String, seen: Option<String>, holds: bool) -> Self {
        Self { name: name.to_owned(), wanted, seen, holds }
    }

    /// What was seen.
    pub(crate) fn seen(&self) -> &str {
        self.seen.as_deref().unwrap_or("not measured")
    }

    /// One word.
    pub(crate) fn verdict(&self) -> &'static str {
        if self.holds { "holds" } else { "missed" }
    }
}

/// An error that names each goal that was missed.
pub(crate) fn check(goals: &[Goal]) -> crate::Outcome {
    let missed: Vec<_> = goals
        .iter()
        .filter(|goal| !goal.holds)
        .map(|goal| format!("  {}: {}, wanted {}", goal.name, goal.seen(), goal.wanted))
        .collect();
    if missed.is_empty() {
        return Ok(());
    }
    Err(format!("{} of {} goals missed\n{}", missed.len(), goals.len(), missed.join("\n")).into())
}

#[cfg(test)]
mod tests {
    use super::{Goal, check};

    #[test]
    fn what_was_not_measured_is_missed() {
        let goals = [
            Goal::at_most("HS256", 2.8, "times", Some(2.79)),
            Goal::at_least("Python", 6.0, "times", None),
            Goal::none("accepted", 1),
        ];
        assert!(goals[0].holds);
        let error = check(&goals).expect_err("two are missed").to_string();
        assert!(error.starts_with("2 of 3 goals missed"), "{error}");
        assert!(error.contains("Python: not measured"), "{error}");
        assert!(!error.contains("HS256"), "{error}");
    }
}
