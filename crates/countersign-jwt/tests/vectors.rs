//! Examples of the standards and a token of a real Better Auth.
//!
//! The standards' examples are no tokens for us: their payload has no audience or is not JSON. That the
//! refusal is about the payload shows that the signature was right.

use countersign_jwt::{
    Algorithm, KeyError, KeySet, Part, SigningKey, TokenError, Verifier, thumbprint,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::fixture::{claims, jwks, now, verifier};

const RFC7515_PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

fn refusal(token: &str, keys: &KeySet) -> TokenError {
    Verifier::new("joe", "nobody").verify(token, keys, now()).unwrap_err()
}

/// The signature is right, and with one bit changed it is not.
fn signature_is_right(token: &str, keys: &KeySet, then: TokenError) {
    assert_eq!(refusal(token, keys), then);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{signed}.{first}{}", &signature[1..]);
    assert_eq!(refusal(&forged, keys), TokenError::WrongSignature);
}

#[test]
fn rfc7515_a1_hs256() {
    let secret = base64(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    );
    let token = format!(
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{RFC7515_PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    );
    let no_audience = TokenError::MissingClaim { claim: "aud" };
    signature_is_right(&token, &KeySet::from_secret(&secret).unwrap(), no_audience);
}

#[test]
fn rfc7515_a2_rs256() {
    let key = json!({"kty": "RSA", "e": "AQAB", "n": concat!(
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR",
        "T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB",
        "dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia",
        "GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    )});
    let signature = concat!(
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9",
        "uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB",
        "_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rq",
        "Vt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    );
    let token = format!("eyJhbGciOiJSUzI1NiJ9.{RFC7515_PAYLOAD}.{signature}");
    signature_is_right(&token, &jwks(&[key]), TokenError::MissingClaim { claim: "aud" });
}

#[test]
fn rfc7515_a3_es256() {
    let key = json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    let signature =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let token = format!("eyJhbGciOiJFUzI1NiJ9.{RFC7515_PAYLOAD}.{signature}");
    signature_is_right(&token, &jwks(&[key]), TokenError::MissingClaim { claim: "aud" });
}

#[test]
fn rfc7515_a4_es512() {
    let key = json!({
        "kty": "EC", "crv": "P-521",
        "x": "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
        "y": "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
    });
    let token = concat!(
        "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2",
        "SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXo",
        "lLzeO_Jn",
    );
    let not_json = TokenError::NotStrictJson { part: Part::Payload };
    signature_is_right(token, &jwks(&[key]), not_json);
}

/// A.5 is unsecured, A.6 and A.7 are JSON serializations.
#[test]
fn rfc7515_a5_to_a7_are_refused() {
    let key = SigningKey::generate(Algorithm::EdDsa).unwrap().key_set().unwrap();
    let unsecured = format!("eyJhbGciOiJub25lIn0.{RFC7515_PAYLOAD}.");
    assert_eq!(refusal(&unsecured, &key), TokenError::UnsupportedAlgorithm);
    let flattened = json!({
        "payload": RFC7515_PAYLOAD, "protected": "eyJhbGciOiJFUzI1NiJ9",
        "header": {"kid": "e9bc097a-ce51-4036-9562-d2ade882db0d"},
        "signature": "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    });
    assert_eq!(refusal(&flattened.to_string(), &key), TokenError::NotThreeParts);
}

/// RFC 7638 §3.1; the example of RFC 8037 appendix A.3 stands in the documentation.
#[test]
fn rfc7638_thumbprints() {
    let rsa = json!({
        "kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_\
              BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_F\
              DW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4v\
              MQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    });
    let computed = thumbprint(&rsa.to_string()).unwrap();
    assert_eq!(computed, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

#[test]
fn a_key_has_one_thumbprint_whichever_half_it_is_taken_from() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Es512, Algorithm::Ps256] {
        let key = SigningKey::generate(algorithm).unwrap();
        let public = thumbprint(&key.public_jwk().unwrap()).unwrap();
        assert_eq!(thumbprint(&key.private_jwk().unwrap()).unwrap(), public);
        assert_eq!(public.len(), 43);
    }
    let secret = r#"{"kty":"oct","k":"AAAA"}"#;
    assert_eq!(thumbprint(secret).unwrap_err(), KeyError::Unsupported);
    let partial = r#"{"kty":"EC","crv":"P-256","x":"AAAA"}"#;
    assert_eq!(thumbprint(partial).unwrap_err(), KeyError::InvalidMember { member: "y" });
}

#[test]
fn rfc8037_a_ed25519() {
    let key = SigningKey::from_private_jwk(
        Algorithm::EdDsa,
        r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
            "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    )
    .unwrap();
    assert_eq!(
        key.public_jwk().unwrap(),
        r#"{"crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kty":"OKP"}"#
    );
    let token = concat!(
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6d",
        "WbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    );
    let not_json = TokenError::NotStrictJson { part: Part::Payload };
    signature_is_right(token, &key.key_set().unwrap(), not_json);
}

/// RFC 8410 §10.1 to §10.3: the public key, and the private one without and with it.
#[test]
fn rfc8410_10_ed25519_in_pem() {
    let public = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
        -----END PUBLIC KEY-----\n";
    let keys = KeySet::from_public_pem(None, Algorithm::EdDsa, public).unwrap();
    for private in [
        "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
        -----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n\
        MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
        oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\n\
        Z9w7lshQhqowtrbLDFw4rXAxZuE=\n\
        -----END PRIVATE KEY-----\n",
    ] {
        let key = SigningKey::from_private_pem(Algorithm::EdDsa, private).unwrap();
        let x = "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";
        assert!(key.public_jwk().unwrap().contains(x));
        let token = key.sign(&claims()).unwrap();
        verifier().verify(&token, &keys, now()).unwrap();
    }
}

/// Recorded from `GET /api/auth/token` and `GET /api/auth/jwks` of Better Auth 1.7.24 on Node.
#[test]
fn a_token_of_better_auth() {
    let key: Value = json!({
        "alg": "EdDSA", "crv": "Ed25519", "x": "1h_rwpe2I0ai9eohEu1s-zeRbzkMSaV-GH2KjFDNExs",
        "kty": "OKP", "kid": "1o4xV4OUqlT5YtSTfiKYAnLQdyKQKcjv",
    });
    let token = concat!(
        "eyJhbGciOiJFZERTQSIsImtpZCI6IjFvNHhWNE9VcWxUNVl0U1RmaUtZQW5MUWR5S1FLY2p2In0.eyJpYXQiOjE3OTUyMjUxOTks",
        "Im5hbWUiOiJBbm4iLCJlbWFpbCI6ImFubkBleGFtcGxlLmNvbSIsImVtYWlsVmVyaWZpZWQiOmZhbHNlLCJpbWFnZSI6bnVsbCwi",
        "Y3JlYXRlZEF0IjoiMjAyNi0xMS0yMVQwMTozOTo1OS43OTlaIiwidXBkYXRlZEF0IjoiMjAyNi0xMS0yMVQwMTozOTo1OS43OTla",
        "IiwiaWQiOiJNVm9OdjVXaHFZQ0ZDTFM1bUd6ZU44Y25tdU9VMkhYRiIsInN1YiI6Ik1Wb052NVdocVlDRkNMUzVtR3plTjhjbm11",
        "T1UySFhGIiwiZXhwIjoxNzk1MjI2MDk5LCJpc3MiOiJodHRwOi8vMTI3LjAuMC4xOjQxMDUiLCJhdWQiOiJodHRwOi8vMTI3LjAu",
        "MC4xOjQxMDUifQ.sqzjaAt3Hsl9qY2CcZ9flXafC5tzVFHmrf-H8_YoaKpek4tWvXg6bWgv1up26RN9_KxEQb4WMsnjyBXYC-rZAw",
    );
    let verifier = Verifier::new("http://127.0.0.1:4105", "http://127.0.0.1:4105");
    let keys = jwks(&[key]);
    let then = Timestamp::from_second(1_795_225_200).unwrap();
    let claims = verifier.verify(token, &keys, then).unwrap();
    assert_eq!(claims.subject(), "MVoNv5WhqYCFCLS5mGzeN8cnmuOU2HXF");
    assert_eq!(claims.get("email").unwrap(), "ann@example.com");
    assert_eq!(verifier.verify(token, &keys, now()).unwrap_err(), TokenError::Expired);
}

fn base64(text: &str) -> Vec<u8> {
    use base64ct::{Base64UrlUnpadded, Encoding};
    Base64UrlUnpadded::decode_vec(text).unwrap()
}
