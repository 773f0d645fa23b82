//! A name for one refusal, which says nothing and finds the event in the audit log again.

use std::fmt;

use uuid::Uuid;

/// An opaque name: `urn:uuid:…` (RFC 9562), random. It stands as `instance` in the answer (RFC 9457
/// §3.1.5) and as `reference` in the audit event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reference(Uuid);

impl Reference {
    #[expect(clippy::disallowed_methods, reason = "nothing is decided by this name")]
    pub(crate) fn new() -> Self {
        Self(Uuid::new_v4())
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.urn().fmt(f)
    }
}
