//! How many times memory is asked for while a guard admits a token it has seen before.
//!
//! A program of its own, because counting makes every allocation slower.

use allocation_counter::measure;
use bench_verify::{
    Failure,
    material::{ALGORITHMS, Material},
    ours::{admit, guard, request},
};
use countersign_jwt::{Clock, SystemClock};

fn main() -> Result<(), Failure> {
    let material = Material::make(SystemClock.now())?;
    let mut counts = serde_json::Map::new();
    for algorithm in ALGORITHMS {
        let tokens = material.of(algorithm)?;
        let (guard, request) = (guard(tokens)?, request(&tokens.good)?);
        for _ in 0..10 {
            admit(&guard, &request).ok_or("the guard refuses a good token")?;
        }
        let counted = measure(|| drop(admit(&guard, &request)));
        counts.insert(algorithm.to_string(), counted.count_total.into());
    }
    println!("{}", serde_json::Value::Object(counts));
    Ok(())
}
