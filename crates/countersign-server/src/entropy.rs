//! Randomness as an argument.

/// Where ids, tokens, salts and nonces come from.
pub trait Entropy: Send + Sync + 'static {
    /// Fills the buffer with bytes nobody can guess.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's randomness.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    /// # Panics
    ///
    /// When the operating system has no randomness to give: there is no safe way on.
    #[expect(
        clippy::disallowed_methods,
        clippy::expect_used,
        reason = "this is where randomness enters; without it there is no safe way on"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system has no randomness to give");
    }
}

const LETTERS_AND_DIGITS: &[u8; 62] =
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// A Better Auth id or session token: 32 letters and digits, each equally likely.
pub(crate) fn random_id(entropy: &dyn Entropy) -> String {
    let mut id = String::with_capacity(32);
    let mut bytes = [0; 48];
    while id.len() < 32 {
        entropy.fill(&mut bytes);
        // 248 is the largest multiple of 62 in a byte; what lies above would favour some letters.
        let fair = bytes.iter().filter(|byte| **byte < 248);
        id.extend(fair.take(32 - id.len()).map(|byte| {
            char::from(LETTERS_AND_DIGITS[usize::from(*byte) % LETTERS_AND_DIGITS.len()])
        }));
    }
    id
}
