//! Rounds: in each, every library is measured once with every algorithm, one after the other.

use std::error::Error;

use super::{
    spread::Spread,
    worker::{Cell, Hello, Worker},
};
use crate::step::Watch;

/// How many rounds, how long each window is, and how long everything runs before the first.
pub(crate) struct Plan {
    pub(crate) rounds: u32,
    pub(crate) window: u64,
    pub(crate) warm_up: u64,
}

/// A cell and what was seen of it, in tokens per second, round by round.
pub(crate) struct Row {
    pub(crate) cell: Cell,
    worker: usize,
    number: usize,
    pub(crate) rates: Vec<f64>,
}

/// All that was seen.
pub(crate) struct Seen {
    pub(crate) rows: Vec<Row>,
    pub(crate) absent: Vec<String>,
    /// Which part of each window the program had the core.
    pub(crate) shares: Vec<f64>,
}

impl Seen {
    /// The algorithms in the order of the programs.
    pub(crate) fn algorithms(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for row in &self.rows {
            if !names.contains(&row.cell.algorithm.as_str()) {
                names.push(&row.cell.algorithm);
            }
        }
        names
    }

    /// The rows of an algorithm, the fastest first.
    pub(crate) fn fastest_first(&self, algorithm: &str) -> Vec<(&Row, Spread)> {
        let of_it = self.rows.iter().filter(|row| row.cell.algorithm == algorithm);
        let mut rows: Vec<_> =
            of_it.filter_map(|row| Some((row, Spread::of(row.rates.iter().copied())?))).collect();
        rows.sort_by(|(_, one), (_, other)| other.median.total_cmp(&one.median));
        rows
    }

    /// The rates of a library, round by round.
    pub(crate) fn rates(&self, library: &str, algorithm: &str) -> Option<&[f64]> {
        let is_it = |row: &&Row| row.cell.library == library && row.cell.algorithm == algorithm;
        self.rows.iter().find(is_it).map(|row| row.rates.as_slice())
    }

    /// How many times faster one is than the other, compared within each round.
    pub(crate) fn times(&self, faster: &str, slower: &str, algorithm: &str) -> Option<Spread> {
        let (faster, slower) = (self.rates(faster, algorithm)?, self.rates(slower, algorithm)?);
        Spread::of(faster.iter().zip(slower).map(|(faster, slower)| faster / slower))
    }
}

/// Measures everything by turns and says how far it is.
pub(crate) fn measure(started: Vec<(Worker, Hello)>, plan: &Plan) -> Result<Seen, Box<dyn Error>> {
    let mut workers = Vec::new();
    let mut seen = Seen { rows: Vec::new(), absent: Vec::new(), shares: Vec::new() };
    for (index, (worker, hello)) in started.into_iter().enumerate() {
        workers.push(worker);
        seen.absent.extend(hello.absent);
        let rows = hello.cells.into_iter().enumerate();
        seen.rows.extend(rows.map(|(number, cell)| Row {
            cell,
            worker: index,
            number,
            rates: Vec::new(),
        }));
    }
    println!("   warming up {} cells, {} ms each", seen.rows.len(), plan.warm_up);
    for row in &seen.rows {
        workers[row.worker].measure(row.number, plan.warm_up)?;
    }
    let watch = Watch::start();
    for round in 0..plan.rounds {
        one_round(&mut workers, &mut seen, round as usize, plan)?;
        let done = f64::from(round + 1);
        let left = watch.seconds() / done * (f64::from(plan.rounds) - done);
        println!("   round {done} of {}; {left:.0} s to go", plan.rounds);
    }
    Ok(seen)
}

/// Algorithm by algorithm, so that what is compared stands close together in time; another library
/// begins in each round, so that none is always first.
fn one_round(
    workers: &mut [Worker],
    seen: &mut Seen,
    round: usize,
    plan: &Plan,
) -> Result<(), Box<dyn Error>> {
    let algorithms: Vec<String> = seen.algorithms().into_iter().map(str::to_owned).collect();
    for algorithm in algorithms {
        let of_it = |index: &usize| seen.rows[*index].cell.algorithm == algorithm;
        let mut turns: Vec<usize> = (0..seen.rows.len()).filter(of_it).collect();
        let first = round % turns.len();
        turns.rotate_left(first);
        for index in turns {
            let row = &mut seen.rows[index];
            let worker = &mut workers[row.worker];
            let window = worker.measure(row.number, plan.window)?;
            seen.shares.push(window.share());
            row.rates.push(window.per_second());
        }
    }
    Ok(())
}
