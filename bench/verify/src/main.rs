//! What `cargo xtask bench verify` runs: makes keys and tokens, times Rust libraries, sends bad tokens.

use std::{
    env,
    io::{self, BufRead, Write},
    path::Path,
    process::ExitCode,
    time::Duration,
};

use bench_verify::{
    Failure,
    bad_tokens::{CLASSES, Forger},
    cell::{Cell, Decide},
    jsonwebtoken::{self, Provider},
    jwt_simple,
    material::{ALGORITHMS, AUDIENCE, ISSUER, Material},
    memory, ours, raw,
    window::measure,
};
use countersign::{Guard, KeySource, Policy};
use countersign_jwt::{Clock, SystemClock};

const USAGE: &str = "verify make FILE | work FILE aws-lc|rust-crypto | flood COUNT";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["make", file] => make(Path::new(file)),
        ["work", file, "aws-lc"] => work(Path::new(file), Provider::AwsLc),
        ["work", file, "rust-crypto"] => work(Path::new(file), Provider::RustCrypto),
        ["flood", count] => flood(count),
        _ => Err(USAGE.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("verify: {error}");
            ExitCode::FAILURE
        }
    }
}

fn make(file: &Path) -> Result<(), Failure> {
    Material::make(SystemClock.now())?.write(file)
}

/// Says which cells it has, then answers each line `CELL MILLISECONDS` with a window.
fn work(file: &Path, provider: Provider) -> Result<(), Failure> {
    provider.install()?;
    let material = Material::read(file)?;
    let (cells, ready): (Vec<Cell>, Vec<Decide>) = cells(&material, provider)?.into_iter().unzip();
    let mut out = io::stdout().lock();
    writeln!(out, "{}", serde_json::json!({ "cells": cells }))?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (cell, milliseconds) = line.split_once(' ').ok_or("expected CELL MILLISECONDS")?;
        let decide = ready.get(cell.parse::<usize>()?).ok_or("there is no such cell")?;
        let window = measure(decide, Duration::from_millis(milliseconds.parse()?))?;
        writeln!(out, "{}", serde_json::to_string(&window)?)?;
    }
    Ok(())
}

fn cells(material: &Material, provider: Provider) -> Result<Vec<(Cell, Decide)>, Failure> {
    let mut ready = Vec::new();
    for algorithm in ALGORITHMS {
        let tokens = material.of(algorithm)?;
        let mut cells = vec![jsonwebtoken::cell(provider, algorithm, tokens)?];
        if provider == Provider::AwsLc {
            cells.extend([
                raw::cell(algorithm, tokens),
                ours::verifier(algorithm, material)?,
                ours::guarded(algorithm, material)?,
                ours::remembering(algorithm, material)?,
                jwt_simple::cell(algorithm, tokens),
            ]);
        }
        for cell in cells {
            let decide = cell.prove(tokens)?;
            ready.push((cell, decide));
        }
    }
    Ok(ready)
}

/// Sends a guard bad tokens of all classes in turn, and says what became of them and of the memory.
fn flood(count: &str) -> Result<(), Failure> {
    let count: u32 = count.parse()?;
    let forger = Forger::new(SystemClock.now().as_second())?;
    let guard = Guard::new(Policy::new(ISSUER, AUDIENCE)?, KeySource::keys(forger.key_set()?))?;
    let mut accepted = vec![0_u32; CLASSES.len()];
    let mut send = |number: u32| -> Result<(), Failure> {
        let class = number as usize % CLASSES.len();
        let request = ours::request(&forger.bad(class, number))?;
        accepted[class] += u32::from(ours::admit(&guard, &request).is_some());
        Ok(())
    };
    let must_accept = || -> Result<(), Failure> {
        let request = ours::request(&forger.good(0))?;
        ours::admit(&guard, &request).ok_or("the guard refuses a good token")?;
        Ok(())
    };
    must_accept()?;
    (0..1000).try_for_each(&mut send)?;
    let (before, _) = memory::resident()?;
    (1000..1000 + count).try_for_each(&mut send)?;
    let (_, highest) = memory::resident()?;
    must_accept()?;
    let classes: Vec<_> = CLASSES.iter().zip(&accepted).collect();
    let grown = highest.saturating_sub(before);
    println!("{}", serde_json::json!({ "sent": count, "grown": grown, "accepted": classes }));
    Ok(())
}
