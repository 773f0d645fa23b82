//! What the audit log reads.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex},
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::DefaultGuard,
};

/// The fields of one event.
pub(crate) type Fields = BTreeMap<&'static str, String>;

/// Every audit event of this thread, from now on.
pub(crate) struct AuditLog {
    events: Arc<Mutex<Vec<Fields>>>,
    _guard: DefaultGuard,
}

impl AuditLog {
    pub(crate) fn begin() -> Self {
        let events = Arc::default();
        let guard = tracing::subscriber::set_default(Listener(Arc::clone(&events)));
        Self { events, _guard: guard }
    }

    /// The events of this name.
    pub(crate) fn of(&self, name: &str) -> Vec<Fields> {
        let events = self.events.lock().expect("no panic");
        events.iter().filter(|fields| fields["event"] == name).cloned().collect()
    }
}

struct Listener(Arc<Mutex<Vec<Fields>>>);

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "countersign::audit"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut read = Read(Fields::new());
        event.record(&mut read);
        self.0.lock().expect("no panic").push(read.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Read(Fields);

impl Visit for Read {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}
