//! Secrets that can be guessed.

use countersign_jwt::{WeakSecret, check_secret};

#[test]
fn t054_secrets_that_can_be_guessed_are_refused_and_never_repeated() {
    let padded = |word: &str, pad: &str| format!("{word}{}", pad.repeat(40))[..40].to_owned();
    let default = "better-auth-secret-12345678901234567890";
    let cases = [
        (String::new(), WeakSecret::Missing),
        ("   \n\t".repeat(20), WeakSecret::Missing),
        ("changeme".to_owned(), WeakSecret::Short { bytes: 8 }),
        ("secret".to_owned(), WeakSecret::Short { bytes: 6 }),
        ("9f2b6c1e5a7d4038b1c6e2f79a04d35".to_owned(), WeakSecret::Short { bytes: 31 }),
        ("a".repeat(32), WeakSecret::Repetitive),
        (padded("changeme", "0"), WeakSecret::Repetitive),
        (padded("your-256-bit-secret", "."), WeakSecret::Repetitive),
        ("changeme".repeat(4), WeakSecret::Repetitive),
        ("0123456789abcdef".repeat(2), WeakSecret::Repetitive),
        ("01".repeat(32), WeakSecret::Repetitive),
        (default.to_owned(), WeakSecret::Published),
    ];
    for (secret, weakness) in cases {
        let refused = check_secret(&secret).expect_err(&secret);
        assert_eq!(refused, weakness, "{secret}");
        let said = refused.to_string();
        let advice = "countersign secret generate";
        assert!(said.contains(advice), "{said}");
        let said = said.replace(advice, "");
        assert!(secret.trim().is_empty() || !said.contains(&secret), "{said}");
    }
}

#[test]
fn secrets_that_were_made_at_random_pass() {
    for secret in [
        "7c0dd56a1b8d3e0e8f5b0a64c9f6f2d4a90c2f4e7be1d83a5566f10b9d2c7e38",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "mJ0x2vQe8Yw5bTzR1nKpLs7uHgDfCaXi",
        "correct horse battery staple and a pony",
    ] {
        assert_eq!(check_secret(secret), Ok(()), "{secret}");
    }
}
