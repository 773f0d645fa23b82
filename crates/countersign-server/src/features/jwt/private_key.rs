//! Private keys at rest.
//!
//! The column `jwks.privateKey` holds a sealed private JWK (see `at_rest.rs`) as a JSON string
//! literal. Where key encryption was turned off in Better Auth, it holds the JWK itself; that is
//! read, too.

use zeroize::Zeroizing;

use crate::{
    Entropy,
    at_rest::{AtRest, NotOpened, NotSealed},
};

/// The column's text for a private JWK.
pub(super) fn seal(
    at_rest: &AtRest,
    jwk: &str,
    entropy: &dyn Entropy,
) -> Result<String, NotSealed> {
    Ok(format!("\"{}\"", at_rest.seal(jwk, entropy)?))
}

/// The private JWK of a column's text.
pub(super) fn open(at_rest: &AtRest, column: &str) -> Result<Zeroizing<String>, NotOpened> {
    if is_clear(column) {
        return Ok(Zeroizing::new(column.to_owned()));
    }
    at_rest.open(sealed(column))
}

/// Whether the column holds the JWK itself.
pub(super) fn is_clear(column: &str) -> bool {
    column.starts_with('{')
}

/// The sealed value in a column's text.
pub(super) fn sealed(column: &str) -> &str {
    column.trim_matches('"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        SystemEntropy,
        secret::{Secret, Secrets},
    };

    const JWK: &str = "{\"kty\":\"OKP\"}";

    #[test]
    fn a_column_is_a_json_string_of_a_sealed_key_or_a_key_in_the_clear() {
        let at_rest = AtRest::new(&Secrets::plain(Secret::new("a secret")));
        let column = seal(&at_rest, JWK, &SystemEntropy).expect("seals");
        assert!(serde_json::from_str::<String>(&column).is_ok(), "{column}");
        for column in [column.as_str(), JWK] {
            assert_eq!(open(&at_rest, column).expect("opens").as_str(), JWK);
        }
        for other in ["", "\"\"", "\"abc\"", "\"00\"", "null"] {
            assert!(open(&at_rest, other).is_err(), "{other}");
        }
    }
}
