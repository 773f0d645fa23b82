//! Just enough DER (X.690) to take an RSA key apart into the numbers a JWK lists.
//!
//! The input is what the cryptographic library wrote for its own key, PKCS #8 (RFC 5208 §5) around
//! PKCS #1 (RFC 8017 §A.1.2); nothing from outside is read here.

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// The numbers of an RSA private key in the order of PKCS #1: n, e, d, p, q, dp, dq, qi; big-endian
/// without leading zero.
pub(crate) fn rsa_numbers(pkcs8: &[u8]) -> Option<[&[u8]; 8]> {
    let mut info = Reader(pkcs8).element(SEQUENCE)?;
    info.element(INTEGER)?; // version
    info.element(SEQUENCE)?; // algorithm
    let mut key = info.element(OCTET_STRING)?.element(SEQUENCE)?;
    key.element(INTEGER)?; // version
    let mut numbers = [[].as_slice(); 8];
    for number in &mut numbers {
        let Reader(bytes) = key.element(INTEGER)?;
        // DER puts a zero in front of a number whose first bit is set.
        *number = bytes.strip_prefix(&[0]).unwrap_or(bytes);
    }
    Some(numbers)
}

struct Reader<'d>(&'d [u8]);

impl<'d> Reader<'d> {
    /// The content of the next element, which must have this tag.
    fn element(&mut self, tag: u8) -> Option<Reader<'d>> {
        let (&found, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (bytes.iter().fold(0, |length, byte| (length << 8) | usize::from(*byte)), rest)
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        (found == tag).then_some(Reader(content))
    }
}
