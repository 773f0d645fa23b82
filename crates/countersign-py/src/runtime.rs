//! The runtime on which keys are fetched and revocation feeds followed, without the interpreter's lock:
//! one thread, started when the first guard needs it.
//!
//! A forked process has no threads but the one that forked, so it forgets the runtime of its parent
//! and starts its own, and its guards ask their feeds anew. Guards with keys at hand from the start never
//! need one.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use pyo3::{prelude::*, types::PyDict};
use tokio::runtime::{Builder, Runtime};

static RUNTIME: ArcSwapOption<Runtime> = ArcSwapOption::const_empty();

/// The runtime of this process.
pub(crate) fn runtime() -> PyResult<Arc<Runtime>> {
    if let Some(runtime) = RUNTIME.load_full() {
        return Ok(runtime);
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("countersign-keys")
        .enable_all()
        .build()?;
    let ours = Arc::new(runtime);
    // Of two that start at once one goes; nothing runs on it yet.
    let first = RUNTIME.compare_and_swap(&None::<Arc<Runtime>>, Some(Arc::clone(&ours)));
    Ok(first.as_ref().map_or(ours, Arc::clone))
}

/// Registers with the interpreter what a forked process does first.
pub(crate) fn forget_after_fork(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let forget = pyo3::types::PyCFunction::new_closure(py, None, None, |_, _| {
        // Its threads do not exist here, so it can be neither used nor ended.
        std::mem::forget(RUNTIME.swap(None));
        countersign::forked();
    })?;
    let hooks = PyDict::new(py);
    hooks.set_item("after_in_child", forget)?;
    let os = py.import("os")?;
    if os.hasattr("register_at_fork")? {
        os.call_method("register_at_fork", (), Some(&hooks))?;
    }
    Ok(())
}
