//! A stretch of time, and how many tokens were verified in it.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

use crate::Failure;

/// What was seen in a window.
#[derive(Serialize)]
pub struct Window {
    tokens: u64,
    seconds: f64,
    /// Seconds of computing in these seconds. Fewer mean that somebody else had the core for a while.
    cpu: f64,
}

/// How long the clock is left alone.
const BATCH: Duration = Duration::from_micros(100);

/// Verifies for about this long, after a tenth of it that is not counted.
pub fn measure(decide: &dyn Fn() -> bool, length: Duration) -> Result<Window, Failure> {
    let mut accepted = true;
    let started = now();
    let mut warmed: u32 = 0;
    while started.elapsed() < length / 10 {
        accepted &= decide();
        warmed += 1;
    }
    let each = started.elapsed() / warmed.max(1);
    let batch = (BATCH.as_nanos() / each.as_nanos().max(1)).max(1);

    let (started, cpu) = (now(), cpu_seconds());
    let mut tokens = 0;
    while started.elapsed() < length {
        for _ in 0..batch {
            accepted &= decide();
            tokens += 1;
        }
    }
    let (seconds, cpu) = (started.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    if accepted {
        Ok(Window { tokens, seconds, cpu })
    } else {
        Err("a good token is refused".into())
    }
}

fn cpu_seconds() -> f64 {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(spent).unwrap_or_default().as_secs_f64()
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads a watch")]
fn now() -> Instant {
    Instant::now()
}
