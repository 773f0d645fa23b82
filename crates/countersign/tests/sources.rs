//! Configuration: what makes no sense or is not safe is refused at the start.

use countersign::{
    Algorithm, KeyError, KeySource, Policy, PolicyError, SourceError, cookies::CookiePolicy,
};
use jiff::SignedDuration;

use crate::service::{policy, signing_key};

#[test]
fn t071_keys_come_over_https_or_from_this_machine() {
    for url in [
        "https://auth.test/api/auth/jwks",
        "http://localhost:3000/api/auth/jwks",
        "http://127.0.0.1:3000/jwks",
        "http://127.9.9.9/jwks",
        "http://[::1]:3000/jwks",
    ] {
        assert!(KeySource::jwks_url(url).is_ok(), "{url}");
    }
    for url in [
        "http://auth.test/jwks",
        "http://10.0.0.1/jwks",
        "http://localhost.evil.test/jwks",
        "http://[::2]/jwks",
        "ftp://auth.test/jwks",
        "file:///etc/passwd",
        "https://user@auth.test/jwks",
        "https://user:password@auth.test/jwks",
        "http://auth.test@127.0.0.1/jwks",
        "data:application/json,{}",
    ] {
        assert!(matches!(KeySource::jwks_url(url), Err(SourceError::InsecureUrl)), "{url}");
    }
    for text in ["", "jwks", "/api/auth/jwks", "https://"] {
        assert!(matches!(KeySource::jwks_url(text), Err(SourceError::NotAUrl(_))), "{text}");
    }
}

/// A `main` that returns the error prints it with `Debug`.
#[test]
fn an_error_that_main_returns_is_read_as_text_with_its_cause() {
    let error = KeySource::jwks_url("http://auth.test/jwks").err().unwrap();
    assert_eq!(format!("{error:?}"), error.to_string());
    let error = KeySource::jwks_url("auth.test/jwks").err().unwrap();
    let text = "the address of the key set or its issuer is not a URL: relative URL without a base";
    assert_eq!(format!("{error:?}"), text);
    let error = CookiePolicy::new("short", ["https://app.test"]).err().unwrap();
    assert_eq!(format!("{error:?}"), error.to_string());
    let error = Policy::new("", "audience").err().unwrap();
    assert_eq!(
        format!("{error:?}"),
        "the issuer must be a text without spaces, as in the claim iss"
    );
}

#[test]
fn t053_a_short_secret_is_refused() {
    let secret = "0123456789abcdef0123456789abcdeg";
    let refusal = KeySource::secret(&secret[..31]).err().unwrap();
    assert!(matches!(refusal, SourceError::Secret(_)));
    assert_eq!(refusal.code(), "secret_short");
    // Whoever prints errors with their causes says it once.
    assert!(std::error::Error::source(&refusal).is_none(), "{refusal}");
    assert!(KeySource::secret(secret).is_ok());
}

#[test]
fn t054_a_secret_that_can_be_guessed_is_refused() {
    for (secret, code) in [
        ("x".repeat(32), "secret_repetitive"),
        ("changeme".repeat(4), "secret_repetitive"),
        ("better-auth-secret-12345678901234567890".to_owned(), "secret_published"),
        (" ".repeat(40), "secret_missing"),
    ] {
        assert_eq!(KeySource::secret(&secret).err().unwrap().code(), code, "{secret}");
    }
}

#[test]
fn a_file_must_hold_a_key_that_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    assert!(matches!(KeySource::jwks_file(&file), Err(SourceError::Unreadable(_))));
    std::fs::write(&file, "{}").unwrap();
    assert!(matches!(KeySource::jwks_file(&file), Err(SourceError::Keys(KeyError::NotAKeySet))));
    std::fs::write(&file, r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#).unwrap();
    assert!(matches!(KeySource::jwks_file(&file), Err(SourceError::NoUsableKey)));
    let jwk = signing_key("k1").public_jwk().unwrap();
    std::fs::write(&file, format!(r#"{{"keys":[{jwk}]}}"#)).unwrap();
    assert!(KeySource::jwks_file(&file).is_ok());
}

#[test]
fn a_pem_file_must_hold_one_public_key_of_the_algorithm() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("issuer.pem");
    let open = |algorithm| KeySource::public_pem_file(Some("k1"), algorithm, &file);
    assert!(matches!(open(Algorithm::EdDsa), Err(SourceError::Unreadable(_))));
    std::fs::write(&file, "key").unwrap();
    assert_eq!(open(Algorithm::EdDsa).err().unwrap().code(), "not_pem");
    // RFC 8410 §10.1.
    let pem = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
        -----END PUBLIC KEY-----\n";
    std::fs::write(&file, pem).unwrap();
    assert!(open(Algorithm::EdDsa).is_ok());
    assert_eq!(open(Algorithm::Es256).err().unwrap().code(), "wrong_kind");
}

#[test]
fn issuer_and_audience_must_be_given() {
    for odd in ["", " ", "https://auth.test\n", "https://auth test"] {
        assert_eq!(Policy::new(odd, "task-api").err(), Some(PolicyError::Issuer));
        assert_eq!(Policy::new("https://auth.test", odd).err(), Some(PolicyError::Audience));
    }
}

#[test]
fn t088_leeway_lifetime_and_age_have_bounds() {
    for seconds in [-1, 121, 3600] {
        let refusal = policy().with_leeway(SignedDuration::from_secs(seconds)).err();
        assert_eq!(refusal, Some(PolicyError::Leeway));
    }
    assert!(policy().with_leeway(SignedDuration::ZERO).is_ok());
    for seconds in [-1, 0] {
        let refusal = policy().with_max_lifetime(SignedDuration::from_secs(seconds)).err();
        assert_eq!(refusal, Some(PolicyError::Lifetime));
        let refusal = policy().with_max_age(SignedDuration::from_secs(seconds)).err();
        assert_eq!(refusal, Some(PolicyError::Age));
    }
}
