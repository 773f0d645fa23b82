//! Hashes that the other systems' own libraries made: argon2-cffi, bcrypt, passlib, Django,
//! Firebase's published example.

use super::*;

const PASSWORD: &str = "correct horse \u{fb01}";

const HASHES: [&str; 15] = [
    "$argon2id$v=19$m=64,t=2,p=2$AAECAwQFBgcICQoLDA0ODw$7l2/e/7U5Hziatz88jdV3PVxjd9FRwWuyctOkrkR9/w",
    "$argon2i$v=19$m=64,t=2,p=2$AAECAwQFBgcICQoLDA0ODw$mwKGR1EETm1USx5y+/1GhiYE6VDEiYbQIhUveM9Y61Q",
    "$argon2id$v=16$m=64,t=3,p=1$AAECAwQFBgcICQoLDA0ODw$y8moAMoJM1V6rXaGMTe5jSo3quj5LAXKTX4ZbZdT7D4",
    "$argon2id$m=64,t=3,p=1$AAECAwQFBgcICQoLDA0ODw$y8moAMoJM1V6rXaGMTe5jSo3quj5LAXKTX4ZbZdT7D4",
    "$2b$04$O1i7GLK7Nhpxzt8E6f4CQOF5SXOTo7Whrs.MOKsnUyRqU3fbdwBe2",
    "$2a$04$qXfGVB8vPMs0v8WXBvK35edYjnw6qwGZ3nsFCwE6Y5rQSrO.t8WKi",
    "$2y$04$qXfGVB8vPMs0v8WXBvK35edYjnw6qwGZ3nsFCwE6Y5rQSrO.t8WKi",
    "$pbkdf2-sha256$1000$AAECAwQFBgcICQoLDA0ODw$JSOIhO0YInh5ouAvAVR8q/8gCfIkBItWv9Mz9CJsy3g",
    "$pbkdf2-sha512$1000$AAECAwQFBgcICQoLDA0ODw$.mSWNQI6HSIEf16cvVlrRjVg8S3XLEnyEfBCD5QbKZahBaFwOwI.fJ1KuTFtmr0aQLftXqWvt9RVLkqrEuks5g",
    "$pbkdf2$1000$AAECAwQFBgcICQoLDA0ODw$.jRmeHu5VZCqNOSRRCT/9ztILmg",
    "$pbkdf2-sha256$i=1000,l=32$AAECAwQFBgcICQoLDA0ODw$JSOIhO0YInh5ouAvAVR8q/8gCfIkBItWv9Mz9CJsy3g",
    "$pbkdf2-sha256$i=1000$AAECAwQFBgcICQoLDA0ODw$JSOIhO0YInh5ouAvAVR8q/8gCfIkBItWv9Mz9CJsy3g",
    "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$JTk1kOCgf1vQZ6Xmnx7/5cqOXIHIl50lmcTwQaWJN6o",
    "pbkdf2_sha256$1000$saltysaltysalt$kjBRxXe3jKu3b0RXUNhCOK82WIrhhl5LQdevM22Iflk=",
    "pbkdf2_sha1$1000$saltysaltysalt$e45cPJt3oFtZwnYiVXMyF0iYZLg=",
];

const FIREBASE: &str = "$firebase-scrypt$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";

fn project() -> FirebaseScrypt {
    let key =
        "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";
    FirebaseScrypt {
        signer_key: zeroize::Zeroizing::new(
            <base64ct::Base64 as base64ct::Encoding>::decode_vec(key).expect("base64"),
        ),
        salt_separator: vec![7],
        rounds: 8,
        memory_cost: 14,
    }
}

fn fault(stored: &str) -> Option<Unusable> {
    ForeignHash::parse(stored, None).err()
}

#[test]
fn each_system_s_hash_is_met_by_its_password_alone() {
    for stored in HASHES {
        let hash = ForeignHash::parse(stored, None).expect(stored);
        assert!(hash.is_of(PASSWORD), "{stored}");
        for other in ["", "correct horse", "correct horse fi", "Correct horse \u{fb01}"] {
            assert!(!hash.is_of(other), "{stored}: {other}");
        }
    }
}

