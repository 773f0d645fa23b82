//! One refusal of one request: why, and by what name it can be found again.

use http::{HeaderMap, StatusCode};

use crate::{
    reference::Reference,
    refusal::{Refusal, problem},
};

/// A request that is not let in, as it stands in the audit log. The text is the `detail` of the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{refusal}")]
pub struct Refused {
    refusal: Refusal,
    reference: Reference,
}

impl Refused {
    pub(crate) fn new(refusal: Refusal, reference: Reference) -> Self {
        Self { refusal, reference }
    }

    /// Why. What exactly was wrong with a token is not for the sender.
    pub fn refusal(&self) -> &Refusal {
        &self.refusal
    }

    /// The name of this refusal, in the answer and in the audit log.
    pub fn reference(&self) -> Reference {
        self.reference
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.refusal.status()
    }

    /// All headers of the answer.
    pub fn headers(&self) -> HeaderMap {
        self.refusal.headers()
    }

    /// The body of the answer, a problem document (RFC 9457 §3) whose `instance` is the reference.
    pub fn body(&self) -> String {
        let Self { refusal, reference } = self;
        let reference = reference.to_string();
        problem(refusal.status(), &refusal.to_string(), refusal.code(), Some(&reference))
    }
}
