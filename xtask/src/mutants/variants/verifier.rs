//! The verifier, broken: header, key, signature, claims, and the JSON they are written in.

use super::{Edit, Variant, variant};

pub(super) const PACKAGE: &str = "countersign-jwt";

/// Reads a member that occurs twice, whichever comes first.
const TWINS: Edit =
    Edit { file: "json/scanner.rs", original: "if twice || name.len()", broken: "if name.len()" };

pub(super) const VARIANTS: &[Variant] = &[
    variant!("the signature is not checked", "verify.rs":
        "compact.check_signature(key)?;" => "let _ = compact.check_signature(key);"),
    variant!("the issuer is not checked", "verify.rs":
        "check_issuer(known.iss, &self.issuer)?;" => "let _ = check_issuer(known.iss, &self.issuer);"),
    variant!("the audience is not checked", "verify.rs":
        "check_audience(known.aud, &self.audience)?;"
        => "let _ = check_audience(known.aud, &self.audience);"),
    variant!("an audience that is no text is overlooked", "claims.rs":
        "if !audiences.iter().all(" => "if audiences.is_empty() && !audiences.iter().all("),
    variant!("an audience without a name is for everybody", "claims.rs":
        "if !ours.is_empty() && audiences" => "if audiences.is_empty() || audiences"),
    variant!("an expired token is good", "lifetime.rs":
        "if now >= expires_at + leeway {" => "if now >= i64::MAX - leeway {"),
    variant!("a token expires a second late", "lifetime.rs":
        "if now >= expires_at + leeway {" => "if now > expires_at + leeway {"),
    variant!("a token that is not valid yet is good", "lifetime.rs":
        "not_before.is_some_and(|start| start > now + leeway)"
        => "not_before.is_some_and(|start| start > i64::MAX - leeway)"),
    variant!("a fraction makes a token valid early", "lifetime.rs":
        "\"nbf\", f64::ceil" => "\"nbf\", f64::floor"),
    variant!("a token made in the future is good", "lifetime.rs":
        "issued_at.is_some_and(|issued| issued > now + leeway)"
        => "issued_at.is_some_and(|issued| issued > i64::MAX - leeway)"),
    variant!("a token may live for years", "lifetime.rs":
        "issued_at.unwrap_or(now + leeway) > max" => "issued_at.unwrap_or(now + leeway) > i64::MAX - max"),
    variant!("the oldest age is not asked for", "verify.rs":
        "self.max_age.map_or(Ok(()), " => "self.max_age.filter(|_| false).map_or(Ok(()), "),
    variant!("the leeway is doubled", "verify.rs":
        "leeway: DEFAULT_LEEWAY.as_secs()," => "leeway: DEFAULT_LEEWAY.as_secs() * 2,"),
    variant!("crit is ignored", "header.rs": "\"crit\", \"cty\"" => "\"cty\", \"cty\""),
    variant!("any typ will do", "header.rs":
        "TYPES.iter().any(|t| t.eq_ignore_ascii_case(typ))"
        => "TYPES.iter().any(|t| t.eq_ignore_ascii_case(typ) || true)"),
    variant!("a token bound to a proof is a bearer token", "claims.rs":
        "if known.cnf.is_some() {" => "if known.cnf.is_none() && false {"),
    variant!("a user may have space around the name", "claims.rs":
        "if is_plain_text(subject) && subject.trim() == subject" => "if is_plain_text(subject)"),
    variant!("the hash of a token is made over its signature, too", "token_hash.rs":
        "compact.signed_bytes()" => "[compact.signed_bytes(), token.as_bytes()].concat().as_slice()"),
    Variant {
        breaks: "of a member named twice the first counts",
        package: PACKAGE,
        edits: &[TWINS],
    },
    Variant {
        breaks: "of a member named twice the last counts",
        package: PACKAGE,
        edits: &[
            TWINS,
            Edit {
                file: "json/mod.rs",
                original: "self.0.iter().find(",
                broken: "self.0.iter().rfind(",
            },
        ],
    },
    variant!("among many members one may be named twice", "json/scanner.rs":
        "&& has_twins(&members);" => "&& has_twins(&members[..FEW_MEMBERS]);"),
    variant!("objects and arrays are a level deeper", "json/mod.rs":
        "const MAX_DEPTH: u8 = 16;" => "const MAX_DEPTH: u8 = 17;"),
    variant!("an object may have one more member", "json/scanner.rs":
        "members.len() == MAX_MEMBERS" => "members.len() == MAX_MEMBERS + 1"),
    variant!("an array may have one more element", "json/scanner.rs":
        "elements.len() == MAX_MEMBERS" => "elements.len() == MAX_MEMBERS + 1"),
    variant!("a name may be longer by one byte", "json/scanner.rs":
        "name.len() > MAX_NAME_BYTES" => "name.len() > MAX_NAME_BYTES + 1"),
    variant!("bytes behind the object are overlooked", "json/scanner.rs":
        "(self.at == self.text.len()).then_some(object)" => "Some(object)"),
    variant!("a number may begin with zeros", "json/scanner.rs":
        "if self.take(b'0') {" => "if self.take(b'x') {"),
    variant!("a number beyond a double is some number", "json/scanner.rs":
        ".and_then(Number::from_f64)" => ".map(|number| Number::from_f64(number).unwrap_or(0.into()))"),
    variant!("the first half of a character is a character", "json/string.rs":
        "char::decode_utf16([first, second]).next()?.ok()?"
        => "char::decode_utf16([first, second]).next()?.unwrap_or('?')"),
    variant!("the second half of a character is a character", "json/string.rs":
        "char::from_u32(first.into())?" => "char::from_u32(first.into()).unwrap_or('?')"),
    variant!("NUL is a character", "json/string.rs": "0 => return None," => "0 => ('\\0', 4),"),
    variant!("control characters need no escape", "json/string.rs":
        "(quote | backslash | control) & HIGHEST" => "(quote | backslash | (control & 0)) & HIGHEST"),
    variant!("the number of a character may have a sign", "json/string.rs":
        "digits.bytes().all(|byte| byte.is_ascii_hexdigit())" => "!digits.is_empty()"),
    variant!("spare bits of base64url may be anything", "base64url.rs":
        "Simd::url_safe(NO_PAD)"
        => "Simd::url_safe(NO_PAD.with_decode_allow_trailing_bits(true))"),
    variant!("the header says which algorithm", "key_set.rs":
        "return if key.algorithm() == header.algorithm {" => "return if key.algorithm() == key.algorithm() {"),
    variant!("a kid that nobody knows is ignored", "key_set.rs":
        "if let Some(kid) = &header.kid {"
        => "if let Some(kid) = header.kid.as_ref().filter(|kid| self.has_kid(kid)) {"),
    variant!("without kid the first of several keys is taken", "key_set.rs":
        "if fitting.next().is_some() { Err(TokenError::AmbiguousKey) } else { Ok(key) }" => "Ok(key)"),
    variant!("of keys that share a kid the last is used", "key_set.rs":
        "_ if shared => Err(KeyError::DuplicateKid)," => "_ if shared && false => Err(KeyError::DuplicateKid),"),
    variant!("a usual header chooses the first key", "usual_headers.rs":
        "let key = set.choose(&Header::parse(&text).ok()?).ok()?;"
        => "let key = Header::parse(&text).ok().and(set.keys().next())?.1;"),
    variant!("a usual header chooses among several keys", "usual_headers.rs":
        "let key = set.choose(&Header::parse(&text).ok()?).ok()?;"
        => "let header = Header::parse(&text).ok()?;
            let key = set.choose(&header).ok().or_else(|| set.keys().map(|(_, key)| key).find(|key| key.algorithm() == header.algorithm))?;"),
    variant!("an Ed25519 key of small order verifies", "ed25519.rs":
        "is_below_p(&y) && !SMALL_ORDER.contains(&y)" => "is_below_p(&y)"),
    variant!("an Ed25519 key has a second spelling", "ed25519.rs":
        "is_below_p(&y) && !SMALL_ORDER.contains(&y)" => "!SMALL_ORDER.contains(&y)"),
    variant!("the sign makes an Ed25519 key another point", "ed25519.rs":
        "y[SIZE - 1] &= !SIGN;" => "y[SIZE - 1] &= SIGN | !SIGN;"),
    variant!("a key for encryption verifies", "jwk.rs":
        "is_some_and(|purpose| purpose != \"sig\")" => "is_some_and(str::is_empty)"),
    variant!("a key that may not verify verifies", "jwk.rs":
        "if twice || !operations.iter().any(|operation| operation == \"verify\") {" => "if twice {"),
    variant!("a published secret is a key", "jwk.rs":
        "(\"oct\", _) => return Err(KeyError::PublishedSecret),"
        => "(\"oct\", _) => Key::secret(Algorithm::Hs256, &bytes(jwk, \"k\")?)?,"),
];
