//! Group D, when a token is valid, to the second.

use countersign_jwt::{Claims, TokenError, Verifier};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::fixture::{
    AUDIENCE, ISSUER, Issuer, NOW, claims, claims_with, claims_without, now, verifier,
};

fn at(issuer: &Issuer, now: i64, claims: &Value) -> Result<Claims, TokenError> {
    let now = Timestamp::from_second(now).unwrap();
    verifier().verify(&issuer.token(claims), &issuer.keys, now)
}

#[test]
fn t081_t089_a_token_expires_to_the_second() {
    for issuer in Issuer::both() {
        let mut claims = claims_with("iat", NOW - 7200);
        for (exp, accepted) in [
            (-3600, false),
            (-59, false),
            (-31, false),
            (-30, false),
            (-29, true),
            (0, true),
            (1, true),
        ] {
            claims["exp"] = (NOW + exp).into();
            let decision = issuer.verify(&issuer.token(&claims));
            assert_eq!(decision.is_ok(), accepted, "{exp}");
            if let Err(refusal) = decision {
                assert_eq!((refusal.code(), refusal.claim()), ("expired", Some("exp")));
            }
        }
        // A fraction of a second before the end is still before it.
        claims["exp"] = (NOW - 30 + 1).into();
        let late = now() + SignedDuration::from_millis(999);
        verifier().verify(&issuer.token(&claims), &issuer.keys, late).unwrap();
    }
}

#[test]
fn t082_a_token_begins_to_the_second() {
    for issuer in Issuer::both() {
        for (nbf, accepted) in [(31, false), (30, true), (0, true), (-900, true)] {
            let decision = issuer.verify(&issuer.token(&claims_with("nbf", NOW + nbf)));
            assert_eq!(decision.is_ok(), accepted, "{nbf}");
            if let Err(refusal) = decision {
                assert_eq!(refusal, TokenError::NotYetValid { claim: "nbf" });
            }
        }
    }
}

#[test]
fn t083_a_token_from_the_future_is_refused() {
    for issuer in Issuer::both() {
        let mut claims = claims_with("exp", NOW + 1000);
        claims["iat"] = (NOW + 30).into();
        issuer.verify(&issuer.token(&claims)).unwrap();
        claims["iat"] = (NOW + 31).into();
        assert_eq!(issuer.refusal(&claims), TokenError::NotYetValid { claim: "iat" });
        claims["iat"] = (NOW + 315_360_000).into();
        claims["exp"] = (NOW + 315_360_900).into();
        assert_eq!(issuer.refusal(&claims), TokenError::NotYetValid { claim: "iat" });
        issuer.verify(&issuer.token(&claims_without("iat"))).unwrap();
    }
}

#[test]
fn t311_of_servers_whose_clocks_differ_the_one_that_is_far_ahead_is_refused_and_named() {
    for issuer in Issuer::both() {
        let issued_by_a_clock_ahead_by = |seconds: i64| {
            let mut claims = claims_with("exp", NOW + seconds + 900);
            claims["iat"] = (NOW + seconds).into();
            claims
        };
        for seconds in [20, -20] {
            issuer.verify(&issuer.token(&issued_by_a_clock_ahead_by(seconds))).unwrap();
        }
        let refusal = issuer.refusal(&issued_by_a_clock_ahead_by(300));
        assert_eq!(refusal, TokenError::NotYetValid { claim: "iat" });
        assert!(refusal.to_string().contains("clock skew"), "{refusal}");
    }
}

#[test]
fn t083_where_an_age_is_set_a_token_must_be_dated_and_young() {
    for issuer in Issuer::both() {
        let five_minutes = verifier().with_max_age(SignedDuration::from_mins(5));
        let verify = |claims: &Value| {
            five_minutes.verify(&issuer.token(claims), &issuer.keys, now()).map(drop)
        };
        assert_eq!(verify(&claims_with("iat", NOW - 329)), Ok(()));
        assert_eq!(verify(&claims_with("iat", NOW - 330)), Err(TokenError::TooOld));
        let undated = verify(&claims_without("iat"));
        assert_eq!(undated, Err(TokenError::MissingClaim { claim: "iat" }));
        let mut over = claims_with("iat", NOW - 3600);
        over["exp"] = (NOW - 1800).into();
        assert_eq!(verify(&over), Err(TokenError::Expired));

        let any = verifier().with_max_age(SignedDuration::MAX);
        any.verify(&issuer.good_token(), &issuer.keys, now()).unwrap();
        let none = verifier().with_max_age(SignedDuration::MIN);
        let refusal = none.verify(&issuer.good_token(), &issuer.keys, now()).unwrap_err();
        assert_eq!((refusal.code(), refusal.claim()), ("too_old", Some("iat")));
    }
}

