//! Waiting for a lock that another process holds: up to five seconds, and no thread of the runtime with it.
//!
//! Nobody tells when a lock of a file is free; one looks again, seldom and seldomer. Meanwhile the thread's
//! other tasks go on elsewhere, among them the one that may hold what is waited for. A runtime with one thread
//! has no elsewhere, and waits.

use std::{thread, time::Duration};

use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task::block_in_place,
};

/// How long to wait before each of the first looks, in milliseconds; before all others, [`LONGEST`].
const FIRST: [u64; 6] = [1, 2, 5, 10, 20, 50];
const LONGEST: u64 = 100;

/// How often it is looked; after that the database is "unavailable".
const LOOKS: i32 = 55;

/// Whether to look again, for the so-manieth time, after a pause.
pub(super) fn wait(looks: i32) -> bool {
    if looks >= LOOKS {
        return false;
    }
    let known = usize::try_from(looks).ok().and_then(|look| FIRST.get(look));
    let pause = Duration::from_millis(*known.unwrap_or(&LONGEST));
    let flavor = Handle::try_current().map(|runtime| runtime.runtime_flavor());
    if flavor.is_ok_and(|flavor| flavor == RuntimeFlavor::MultiThread) {
        block_in_place(|| sleep(pause));
    } else {
        sleep(pause);
    }
    true
}

#[expect(clippy::disallowed_methods, reason = "another process's lock is free without an event")]
fn sleep(pause: Duration) {
    thread::sleep(pause);
}
