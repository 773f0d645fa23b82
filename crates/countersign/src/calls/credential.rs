//! By what an issuer knows a resource server: name and secret, by HTTP Basic (RFC 7617).

use zeroize::Zeroizing;

/// No `Debug`, no `==`.
pub(crate) struct Credential {
    pub(super) name: String,
    pub(super) secret: Zeroizing<String>,
}

impl Credential {
    /// `None` where it cannot be sent: what is empty, has control characters, or a name with a colon.
    pub(crate) fn new(name: impl Into<String>, secret: impl Into<String>) -> Option<Self> {
        let (name, secret) = (name.into(), Zeroizing::new(secret.into()));
        let can_be_sent = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
        let is_good = can_be_sent(&name) && !name.contains(':') && can_be_sent(&secret);
        is_good.then_some(Self { name, secret })
    }
}