#[test]
fn firebase_s_example_is_met_with_the_project_s_parameters_alone() {
    let hash = ForeignHash::parse(FIREBASE, Some(&project())).expect("parses");
    assert!(hash.is_of("user1password") && !hash.is_of("user2password"));
    let for_addresses = FIREBASE.replace('+', "-").replace('/', "_");
    assert!(
        ForeignHash::parse(&for_addresses, Some(&project()))
            .expect("parses")
            .is_of("user1password")
    );
    let mut other = project();
    other.salt_separator = vec![8];
    assert!(!ForeignHash::parse(FIREBASE, Some(&other)).expect("parses").is_of("user1password"));
    assert_eq!(fault(FIREBASE), Some(Unusable::NoSignerKey));
}

#[test]
fn t186_t187_a_hash_that_asks_for_too_much_work_is_not_begun() {
    for stored in [
        "$argon2id$v=19$m=262145,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$7l2/e/7U5Hziatz88jdV3PVxjd9FRwWuyctOkrkR9/w",
        "$argon2id$v=19$m=65536,t=17,p=1$AAECAwQFBgcICQoLDA0ODw$7l2/e/7U5Hziatz88jdV3PVxjd9FRwWuyctOkrkR9/w",
        "$argon2id$v=19$m=4294967295,t=4294967295,p=1$AAECAwQFBgcICQoLDA0ODw$7l2/e/7U5Hziatz88jdV3PVxjd9FRwWuyctOkrkR9/w",
        "$argon2id$v=19$m=99999999999,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$7l2/e/7U5Hziatz88jdV3PVxjd9FRwWuyctOkrkR9/w",
        "$2b$15$O1i7GLK7Nhpxzt8E6f4CQOF5SXOTo7Whrs.MOKsnUyRqU3fbdwBe2",
        "$2b$99$O1i7GLK7Nhpxzt8E6f4CQOF5SXOTo7Whrs.MOKsnUyRqU3fbdwBe2",
        "$pbkdf2-sha256$2000001$AAECAwQFBgcICQoLDA0ODw$JSOIhO0YInh5ouAvAVR8q/8gCfIkBItWv9Mz9CJsy3g",
        "$pbkdf2-sha256$99999999999$AAECAwQFBgcICQoLDA0ODw$JSOIhO0YInh5ouAvAVR8q/8gCfIkBItWv9Mz9CJsy3g",
        "pbkdf2_sha256$2000001$salt$kjBRxXe3jKu3b0RXUNhCOK82WIrhhl5LQdevM22Iflk=",
        "$scrypt$ln=21,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$JTk1kOCgf1vQZ6Xmnx7/5cqOXIHIl50lmcTwQaWJN6o",
        "$scrypt$ln=14,r=8,p=64$AAECAwQFBgcICQoLDA0ODw$JTk1kOCgf1vQZ6Xmnx7/5cqOXIHIl50lmcTwQaWJN6o",
        "$scrypt$ln=63,r=4294967295,p=4294967295$AAECAwQFBgcICQoLDA0ODw$JTk1kOCgf1vQZ6Xmnx7/5cqOXIHIl50lmcTwQaWJN6o",
    ] {
        assert_eq!(fault(stored), Some(Unusable::TooCostly), "{stored}");
    }
}

#[test]
fn usual_parameters_are_within_the_limits() {
    for stored in [
        "$argon2id$v=19$m=65536,t=3,p=4$AAECAwQFBgcICQoLDA0ODw$7l2/e/7U5Hziatz88jdV3PVxjd9FRwWuyctOkrkR9/w",
        "$argon2id$v=19$m=262144,t=3,p=1$AAECAwQFBgcICQoLDA0ODw$7l2/e/7U5Hziatz88jdV3PVxjd9FRwWuyctOkrkR9/w",
        "$2b$14$O1i7GLK7Nhpxzt8E6f4CQOF5SXOTo7Whrs.MOKsnUyRqU3fbdwBe2",
        "pbkdf2_sha256$1200000$salt$kjBRxXe3jKu3b0RXUNhCOK82WIrhhl5LQdevM22Iflk=",
        "$scrypt$ln=17,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$JTk1kOCgf1vQZ6Xmnx7/5cqOXIHIl50lmcTwQaWJN6o",
    ] {
        assert_eq!(fault(stored), None, "{stored}");
    }
}

