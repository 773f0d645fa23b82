//! The guard for Python: the module `countersign._countersign`.
//!
//! Decisions are made by the crate `countersign`; here Python's values become its arguments, and its
//! answers become Python's. What Python programmers import is in `python/countersign`; the types of
//! this module are described in `python/countersign/_countersign.pyi`.
//!
//! | File | What crosses the border there |
//! |---|---|
//! | `settings.rs`, `feed.rs`, `spent_tokens.rs` | keyword arguments → policy, keys, revocation feed and shared spent tokens, or an error that names the setting |
//! | `request.rs` | header lines, method, path → the parts of a request |
//! | `guard.rs`, `making.rs` | the class `Guard`, and one from its settings |
//! | `decision.rs` | the decision, made without the interpreter's lock |
//! | `identity.rs` | the verified user |
//! | `refusal.rs` | a refusal → an exception |
//! | `logging.rs` | events of the guard → Python's `logging` |
//! | `clock.rs` | the time, when a test brings it |
//! | `runtime.rs` | the one runtime that fetches keys and follows feeds |

mod clock;
mod decision;
mod feed;
mod guard;
mod identity;
mod logging;
mod making;
mod refusal;
mod request;
mod runtime;
mod settings;
mod spent_tokens;

/// The native half of the package `countersign`.
#[pyo3::pymodule]
mod _countersign {
    #[pymodule_export]
    use crate::{guard::PyGuard, identity::PyIdentity};

    #[pymodule_init]
    fn start(module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
        crate::logging::start();
        crate::runtime::forget_after_fork(module)
    }
}
