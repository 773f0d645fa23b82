//! Key sets as issuers publish them, with keys in them that cannot be used: the others can.

use countersign_jwt::SigningKey;
use serde_json::{Value, json};

use crate::{
    issuer::{Issuer, Publication, key_set_json},
    service::{Service, base64url, claims, signing_key},
};

fn jwk(key: &SigningKey) -> Value {
    let set: Value = serde_json::from_str(&key_set_json(&[key])).unwrap();
    set["keys"][0].clone()
}

/// What is answered to a token of `key` and to one of another key, `good`, when this was published.
async fn answers(keys: &[Value], key: &SigningKey, good: SigningKey) -> (u16, u16) {
    let issuer = Issuer::start(&[]);
    issuer.publish(Publication::Keys(json!({"keys": keys}).to_string()));
    let service = Service::fetching_from(&issuer.url, good);
    let odd = service.get_with_key(key).await.status.as_u16();
    (odd, service.get_with_key(&service.key).await.status.as_u16())
}

#[tokio::test]
async fn t057_of_two_keys_by_one_name_neither_counts() {
    let (one, other, good) = (signing_key("k1"), signing_key("k1"), signing_key("k2"));
    let keys = [jwk(&one), jwk(&other), jwk(&good)];
    assert_eq!(answers(&keys, &one, good).await, (401, 200));
}

#[tokio::test]
async fn t058_a_key_for_another_purpose_does_not_verify() {
    for (member, value) in [
        ("use", json!("enc")),
        ("key_ops", json!(["encrypt"])),
        ("key_ops", json!(["sign"])),
        ("key_ops", json!(["verify", "verify"])),
    ] {
        let (key, good) = (signing_key("k1"), signing_key("k2"));
        let mut odd = jwk(&key);
        odd[member] = value;
        let keys = [odd.clone(), jwk(&good)];
        assert_eq!(answers(&keys, &key, good).await, (401, 200), "{odd}");
    }
}

#[tokio::test]
async fn t063_a_key_on_another_curve_or_of_another_length_is_left_out() {
    for (curve, length) in
        [("X25519", 32), ("Ed448", 57), ("Ed99999", 32), ("Ed25519", 31), ("Ed25519", 33)]
    {
        let (key, good) = (signing_key("k1"), signing_key("k2"));
        let x = base64url(&vec![7; length]);
        let odd = json!({"kty": "OKP", "crv": curve, "x": x, "kid": "k1", "alg": "EdDSA"});
        assert_eq!(answers(&[odd, jwk(&good)], &key, good).await, (401, 200), "{curve} {length}");
    }
}

#[tokio::test]
async fn t064_a_published_private_key_is_not_believed() {
    let (key, good) = (signing_key("k1"), signing_key("k2"));
    let mut odd = jwk(&key);
    odd["d"] = base64url(&[7; 32]).into();
    assert_eq!(answers(&[odd, jwk(&good)], &key, good).await, (401, 200));
}

#[tokio::test]
async fn t065_odd_keys_do_not_take_a_good_one_down() {
    let (key, good) = (signing_key("k1"), signing_key("k2"));
    let odd = [
        json!({"kty": "lattice", "kid": "k3"}),
        json!({"kty": "OKP", "kid": "k4"}),
        json!({"kty": "oct", "kid": "k5", "k": base64url(&[7; 32])}),
        json!(7),
        json!(null),
        jwk(&good),
    ];
    assert_eq!(answers(&odd, &key, good).await, (401, 200));
}

#[tokio::test]
async fn t075_without_a_name_exactly_one_key_must_fit() {
    let unnamed = || SigningKey::generate(countersign_jwt::Algorithm::EdDsa).unwrap();
    let key = unnamed();
    let own: Value = serde_json::from_str(&key.public_jwk().unwrap()).unwrap();
    for (others, status) in [(0, 200), (2, 401)] {
        let mut keys = vec![own.clone()];
        keys.extend((0..others).map(|n| jwk(&signing_key(&format!("k{n}")))));
        let issuer = Issuer::start(&[]);
        issuer.publish(Publication::Keys(json!({ "keys": keys }).to_string()));
        let service = Service::fetching_from(&issuer.url, unnamed());
        let bearer = format!("Bearer {}", key.sign(&claims()).unwrap());
        assert_eq!(service.get("/me", &[bearer.as_bytes()]).await.status, status);
        assert_eq!(issuer.fetches(), 1);
    }
}
