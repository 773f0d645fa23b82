//! Which process this is. A forked one has its parent's memory and none of its tasks, and nobody tells it
//! so: its number says it, which costs a call of the system, or whoever forked, which costs nothing.

use std::{
    process,
    sync::atomic::{AtomicU32, Ordering},
};

static FORKS: AtomicU32 = AtomicU32::new(0);

/// Says that this process was forked just now, for whoever can tell, such as Python's
/// `os.register_at_fork`. The next request of each guard then has it ask its revocation feeds in this
/// process. Guards that nobody told find out by themselves when what they know is older than usual.
pub fn forked() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}

/// How many forks were told of, up to this process.
pub(crate) fn forks() -> u32 {
    FORKS.load(Ordering::Relaxed)
}

/// The number of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process(pub(crate) u32);

impl Process {
    pub(crate) fn current() -> Self {
        Self(process::id())
    }

    pub(crate) fn is_current(self) -> bool {
        self == Self::current()
    }
}
