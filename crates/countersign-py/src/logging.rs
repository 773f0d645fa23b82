//! Events of the guard go to Python's `logging`: `countersign::audit` to the logger
//! `countersign.audit`, `countersign::keys` to `countersign.keys`, `countersign::revocations` to
//! `countersign.revocations`, `countersign::spent_tokens` to `countersign.spent_tokens`.
//!
//! The fields of an event are attributes of the record (`extra`), and stand in the message as
//! `name=value`, so that a plain handler shows them as well.

use std::fmt;

use pyo3::{prelude::*, types::PyDict};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
};
use tracing_subscriber::{
    Layer, filter::Targets, layer::Context, layer::SubscriberExt, util::SubscriberInitExt,
};

/// From now on.
pub(crate) fn start() {
    let ours = Targets::new().with_target("countersign", LevelFilter::INFO);
    // A second interpreter of the same process finds it started.
    let _ = tracing_subscriber::registry().with(Logging.with_filter(ours)).try_init();
}

struct Logging;

impl<S: Subscriber> Layer<S> for Logging {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        // An interpreter that is ending has nobody left who reads logs.
        Python::try_attach(|py| {
            if let Err(error) = log(py, event, &fields) {
                error.write_unraisable(py, None);
            }
        });
    }
}

fn log(py: Python<'_>, event: &Event<'_>, fields: &Fields) -> PyResult<()> {
    let name = event.metadata().target().replace("::", ".");
    let logger = py.import("logging")?.call_method1("getLogger", (name,))?;
    let level = match *event.metadata().level() {
        Level::ERROR => 40,
        Level::WARN => 30,
        _ => 20,
    };
    let extra = PyDict::new(py);
    let mut message = fields.message.clone();
    for (name, value) in &fields.named {
        message = format!("{message} {name}={value}");
        match value {
            Value::Text(text) => extra.set_item(name, text)?,
            Value::Number(number) => extra.set_item(name, number)?,
        }
    }
    let keywords = PyDict::new(py);
    keywords.set_item("extra", extra)?;
    // The message is an argument, so that nothing in it is read as a format.
    logger.call_method("log", (level, "%s", message), Some(&keywords))?;
    Ok(())
}

/// What an event says.
#[derive(Default)]
struct Fields {
    message: String,
    named: Vec<(&'static str, Value)>,
}

enum Value {
    Text(String),
    Number(i64),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
        }
    }
}

impl Fields {
    fn add(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::Text(text)) => self.message = text,
            (name, value) => self.named.push((name, value)),
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, Value::Text(value.to_owned()));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, Value::Number(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, Value::Number(i64::try_from(value).unwrap_or(i64::MAX)));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut text = value.to_string();
        let mut cause = value.source();
        while let Some(inner) = cause {
            text = format!("{text}: {inner}");
            cause = inner.source();
        }
        self.add(field, Value::Text(text));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, Value::Text(format!("{value:?}")));
    }
}
