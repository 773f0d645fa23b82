//! Keys as text between `-----BEGIN …-----` and `-----END …-----` (RFC 7468).
//!
//! A text holds exactly one block and nothing else. White space around the block is ignored, lines end
//! with LF or CRLF; headers, explanations and indented lines are refused.

use pem_rfc7468::decode_vec;
use zeroize::Zeroizing;

use crate::error::KeyError;

const BEGIN: &str = "-----BEGIN ";

pub(crate) struct Block<'t> {
    pub(crate) label: &'t str,
    pub(crate) der: Zeroizing<Vec<u8>>,
}

impl<'t> Block<'t> {
    pub(crate) fn read(text: &'t str) -> Result<Self, KeyError> {
        let text = text.trim_ascii();
        if !text.starts_with(BEGIN) {
            return Err(KeyError::NotPem);
        }
        if text.matches(BEGIN).count() > 1 {
            return Err(KeyError::SeveralBlocks);
        }
        // The label of PKCS #8, or the header `Proc-Type: 4,ENCRYPTED` of OpenSSL's older form.
        if text.contains("ENCRYPTED") {
            return Err(KeyError::Encrypted);
        }
        let (label, der) = decode_vec(text.as_bytes()).map_err(|_malformed| KeyError::NotPem)?;
        Ok(Self { label, der: Zeroizing::new(der) })
    }
}
