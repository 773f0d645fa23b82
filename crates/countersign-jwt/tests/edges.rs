//! The second on which a rule turns.

use crate::fixture::{Issuer, NOW, claims_with};

#[test]
fn a_token_may_begin_in_the_second_in_which_it_ends() {
    for issuer in Issuer::both() {
        let mut claims = claims_with("exp", NOW + 20);
        claims["nbf"] = (NOW + 20).into();
        issuer.verify(&issuer.token(&claims)).unwrap();
        claims["nbf"] = (NOW + 21).into();
        assert_eq!(issuer.refusal(&claims).claim(), Some("nbf"));
    }
}