#[test]
fn t190_damage_is_named_and_nothing_panics() {
    for (stored, expected) in [
        ("", Unusable::Unknown),
        ("plain text", Unusable::Unknown),
        ("$1$salt$hash", Unusable::Unknown),
        ("$argon2d$v=19$m=64,t=2,p=2$AAECAwQFBgcICQoLDA0ODw$7l2/e/7U5Hz", Unusable::Unknown),
        ("$2x$04$O1i7GLK7Nhpxzt8E6f4CQOF5SXOTo7Whrs.MOKsnUyRqU3fbdwBe2", Unusable::Unknown),
        ("$2b$+4$O1i7GLK7Nhpxzt8E6f4CQOF5SXOTo7Whrs.MOKsnUyRqU3fbdwBe2", Unusable::Malformed),
        ("$2b$03$O1i7GLK7Nhpxzt8E6f4CQOF5SXOTo7Whrs.MOKsnUyRqU3fbdwBe2", Unusable::Malformed),
        ("$2b$04$O1i7GLK7Nhpxzt8E6f4CQOF5SXOTo7Whrs.MOKsnUyRqU3fbdwBé", Unusable::Malformed),
        ("$argon2id$v=19$m=64,t=2,p=2$AAECAwQFBgcICQoLDA0ODw$", Unusable::Malformed),
        (
            "$argon2id$v=19$m=64,t=2,p=2,keyid=1$AAECAwQFBgcICQoLDA0ODw$7l2/e/7U5Hziatz88jdV3PVxjd9FRwWuyctOkrkR9/w",
            Unusable::Malformed,
        ),
        (
            "$argon2id$v=19$m=64,m=64,p=2$AAECAwQFBgcICQoLDA0ODw$7l2/e/7U5Hziatz88jdV3PVxjd9FRwWuyctOkrkR9/w",
            Unusable::Malformed,
        ),
        (
            "$pbkdf2-sha256$0$AAECAwQFBgcICQoLDA0ODw$JSOIhO0YInh5ouAvAVR8q/8gCfIkBItWv9Mz9CJsy3g",
            Unusable::Malformed,
        ),
        (
            "$pbkdf2-md5$1000$AAECAwQFBgcICQoLDA0ODw$JSOIhO0YInh5ouAvAVR8q/8gCfIkBItWv9Mz9CJsy3g",
            Unusable::Malformed,
        ),
        ("pbkdf2_sha256$1000$salt$kjBRxXe3jKs=", Unusable::Malformed),
        ("$scrypt$ln=14$x$y", Unusable::Malformed),
        ("$firebase-scrypt$x", Unusable::Malformed),
    ] {
        assert_eq!(fault(stored), Some(expected), "{stored}");
    }
    for stored in HASHES.into_iter().chain([FIREBASE]) {
        for (place, _) in stored.char_indices() {
            for other in ["", "$", "=", ",", "9", "é", "\u{0}"] {
                let damaged = format!("{}{other}{}", &stored[..place], &stored[place + 1..]);
                drop(ForeignHash::parse(&damaged, Some(&project())));
                drop(ForeignHash::parse(&stored[..place], Some(&project())));
            }
        }
    }
}

#[test]
fn t189_bcrypt_sees_72_bytes_as_it_always_did() {
    let stored = "$2b$04$aAVZxnQmldWxHskt2QyakOfLxHrQPqf1W.zQcuv4Sqt66Mz5Dm90C";
    let hash = ForeignHash::parse(stored, None).expect("parses");
    assert!(hash.is_of(&"x".repeat(72)) && hash.is_of(&"x".repeat(128)));
    assert!(!hash.is_of(&"x".repeat(71)));
}
