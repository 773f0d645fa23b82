//! The time: the system's, or what a test says.
//!
//! A callable is asked before each decision, with the interpreter at hand, so that an exception it
//! raises reaches its caller. The answer is kept where the guard finds it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use countersign::{Clock, SystemClock};
use jiff::Timestamp;
use pyo3::{exceptions::PyValueError, prelude::*};

/// Milliseconds since 1970, as last told.
#[derive(Default)]
pub(crate) struct Told(AtomicI64);

impl Clock for Told {
    fn now(&self) -> Timestamp {
        // Only what was a timestamp is kept.
        Timestamp::from_millisecond(self.0.load(Ordering::Relaxed)).unwrap_or_default()
    }
}

impl Told {
    fn tell(&self, seconds: f64) -> PyResult<()> {
        #[expect(clippy::cast_possible_truncation, reason = "what is out of range saturates")]
        let milliseconds = (seconds * 1000.0).round() as i64;
        if seconds.is_nan() || Timestamp::from_millisecond(milliseconds).is_err() {
            let message = format!("the clock says {seconds}; it has to be seconds since 1970");
            return Err(PyValueError::new_err(message));
        }
        self.0.store(milliseconds, Ordering::Relaxed);
        Ok(())
    }
}

/// Where a guard takes its time from.
pub(crate) enum Time {
    System,
    Fixed(Arc<Told>),
    Asked { callable: Py<PyAny>, told: Arc<Told> },
}

impl Time {
    /// From the setting `clock`: a number of seconds, a callable that returns one, or nothing.
    pub(crate) fn from_setting(setting: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let Some(setting) = setting else { return Ok(Self::System) };
        let told = Arc::new(Told::default());
        if setting.is_callable() {
            return Ok(Self::Asked { callable: setting.clone().unbind(), told });
        }
        told.tell(setting.extract()?)?;
        Ok(Self::Fixed(told))
    }

    /// The same for the guard.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        match self {
            Self::System => Arc::new(SystemClock),
            Self::Fixed(told) | Self::Asked { told, .. } => Arc::<Told>::clone(told),
        }
    }

    /// Asks the callable, when there is one.
    pub(crate) fn ask(&self, py: Python<'_>) -> PyResult<()> {
        let Self::Asked { callable, told } = self else { return Ok(()) };
        told.tell(callable.call0(py)?.extract(py)?)
    }
}
