//! RSA keys that a broken generator made (ROCA, CVE-2017-15361): their factors can be found.
//!
//! Such a modulus is a power of 65537 modulo every small prime below. A random modulus is that for
//! all of them about once in 2^27.

/// The primes of the fingerprint, those that tell most.
const PRIMES: [u64; 17] =
    [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];

/// Whether the modulus, big-endian, has the fingerprint.
pub(crate) fn has_fingerprint(modulus: &[u8]) -> bool {
    PRIMES.into_iter().all(|prime| is_power_of_65537(remainder(modulus, prime), prime))
}

fn remainder(modulus: &[u8], prime: u64) -> u64 {
    modulus.iter().fold(0, |remainder, byte| (remainder * 256 + u64::from(*byte)) % prime)
}

fn is_power_of_65537(remainder: u64, prime: u64) -> bool {
    let generator = 65_537 % prime;
    let mut power = 1;
    (0..prime).any(|_| {
        power = power * generator % prime;
        power == remainder
    })
}
