//! Examples of the standards whose signatures come out the same every time.

use super::*;

fn signature_of(key: &SigningKey, message: &str) -> String {
    base64url::encode(&key.signature(message.as_bytes()).unwrap())
}

#[test]
fn rfc7515_a1_hs256() {
    let secret =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    let key = SigningKey::hs256(&base64url::decode(secret).unwrap()).unwrap();
    let message = concat!(
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leG",
        "FtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
    );
    assert_eq!(signature_of(&key, message), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
}

/// And A.1 and A.2, the key.
#[test]
fn rfc8037_a4_ed25519() {
    let jwk = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let key = SigningKey::from_private_jwk(Algorithm::EdDsa, jwk).unwrap();
    assert_eq!(
        signature_of(&key, "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"),
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    );
}
