//! Group D, what the claims must say. Time has its own module.

use countersign_jwt::{DEFAULT_LEEWAY, DEFAULT_MAX_LIFETIME, Part, TokenError, Verifier};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::fixture::{
    AUDIENCE, ISSUER, Issuer, NOW, claims, claims_with, claims_without, now, verifier,
};

#[test]
fn a_good_token_tells_who_it_is() {
    for issuer in Issuer::both() {
        let claims = issuer.verify(&issuer.good_token()).unwrap();
        assert_eq!(claims.subject(), "alice");
        assert_eq!(claims.session(), Some("s1"));
        assert_eq!(claims.token_id(), Some("2f9c8e2e-4d0a-4a7c-9d55-5f1f0c1d2e3f"));
        assert_eq!(claims.issued_at().unwrap().as_second(), NOW);
        assert_eq!(claims.expires_at().as_second(), NOW + 900);
        assert_eq!(claims.get("role").unwrap(), "user");
        assert_eq!(claims.as_map().len(), 9);
        assert_eq!(format!("{claims:?}"), r#"Claims { subject: "alice", .. }"#);
    }
}

#[test]
fn claims_are_handed_on_byte_by_byte_as_they_were_signed() {
    for issuer in Issuer::both() {
        let payload = format!(" {} ", claims().to_string().replace("alice", r"al\u0069ce"));
        let claims = issuer.verify(&issuer.sign_bytes(issuer.header, &payload)).unwrap();
        assert_eq!(claims.as_json(), payload);
        assert_eq!(claims.subject(), "alice");
    }
}

#[test]
fn a_user_may_have_a_name_in_any_script() {
    let issuer = Issuer::ed25519();
    for name in ["zoë", "日本", "a b", "😀", "\u{2019}"] {
        let mut claims = claims_with("sub", name);
        claims["sid"] = name.into();
        let read = issuer.verify(&issuer.token(&claims)).unwrap();
        assert_eq!((read.subject(), read.session()), (name, Some(name)));
    }
    for odd in ["zo\u{eb}\u{85}", "日\u{7f}本", "a\nb", "\u{9f}"] {
        for claim in ["sub", "sid"] {
            assert_eq!(issuer.refusal(&claims_with(claim, odd)).claim(), Some(claim), "{odd:?}");
        }
    }
}

#[test]
fn a_verifier_tells_what_it_demands() {
    let usual = verifier();
    assert_eq!((usual.issuer(), usual.audience()), (ISSUER, AUDIENCE));
    assert_eq!(usual.leeway(), DEFAULT_LEEWAY);
    assert_eq!(usual.max_lifetime(), DEFAULT_MAX_LIFETIME);
    let seconds = SignedDuration::from_secs;
    for (asked, given) in [(-1, 0), (0, 0), (7, 7), (120, 120), (121, 120)] {
        assert_eq!(verifier().with_leeway(seconds(asked)).leeway(), seconds(given));
    }
    assert_eq!(verifier().with_max_lifetime(seconds(60)).max_lifetime(), seconds(60));
}

#[test]
fn t078_the_issuer_must_be_ours_to_the_letter() {
    for issuer in Issuer::both() {
        for other in [
            json!("https://auth.test/"),
            json!("https://AUTH.test"),
            json!("https://auth.test.evil"),
            json!("https://auth"),
            json!(""),
            json!(["https://auth.test"]),
            json!(["evil", "https://auth.test"]),
            json!(5),
            json!(null),
        ] {
            assert_eq!(issuer.refusal(&claims_with("iss", other)).claim(), Some("iss"));
        }
        let missing = issuer.refusal(&claims_without("iss"));
        assert_eq!(missing, TokenError::MissingClaim { claim: "iss" });
    }
}

#[test]
fn t090_the_audience_must_hold_ours() {
    for issuer in Issuer::both() {
        for other in [
            json!("other"),
            json!(["other"]),
            json!([]),
            json!(null),
            json!(123),
            json!({"x": 1}),
            json!([AUDIENCE, 123]),
            json!([[AUDIENCE]]),
            json!("task-api "),
            json!("TASK-API"),
            json!("task-api.evil"),
            json!(""),
        ] {
            assert_eq!(issuer.refusal(&claims_with("aud", other)).claim(), Some("aud"));
        }
        let missing = issuer.refusal(&claims_without("aud"));
        assert_eq!(missing, TokenError::MissingClaim { claim: "aud" });
        for ours in [json!(AUDIENCE), json!([AUDIENCE]), json!(["x", AUDIENCE])] {
            issuer.verify(&issuer.token(&claims_with("aud", ours))).unwrap();
        }
    }
}

#[test]
fn an_empty_issuer_or_audience_matches_nothing() {
    let issuer = Issuer::ed25519();
    let mut claims = claims_with("iss", "");
    assert!(
        Verifier::new("", AUDIENCE).verify(&issuer.token(&claims), &issuer.keys, now()).is_err()
    );
    claims["iss"] = ISSUER.into();
    claims["aud"] = "".into();
    assert!(Verifier::new(ISSUER, "").verify(&issuer.token(&claims), &issuer.keys, now()).is_err());
}

#[test]
fn t091_t092_the_subject_is_a_plain_text() {
    for issuer in Issuer::both() {
        for nobody in [json!(null), json!("")] {
            assert_eq!(issuer.refusal(&claims_with("sub", nobody)), TokenError::MissingSubject);
        }
        let missing = issuer.refusal(&claims_without("sub"));
        assert_eq!((missing.code(), missing.claim()), ("missing_subject", Some("sub")));
        for odd in [
            json!(5),
            json!(true),
            json!(["alice"]),
            json!({"id": "alice"}),
            json!(" alice"),
            json!("alice "),
            json!("ali\nce"),
            json!("a".repeat(1024)),
        ] {
            let refusal = issuer.refusal(&claims_with("sub", odd));
            assert_eq!(refusal, TokenError::InvalidClaim { claim: "sub" });
        }
        let cut = issuer.refusal(&claims_with("sub", "alice\0"));
        assert_eq!(cut, TokenError::NotStrictJson { part: Part::Payload });
    }
}

#[test]
fn t093_t094_t096_t097_tokens_made_for_something_else_are_refused() {
    let issuer = Issuer::hs256();
    for (purpose, claims) in [
        ("mail", json!({"email": "a@b.test", "iat": NOW, "exp": NOW + 3600})),
        (
            "session cache",
            json!({"session": {}, "user": {"id": "alice"}, "iat": NOW, "exp": NOW + 300}),
        ),
        ("id token", {
            let mut claims = claims_with("aud", "client-id");
            claims["nonce"] = "n-0S6_WzA2Mj".into();
            claims["at_hash"] = "MTIzNDU2Nzg5MDEyMzQ1Ng".into();
            claims
        }),
        ("magic link", json!({"email": "a@b.test", "sub": "alice", "iat": NOW, "exp": NOW + 300})),
    ] {
        assert!(issuer.verify(&issuer.token(&claims)).is_err(), "{purpose}");
    }
    // Refresh tokens: a random text, and one that says what it is.
    assert!(issuer.verify("kq3N0e1ZyqLrS2Xm8bJvQx4wT7uYdHcA").is_err());
    let header = issuer.header_with(r#""typ":"refresh+jwt""#);
    assert!(issuer.verify(&issuer.sign_bytes(header, claims().to_string())).is_err());
}

#[test]
fn t098_a_token_bound_to_a_proof_is_no_bearer_token() {
    let issuer = Issuer::ed25519();
    for proof in [json!({"jkt": "x"}), json!({"x5t#S256": "x"}), json!(null)] {
        let refusal = issuer.refusal(&claims_with("cnf", proof));
        assert_eq!(refusal, TokenError::InvalidClaim { claim: "cnf" });
    }
}

#[test]
fn t099_t101_scopes_are_exact_words_divided_by_spaces() {
    let issuer = Issuer::ed25519();
    let scopes = |scope: Value| {
        let claims = issuer.verify(&issuer.token(&claims_with("scope", scope))).unwrap();
        claims.scopes().unwrap().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(scopes(json!("tasks:read tasks:write")), ["tasks:read", "tasks:write"]);
    assert_eq!(scopes(json!(" tasks:read  x ")), ["tasks:read", "x"]);
    assert_eq!(scopes(json!("tasks:read,tasks:write")), ["tasks:read,tasks:write"]);
    assert_eq!(scopes(json!("a\u{a0}b")), ["a\u{a0}b"]);
    assert_eq!(scopes(json!("TASKS:READ tasks:*")), ["TASKS:READ", "tasks:*"]);
    for nothing in [json!(""), json!(["tasks:read"]), json!(5), json!(null)] {
        assert_eq!(scopes(nothing), [""; 0]);
    }
    let none = issuer.verify(&issuer.token(&claims_without("scope"))).unwrap();
    assert!(none.scopes().is_none());
}

/// What a role grants is for the guard to say; here the claim is data of any shape.
#[test]
fn t100_a_role_is_read_as_it_was_signed() {
    let issuer = Issuer::ed25519();
    for role in
        [json!("user,admin"), json!(["admin"]), json!(true), json!({"admin": true}), json!("Admin")]
    {
        let claims = issuer.verify(&issuer.token(&claims_with("role", role.clone()))).unwrap();
        assert_eq!(claims.get("role"), Some(&role));
    }
}

/// No setting demands a `jti`: Better Auth's own tokens have none. Revocation by user and by session
/// needs the claims `sub` and `sid`, which stay readable without it.
#[test]
fn t102_t103_a_token_id_is_printable_or_absent() {
    let issuer = Issuer::ed25519();
    let none = issuer.verify(&issuer.token(&claims_without("jti"))).unwrap();
    assert_eq!((none.token_id(), none.session(), none.subject()), (None, Some("s1"), "alice"));
    for odd in
        [json!(5), json!(""), json!("x".repeat(129)), json!("😀"), json!("a:b\r\n"), json!(null)]
    {
        let refusal = issuer.refusal(&claims_with("jti", odd));
        assert_eq!(refusal, TokenError::InvalidClaim { claim: "jti" });
    }
}

#[test]
fn the_session_goes_by_both_of_its_names() {
    let issuer = Issuer::ed25519();
    let mut claims = claims_without("sid");
    claims["sessionId"] = "s2".into();
    assert_eq!(issuer.verify(&issuer.token(&claims)).unwrap().session(), Some("s2"));
    claims["sid"] = "s1".into();
    assert_eq!(issuer.verify(&issuer.token(&claims)).unwrap().session(), Some("s1"));
    for (claim, odd) in [("sid", json!(1)), ("sid", json!("")), ("sessionId", json!(["s"]))] {
        assert_eq!(issuer.refusal(&claims_with(claim, odd)).claim(), Some(claim));
    }
}

#[test]
fn a_whole_better_auth_user_fits_into_a_token() {
    let issuer = Issuer::ed25519();
    let claims = json!({
        "iat": NOW, "name": "Ann", "email": "ann@example.com", "emailVerified": false, "image": null,
        "createdAt": "2026-11-21T01:39:59.799Z", "updatedAt": "2026-11-21T01:39:59.799Z",
        "id": "u1", "settings": {"theme": null, "tags": ["a", {"b": null}]}, "age": 41.5,
        "sub": "u1", "exp": NOW + 900, "iss": ISSUER, "aud": AUDIENCE,
    });
    let read = verifier().verify(&issuer.token(&claims), &issuer.keys, now()).unwrap();
    assert_eq!(read.subject(), "u1");
    assert_eq!(read.get("image"), Some(&Value::Null));
    assert_eq!(read.session(), None);
}
