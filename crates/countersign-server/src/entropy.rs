//! Randomness as an argument.

use countersign_store::{Database, IdKind};

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

const DIGITS_AND_SMALL_LETTERS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A Better Auth id or session token: 32 letters and digits, each equally likely.
pub(crate) fn random_id(entropy: &dyn Entropy) -> String {
    random_text(entropy, LETTERS_AND_DIGITS, 32)
}

/// An id for a new row of this table, in the form that its ids have. Where the database counts them, it
/// is in place of the one to come.
pub(crate) fn new_id(database: &Database, table: &str, entropy: &dyn Entropy) -> String {
    if database.id_kind(table) != IdKind::Uuid {
        return random_id(entropy);
    }
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// The token of a link to reset a password: 24 letters and digits.
pub(crate) fn random_reset_token(entropy: &dyn Entropy) -> String {
    random_text(entropy, LETTERS_AND_DIGITS, 24)
}

/// The token of a link to delete oneself: 32 digits and small letters.
pub(crate) fn random_deletion_token(entropy: &dyn Entropy) -> String {
    random_text(entropy, DIGITS_AND_SMALL_LETTERS, 32)
}

fn random_text(entropy: &dyn Entropy, alphabet: &[u8], length: usize) -> String {
    let mut text = String::with_capacity(length);
    let mut bytes = [0; 48];
    // What lies above the largest multiple of the alphabet in a byte would favour some letters.
    let fair = 256 - 256 % alphabet.len();
    while text.len() < length {
        entropy.fill(&mut bytes);
        let fair = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        let letters = fair.map(|byte| char::from(alphabet[byte % alphabet.len()]));
        text.extend(letters.take(length - text.len()));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn t135_session_tokens_are_unique_and_every_letter_is_as_likely_at_every_place() {
        const TOKENS: usize = 100_000;
        let mut seen = HashSet::with_capacity(TOKENS);
        let mut counts = [[0_u32; 128]; 32];
        for _ in 0..TOKENS {
            let token = random_id(&SystemEntropy);
            assert_eq!(token.len(), 32);
            for (place, letter) in token.bytes().enumerate() {
                counts[place][usize::from(letter)] += 1;
            }
            assert!(seen.insert(token), "a token came twice");
        }
        let expected = 100_000.0 / 62.0;
        for (place, counts) in counts.iter().enumerate() {
            let of = |letter: &u8| f64::from(counts[usize::from(*letter)]);
            let others = 100_000.0 - LETTERS_AND_DIGITS.iter().map(of).sum::<f64>();
            assert!(others.abs() < 0.5, "something else at {place}");
            let squares = LETTERS_AND_DIGITS.iter().map(|letter| (of(letter) - expected).powi(2));
            let chi_squared = squares.sum::<f64>() / expected;
            // 61 degrees of freedom: beyond it is one run of a thousand million. Letters that an unfair
            // division favours give more than a thousand.
            assert!(chi_squared < 145.0, "{chi_squared} at {place}");
        }
    }
}