#[test]
fn t084_t085_dates_are_numbers() {
    for issuer in Issuer::both() {
        let odd = [
            json!("1800000900"),
            json!("never"),
            json!(true),
            json!(null),
            json!([]),
            json!({}),
            json!([NOW + 900]),
        ];
        for claim in ["exp", "nbf", "iat"] {
            for value in odd.clone() {
                let refusal = issuer.refusal(&claims_with(claim, value));
                assert_eq!(refusal, TokenError::InvalidClaim { claim });
            }
        }
        let endless = issuer.refusal(&claims_without("exp"));
        assert_eq!(endless, TokenError::MissingClaim { claim: "exp" });
    }
}

#[test]
fn t086_odd_numbers_do_not_make_a_token_live_longer() {
    for issuer in Issuer::both() {
        // 29.9 seconds after 1 800 000 000 is second 29: refused from second 59 on.
        let claims = claims_with("exp", 1_800_000_029.9);
        assert!(at(&issuer, NOW + 58, &claims).is_ok());
        assert!(at(&issuer, NOW + 59, &claims).is_err());
        assert!(at(&issuer, NOW - 900, &claims_with("iat", 1.8e9 - 900.0)).is_ok());

        let now = claims_with("exp", 1.8e9);
        issuer.verify(&issuer.token(&now)).unwrap();
        for exp in [
            json!(1e18),
            json!(9.3e18),
            json!(u64::MAX),
            json!(i64::MAX),
            json!(-1),
            json!(-1e18),
            json!(-0.5),
        ] {
            assert_eq!(issuer.refusal(&claims_with("exp", exp)).claim(), Some("exp"));
        }
        assert!(at(&issuer, NOW, &claims_with("exp", -0.0)).is_err());
    }
}

#[test]
fn t087_a_token_that_lives_for_years_is_refused() {
    for issuer in Issuer::both() {
        let day = 86_400;
        issuer.verify(&issuer.token(&claims_with("exp", NOW + day))).unwrap();
        for exp in [NOW + day + 1, NOW + 10 * 365 * day] {
            assert_eq!(issuer.refusal(&claims_with("exp", exp)), TokenError::LivesTooLong);
        }
        let mut undated = claims_without("iat");
        undated["exp"] = (NOW + 2 * day).into();
        assert_eq!(issuer.refusal(&undated), TokenError::LivesTooLong);

        let week =
            Verifier::new(ISSUER, AUDIENCE).with_max_lifetime(SignedDuration::from_hours(168));
        undated["exp"] = (NOW + 7 * day).into();
        week.verify(&issuer.token(&undated), &issuer.keys, now()).unwrap();
    }
}

/// A leeway beyond the limits becomes the limit: the verifier's settings are the program's own. What an
/// operator writes is refused where it is read, in the guard's policy.
#[test]
fn t088_the_leeway_stays_within_two_minutes() {
    let issuer = Issuer::ed25519();
    let with_leeway = |seconds: i64, exp: i64| {
        let mut claims = claims_with("exp", NOW + exp);
        claims["iat"] = (NOW - 7200).into();
        let verifier = verifier().with_leeway(SignedDuration::from_secs(seconds));
        verifier.verify(&issuer.token(&claims), &issuer.keys, now()).is_ok()
    };
    assert!(with_leeway(3600, -119) && !with_leeway(3600, -120));
    assert!(with_leeway(0, 1) && !with_leeway(0, 0));
    assert!(with_leeway(-1, 1) && !with_leeway(-1, 0));
}

#[test]
fn t104_dates_must_follow_each_other() {
    for issuer in Issuer::both() {
        let late = issuer.refusal(&claims_with("nbf", NOW + 901));
        assert_eq!(late, TokenError::InvalidClaim { claim: "nbf" });
        let mut backwards = claims();
        backwards["exp"] = (NOW - 1).into();
        assert_eq!(issuer.refusal(&backwards), TokenError::InvalidClaim { claim: "iat" });
    }
}

#[test]
fn t105_a_clock_at_the_beginning_of_time_accepts_nothing() {
    for issuer in Issuer::both() {
        for now in [0, -1, Timestamp::MIN.as_second()] {
            assert!(at(&issuer, now, &claims()).is_err());
            assert!(at(&issuer, now, &claims_without("iat")).is_err());
        }
        assert!(at(&issuer, Timestamp::MAX.as_second(), &claims()).is_err());
    }
}
