//! Cookies of any content, signed or encrypted with the right secret.

use aws_lc_rs::{
    cipher::{AES_256, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey},
    hkdf, hmac,
    iv::FixedLength,
};
use base64ct::{Base64UrlUnpadded, Encoding};
use countersign_cookies::{CookieError, SessionData, SessionDataReader, Strategy};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::recorded::{JWE, SECRET};

pub(crate) const NOW: i64 = 1_800_000_000;

pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

pub(crate) fn iso(second: i64) -> String {
    Timestamp::from_second(second).unwrap().to_string()
}

/// Alice's session, a minute old, in a cookie that ends in five minutes.
pub(crate) fn content() -> Value {
    json!({
        "session": {
            "id": "s1", "token": "t1", "userId": "alice",
            "createdAt": iso(NOW - 60), "expiresAt": iso(NOW + 3600),
        },
        "user": { "id": "alice", "email": "alice@example.com", "role": "user" },
        "updatedAt": NOW * 1000,
        "version": "1",
    })
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

pub(crate) fn mac(text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    base64(hmac::sign(&key, text.as_bytes()).as_ref())
}

/// `content` is the text of an object.
pub(crate) fn compact(content: &str, expires_at: &str) -> String {
    let open = content.strip_suffix('}').unwrap();
    let signature = mac(&format!(r#"{open},"expiresAt":{expires_at}}}"#));
    let session =
        format!(r#"{{"session":{content},"expiresAt":{expires_at},"signature":"{signature}"}}"#);
    base64(session.as_bytes())
}

pub(crate) fn jwt(header: &str, claims: &str) -> String {
    let signed = format!("{}.{}", base64(header.as_bytes()), base64(claims.as_bytes()));
    format!("{signed}.{}", mac(&signed))
}

struct Length;

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        64
    }
}

/// `header` is the encoded header of a recorded cookie.
pub(crate) fn jwe(header: &str, claims: &str) -> String {
    let mut key = [0; 64];
    let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"better-auth-session");
    let info: [&[u8]; 1] = [b"BetterAuth.js Generated Encryption Key"];
    salt.extract(SECRET.as_bytes()).expand(&info, Length).unwrap().fill(&mut key).unwrap();
    let cipher = UnboundCipherKey::new(&AES_256, &key[32..]).unwrap();
    let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(cipher).unwrap();
    let iv = [7; 16];
    let mut bytes = claims.as_bytes().to_vec();
    let context = EncryptionContext::Iv128(FixedLength::from(iv));
    cipher.less_safe_encrypt(&mut bytes, context).unwrap();
    let bits = (header.len() as u64 * 8).to_be_bytes();
    let authenticated = [header.as_bytes(), &iv, &bytes, &bits].concat();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA512, &key[..32]), &authenticated);
    format!("{header}..{}.{}.{}", base64(&iv), base64(&bytes), base64(&tag.as_ref()[..32]))
}

/// The content in the form of a strategy, ending at this second.
pub(crate) fn seal(strategy: Strategy, content: &Value, ends_at: i64) -> String {
    if strategy == Strategy::Compact {
        return compact(&content.to_string(), &(ends_at * 1000).to_string());
    }
    let mut claims = content.clone();
    claims["iat"] = NOW.into();
    claims["exp"] = ends_at.into();
    let claims = claims.to_string();
    match strategy {
        Strategy::Jwt => jwt(r#"{"alg":"HS256"}"#, &claims),
        _ => jwe(JWE.split('.').next().unwrap(), &claims),
    }
}

pub(crate) fn reader(strategy: Strategy) -> SessionDataReader {
    SessionDataReader::new(strategy, SECRET).unwrap()
}

/// Reads content of five minutes in all three forms; they agree.
pub(crate) fn read(content: &Value) -> Result<SessionData, CookieError> {
    let strategies = [Strategy::Compact, Strategy::Jwt, Strategy::Jwe];
    let [one, two, three] = strategies
        .map(|strategy| reader(strategy).read(&seal(strategy, content, NOW + 300), now()));
    let error = |read: &Result<SessionData, CookieError>| read.as_ref().err().copied();
    assert_eq!(error(&one), error(&two));
    assert_eq!(error(&one), error(&three));
    one
}
