//! What every page of figures has: by what it was written, its goals, its method, and the machine.

use std::{error::Error, fmt::Write, fs};

use countersign_testing::root;

use super::{Options, goal::Goal, host};

const FOLDER: &str = "docs/performance";

/// A page around its figures.
pub(crate) struct Frame<'a> {
    pub(crate) title: &'a str,
    /// Of the benchmark and of the file.
    pub(crate) name: &'a str,
    pub(crate) goals: &'a [Goal],
    pub(crate) options: &'a Options,
    /// How it is measured, and what is true of this run.
    pub(crate) method: &'a str,
    pub(crate) conditions: &'a str,
}

impl Frame<'_> {
    /// Writes the page; its path.
    pub(crate) fn write(&self, figures: &str) -> Result<String, Box<dyn Error>> {
        let Self { title, name, goals, options, method, conditions } = self;
        let quick = if options.quick { " --quick" } else { "" };
        let mut page = format!(
            "# {title}\n\nWritten by `cargo xtask bench {name}{quick}` on {}.\n\n## Goals\n\n\
             | Goal | Wanted | Seen | |\n|---|---|---|---|\n",
            options.date(),
        );
        for goal in *goals {
            let (name, wanted, seen) = (&goal.name, &goal.wanted, goal.seen());
            writeln!(page, "| {name} | {wanted} | {seen} | {} |", goal.verdict())?;
        }
        page.push_str(figures);
        write!(page, "\n## Method\n\n{method}\n{conditions}\n")?;
        write!(page, "\n## Machine\n\n| | |\n|---|---|\n")?;
        for (name, value) in host::facts()? {
            writeln!(page, "| {name} | {value} |")?;
        }
        let path = format!("{FOLDER}/{name}.md");
        fs::write(root().join(&path), page)?;
        Ok(path)
    }
}

/// Writes a chart beside the page.
pub(crate) fn write_chart(name: &str, svg: String) -> Result<(), Box<dyn Error>> {
    Ok(fs::write(root().join(FOLDER).join(name), svg)?)
}

/// The goals, in the terminal.
pub(crate) fn goals_for_terminal(goals: &[Goal]) -> String {
    let line = |goal: &Goal| {
        let (name, seen, wanted) = (&goal.name, goal.seen(), &goal.wanted);
        format!("  {:<7}{name}: {seen} ({wanted})\n", goal.verdict())
    };
    ["Goals\n".to_owned()].into_iter().chain(goals.iter().map(line)).collect()
}
