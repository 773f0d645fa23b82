//! Secrets that cannot be printed, compared with `==` or serialised.

use zeroize::Zeroizing;

/// `BETTER_AUTH_SECRET`: the UTF-8 bytes of the text as they are, never decoded from hexadecimal
/// or base64, because Better Auth takes them so.
///
/// It is wiped from memory when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the text as the secret. Lengths are a matter of the settings.
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.as_bytes().to_vec()))
    }

    /// The bytes, for a key.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// The current secret, and those that still open what they sealed.
#[derive(Clone)]
pub struct Secrets {
    current: (Option<u32>, Secret),
    older: Vec<(Option<u32>, Secret)>,
}

impl Secrets {
    /// One secret without a number: `BETTER_AUTH_SECRET` alone.
    pub fn plain(secret: Secret) -> Self {
        Self { current: (None, secret), older: Vec::new() }
    }

    /// `BETTER_AUTH_SECRETS`, and `BETTER_AUTH_SECRET` for what was sealed before there were
    /// numbers. Numbers are unique.
    pub fn numbered(
        current: (u32, Secret),
        older: Vec<(u32, Secret)>,
        plain: Option<Secret>,
    ) -> Self {
        let numbered = |(number, secret)| (Some(number), secret);
        let plain = plain.map(|secret| (None, secret));
        let older = older.into_iter().map(numbered).chain(plain).collect();
        Self { current: numbered(current), older }
    }

    /// The secret that signs and seals.
    pub fn current(&self) -> &Secret {
        &self.current.1
    }

    /// The number of the secret that seals; `None` where it has none.
    pub(crate) fn current_number(&self) -> Option<u32> {
        self.current.0
    }

    /// Every secret with its number, the current one first.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Option<u32>, &Secret)> {
        let all = std::iter::once(&self.current).chain(&self.older);
        all.map(|(number, secret)| (*number, secret))
    }
}
