//! The three hundred tokens to start from.

use countersign_jwt::Algorithm;

use super::{
    Draft, Form, KeyRing, Seed,
    key_ring::{Trust, base64url},
    odd,
};

/// The time at which forged tokens are judged, in seconds since 1970.
pub const NOW: i64 = 1_800_000_000;
/// The issuer a verifier expects.
pub const ISSUER: &str = "https://auth.test";
/// The audience a verifier expects.
pub const AUDIENCE: &str = "task-api";

/// Algorithms whose signatures are quick to make; most seeds use them.
const QUICK: [Algorithm; 5] =
    [Algorithm::EdDsa, Algorithm::Hs256, Algorithm::Es256, Algorithm::Hs512, Algorithm::Hs384];

/// Payloads worth bending further, each around the good claims.
const PAYLOADS: [(&str, &str); 36] = [
    ("aud is a list", r#""aud":["task-api"]"#),
    ("aud is a list of two", r#""aud":["other","task-api"]"#),
    ("aud holds a number", r#""aud":["task-api",123]"#),
    ("sub is missing", r#""sub":null"#),
    ("sub is empty", r#""sub":"""#),
    ("sub has escapes", r#""sub":"\u0061l\u0069ce""#),
    ("sub is of another script", r#""sub":"алиса""#),
    ("sub is an emoji", r#""sub":"😀""#),
    ("sub is an escaped emoji", r#""sub":"\ud83d\ude00""#),
    ("sub is a number", r#""sub":1"#),
    ("sub twice", r#""sub":"alice","sub":"bob""#),
    ("sub twice, escaped", r#""sub":"alice","s\u0075b":"bob""#),
    ("role twice", r#""role":"user","role":"admin""#),
    ("exp twice", r#""exp":1,"exp":1800000900"#),
    ("exp is a fraction", r#""exp":1800000900.5"#),
    ("exp has an exponent", r#""exp":1.8000009e9"#),
    ("exp is a text", r#""exp":"1800000900""#),
    ("exp at the edge", r#""exp":1799999970"#),
    ("exp above the edge", r#""exp":1799999970.5"#),
    ("nbf at the edge", r#""nbf":1800000030"#),
    ("nbf above the edge", r#""nbf":1800000030.5"#),
    ("nbf is negative", r#""nbf":-1"#),
    ("iat in the future", r#""iat":1800000600"#),
    ("iat is a fraction", r#""iat":1799999999.999"#),
    ("cnf binds it", r#""cnf":{"jkt":"x"}"#),
    ("a member named __proto__", r#""__proto__":{"sub":"bob"}"#),
    ("nested objects", r#""a":{"b":{"c":{"d":[1,[2,[3]]]}}}"#),
    ("nested duplicates", r#""a":{"b":1,"b":2}"#),
    ("numbers", r#""n":[0,-0,1e3,0.1,1e-7,123456789012345680000,5e-324]"#),
    ("integers past 2^53", r#""n":[9007199254740993,18446744073709551615,-9223372036854775808]"#),
    ("fractions", r#""n":[0.30000000000000004,1.7976931348623157e308,0.1234567890123456789]"#),
    ("texts", r#""t":["é","e\u0301","\u2028","\"\\\/\b\f\n\r\t"]"#),
    ("literals", r#""l":[null,true,false,[],{}]"#),
    ("names of numbers", r#""2":1,"1":2,"-1":3"#),
    (
        "Better Auth's user",
        r#""email":"ann@example.com","emailVerified":false,"image":null,"createdAt":"2026-11-21T01:39:59.799Z""#,
    ),
    ("many scopes", r#""scope":"tasks:read tasks:write  a\u0009b""#),
];

pub(crate) fn all(ring: &KeyRing) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for algorithm in Algorithm::ALL {
        let good = good(algorithm);
        seeds.push(seed(format!("{algorithm}"), good.clone(), algorithm));
        let spaced = Draft { header: spaced(&good.header), payload: spaced(&good.payload), ..good };
        seeds.push(seed(format!("{algorithm} with white space"), spaced, algorithm));
        let unnamed =
            Draft { header: format!(r#"{{"alg":"{algorithm}"}}"#).into(), ..self::good(algorithm) };
        seeds.push(seed(format!("{algorithm} without kid"), unnamed, algorithm));
        let wide = with_claims(algorithm, r#""aud":["other","task-api"]"#);
        seeds.push(seed(format!("{algorithm} for two audiences"), wide, algorithm));
        for typ in ["JWT", "at+jwt"] {
            let typed = with_header(algorithm, &format!(r#""typ":"{typ}""#));
            seeds.push(seed(format!("{algorithm} typ {typ}"), typed, algorithm));
        }
    }
    let mut quick = QUICK.into_iter().cycle();
    let mut next = || quick.next().unwrap_or(Algorithm::EdDsa);
    for (name, members) in PAYLOADS {
        for _ in 0..2 {
            let algorithm = next();
            seeds.push(seed(
                format!("{algorithm} {name}"),
                with_claims(algorithm, members),
                algorithm,
            ));
        }
    }
    for members in odd::HEADERS {
        let algorithm = next();
        seeds.push(seed(
            format!("{algorithm} header {members}"),
            with_header(algorithm, members),
            algorithm,
        ));
    }
    for typ in odd::TYPES {
        let algorithm = next();
        let draft = with_header(algorithm, &format!(r#""typ":{typ}"#));
        seeds.push(seed(format!("{algorithm} typ {typ}"), draft, algorithm));
    }
    for alg in odd::ALGORITHMS {
        let algorithm = next();
        let header = format!(r#"{{"alg":{alg},"kid":"{}"}}"#, signer(algorithm));
        let draft = Draft { header: header.into(), ..good(algorithm) };
        seeds.push(seed(format!("{algorithm} alg {alg}"), draft, algorithm));
    }
    for kid in odd::KIDS {
        let algorithm = next();
        let header = format!(r#"{{"alg":"{algorithm}","kid":{kid}}}"#);
        let draft = Draft { header: header.into(), ..good(algorithm) };
        seeds.push(seed(format!("{algorithm} kid {kid}"), draft, algorithm));
    }
    for value in odd::VALUES {
        let algorithm = next();
        let draft = with_claims(algorithm, &format!(r#""v":{value}"#));
        seeds.push(seed(format!("{algorithm} value {value}"), draft, algorithm));
    }
    seeds.extend(texts(ring));
    seeds
}

fn seed(name: String, draft: Draft, algorithm: Algorithm) -> Seed {
    Seed { name, trust: Trust::of(algorithm), form: Form::Draft(draft) }
}

/// Things that are no token of ours, or spell one in another way.
fn texts(ring: &KeyRing) -> Vec<Seed> {
    let token = ring.sign(&good(Algorithm::EdDsa));
    let hmac = ring.sign(&good(Algorithm::Hs256));
    let parts: Vec<&str> = token.split('.').collect();
    let (header, payload, signature) = (parts[0], parts[1], parts[2]);
    let jwe = |header: &str| {
        format!("{}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA", base64url(header))
    };
    let flattened =
        format!(r#"{{"payload":"{payload}","protected":"{header}","signature":"{signature}"}}"#);
    let none = format!("{}.{payload}.", base64url(r#"{"alg":"none"}"#));
    let of_set = [
        ("JWE dir", jwe(r#"{"alg":"dir","enc":"A256GCM"}"#)),
        ("JWE RSA-OAEP-256", jwe(r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#)),
        ("JWS as JSON", flattened),
        ("alg none", none),
        ("a token with padding", format!("{header}=.{payload}==.{signature}==")),
        ("a token without signature", format!("{header}.{payload}.")),
        ("two tokens", format!("{token}.{token}")),
        ("a token in quotes", format!("\"{token}\"")),
        ("a token of HS256 at the set", hmac),
        ("a token with its scheme", format!("Bearer {token}")),
        ("a token with encoded dots", token.replace('.', "%2E")),
        ("dots", "..".to_owned()),
    ];
    of_set
        .into_iter()
        .map(|(name, text)| Seed {
            name: name.to_owned(),
            trust: Trust::KeySet,
            form: Form::Text(text),
        })
        .collect()
}

/// The name of the key for an algorithm.
fn signer(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Rs256 => "rs256",
        Algorithm::Rs384 => "rs384",
        Algorithm::Rs512 => "rs512",
        Algorithm::Ps256 => "ps256",
        Algorithm::Ps384 => "ps384",
        Algorithm::Ps512 => "ps512",
        Algorithm::Es256 => "es256",
        Algorithm::Es384 => "es384",
        Algorithm::Es512 => "es512",
        Algorithm::EdDsa => "ed1",
        secret => secret.as_str(),
    }
}

/// A good token: nobody has a reason to refuse it.
fn good(algorithm: Algorithm) -> Draft {
    let signer = signer(algorithm);
    let header = if algorithm.is_symmetric() {
        format!(r#"{{"alg":"{algorithm}"}}"#)
    } else {
        format!(r#"{{"alg":"{algorithm}","kid":"{signer}"}}"#)
    };
    let payload = format!(
        r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}","sub":"alice","sid":"s1","jti":"t1","iat":{NOW},"exp":{},"scope":"tasks:read","role":"user"}}"#,
        NOW + 900,
    );
    Draft { header: header.into(), payload: payload.into(), signer }
}

fn with_header(algorithm: Algorithm, members: &str) -> Draft {
    let good = good(algorithm);
    Draft { header: with(&good.header, members), ..good }
}

/// The good claims with others in their place.
fn with_claims(algorithm: Algorithm, members: &str) -> Draft {
    let mut draft = good(algorithm);
    let name = members.split(':').next().unwrap_or_default();
    let known = super::json_text::members(&draft.payload);
    if let Some(member) =
        known.into_iter().find(|m| draft.payload[m.name.clone()] == *name.as_bytes())
    {
        let end = member.value.end + usize::from(draft.payload[member.value.end] == b',');
        draft.payload.drain(member.name.start..end);
    }
    draft.payload = with(&draft.payload, members);
    draft
}

fn with(json: &[u8], members: &str) -> Vec<u8> {
    [b"{", members.as_bytes(), b",", &json[1..]].concat()
}

/// White space wherever it may stand.
fn spaced(json: &[u8]) -> Vec<u8> {
    super::json_text::words(json)
        .into_iter()
        .flat_map(|word| [b" \n", &json[word]].concat())
        .chain(*b"\t\r\n")
        .collect()
}
