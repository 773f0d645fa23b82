//! Shared secrets that can be guessed.
//!
//! A secret of 32 bytes (RFC 7518 §3.2) may still be a word written many times over, or stand in
//! somebody's manual. What a random secret never looks like is refused; that a secret passes says
//! nothing about how it was made.

/// The fewest bytes of a shared secret: the size of the hash of HS256 (RFC 7518 §3.2).
pub const SECRET_MIN_BYTES: usize = 32;

/// The fewest different bytes of a secret. Of 32 random hexadecimal digits fewer than eight are
/// different in one case out of ten million.
const FEWEST_DIFFERENT: usize = 8;

/// Secrets that are printed somewhere: Better Auth's default.
const PUBLISHED: [&str; 1] = ["better-auth-secret-12345678901234567890"];

/// Why a text must not be a secret. The text reads on from the name of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeakSecret {
    /// Nothing, or white space only.
    #[error("is not set; make one with: countersign secret generate")]
    Missing,
    /// Shorter than the hash.
    #[error(
        "has {bytes} bytes; at least {SECRET_MIN_BYTES} are needed; \
         make one with: countersign secret generate"
    )]
    Short {
        /// How many bytes it has.
        bytes: usize,
    },
    /// A few characters, or a part, again and again.
    #[error(
        "repeats itself and can be guessed; it has to be random; \
         make one with: countersign secret generate"
    )]
    Repetitive,
    /// Known to everybody.
    #[error("is a published example; make one of your own with: countersign secret generate")]
    Published,
}

impl WeakSecret {
    /// A stable word for logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "secret_missing",
            Self::Short { .. } => "secret_short",
            Self::Repetitive => "secret_repetitive",
            Self::Published => "secret_published",
        }
    }
}

/// Refuses a secret that can be guessed, or that an HMAC of 256 bits must not have.
///
/// ```
/// use countersign_jwt::{WeakSecret, check_secret};
///
/// assert_eq!(check_secret("changeme"), Err(WeakSecret::Short { bytes: 8 }));
/// assert_eq!(check_secret(&"changeme".repeat(4)), Err(WeakSecret::Repetitive));
/// assert!(check_secret("9f2b6c1e5a7d4038b1c6e2f79a04d3586fe1b2c3").is_ok());
/// ```
pub fn check_secret(secret: impl AsRef<[u8]>) -> Result<(), WeakSecret> {
    let bytes = secret.as_ref();
    if bytes.trim_ascii().is_empty() {
        return Err(WeakSecret::Missing);
    }
    if bytes.len() < SECRET_MIN_BYTES {
        return Err(WeakSecret::Short { bytes: bytes.len() });
    }
    if PUBLISHED.iter().any(|known| known.as_bytes() == bytes) {
        return Err(WeakSecret::Published);
    }
    if is_repetitive(bytes) { Err(WeakSecret::Repetitive) } else { Ok(()) }
}

/// Few different bytes, one byte as padding for half of it, or a part that is written again.
fn is_repetitive(bytes: &[u8]) -> bool {
    let mut times = [0; 256];
    for byte in bytes {
        times[usize::from(*byte)] += 1;
    }
    let different = times.iter().filter(|times| **times > 0).count();
    let repeats = |part: usize| bytes[part..] == bytes[..bytes.len() - part];
    different < FEWEST_DIFFERENT
        || times.iter().any(|times| times * 2 >= bytes.len())
        || (1..=bytes.len() / 2).any(repeats)
}
