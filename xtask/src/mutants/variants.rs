//! The ways in which verifier and guard are broken: a text of a source file, and what stands there
//! instead.

/// A broken variant of a crate.
pub(crate) struct Variant {
    /// What it does, in a sentence.
    pub(crate) breaks: &'static str,
    pub(crate) package: &'static str,
    pub(crate) edits: &'static [Edit],
}

pub(crate) struct Edit {
    /// Below the crate's `src`.
    pub(crate) file: &'static str,
    /// A text that occurs there once.
    pub(crate) original: &'static str,
    pub(crate) broken: &'static str,
}

const VERIFIER: &str = "countersign-jwt";
const GUARD: &str = "countersign";

/// A change of one place.
macro_rules! variant {
    ($package:ident, $breaks:literal, $file:literal: $original:literal => $broken:literal) => {
        Variant {
            breaks: $breaks,
            package: $package,
            edits: &[Edit { file: $file, original: $original, broken: $broken }],
        }
    };
}

/// Reads a member that occurs twice, whichever comes first.
const TWINS: Edit =
    Edit { file: "json/scanner.rs", original: "if twice || name.len()", broken: "if name.len()" };

pub(crate) const VARIANTS: [Variant; 30] = [
    variant!(VERIFIER, "the signature is not checked", "verify.rs":
        "key.verify(compact.signed_bytes(), compact.signature(&mut SignatureBuffer::new())?)?;"
        => "let _ = key.verify(compact.signed_bytes(), compact.signature(&mut SignatureBuffer::new())?);"),
    variant!(VERIFIER, "the issuer is not checked", "verify.rs":
        "check_issuer(&members, &self.issuer)?;" => "let _ = check_issuer(&members, &self.issuer);"),
    variant!(VERIFIER, "the audience is not checked", "verify.rs":
        "check_audience(&members, &self.audience)?;"
        => "let _ = check_audience(&members, &self.audience);"),
    variant!(VERIFIER, "an audience that is no text is overlooked", "claims.rs":
        "if !audiences.iter().all(" => "if audiences.is_empty() && !audiences.iter().all("),
    variant!(VERIFIER, "an expired token is good", "lifetime.rs":
        "if now >= expires_at + leeway {" => "if now >= i64::MAX - leeway {"),
    variant!(VERIFIER, "a token expires a second late", "lifetime.rs":
        "if now >= expires_at + leeway {" => "if now > expires_at + leeway {"),
    variant!(VERIFIER, "a token that is not valid yet is good", "lifetime.rs":
        "not_before.is_some_and(|start| start > now + leeway)"
        => "not_before.is_some_and(|start| start > i64::MAX - leeway)"),
    variant!(VERIFIER, "a fraction makes a token valid early", "lifetime.rs":
        "\"nbf\", f64::ceil" => "\"nbf\", f64::floor"),
    variant!(VERIFIER, "a token made in the future is good", "lifetime.rs":
        "issued_at.is_some_and(|issued| issued > now + leeway)"
        => "issued_at.is_some_and(|issued| issued > i64::MAX - leeway)"),
    variant!(VERIFIER, "a token may live for years", "lifetime.rs":
        "issued_at.unwrap_or(now + leeway) > max" => "issued_at.unwrap_or(now + leeway) > i64::MAX - max"),
    variant!(VERIFIER, "the leeway is doubled", "verify.rs":
        "leeway: DEFAULT_LEEWAY.as_secs()," => "leeway: DEFAULT_LEEWAY.as_secs() * 2,"),
    variant!(VERIFIER, "crit is ignored", "header.rs": "\"crit\", \"cty\"" => "\"cty\", \"cty\""),
    variant!(VERIFIER, "any typ will do", "header.rs":
        "Some(_) => return Err(TokenError::RefusedHeader { member: \"typ\" })," => "Some(_) => {}"),
    variant!(VERIFIER, "a token bound to a proof is a bearer token", "claims.rs":
        "if members.get(\"cnf\").is_some() {" => "if members.get(\"cnf\").is_none() && false {"),
    Variant {
        breaks: "of a member named twice the first counts",
        package: VERIFIER,
        edits: &[TWINS],
    },
    Variant {
        breaks: "of a member named twice the last counts",
        package: VERIFIER,
        edits: &[
            TWINS,
            Edit {
                file: "json/mod.rs",
                original: "self.0.iter().find(",
                broken: "self.0.iter().rfind(",
            },
        ],
    },
    variant!(VERIFIER, "spare bits of base64url may be anything", "base64url.rs":
        "Simd::url_safe(NO_PAD)"
        => "Simd::url_safe(NO_PAD.with_decode_allow_trailing_bits(true))"),
    variant!(VERIFIER, "the header says which algorithm", "key_set.rs":
        "return if key.algorithm() == header.algorithm {" => "return if key.algorithm() == key.algorithm() {"),
    variant!(VERIFIER, "a kid that nobody knows is ignored", "key_set.rs":
        "if let Some(kid) = &header.kid {"
        => "if let Some(kid) = header.kid.as_ref().filter(|kid| self.has_kid(kid)) {"),
    variant!(VERIFIER, "without kid the first of several keys is taken", "key_set.rs":
        "if fitting.next().is_some() { Err(TokenError::AmbiguousKey) } else { Ok(key) }" => "Ok(key)"),
    variant!(VERIFIER, "a key for encryption verifies", "jwk.rs":
        "is_some_and(|purpose| purpose != \"sig\")" => "is_some_and(str::is_empty)"),
    variant!(VERIFIER, "a key that may not verify verifies", "jwk.rs":
        "if twice || !operations.iter().any(|operation| operation == \"verify\") {" => "if twice {"),
    variant!(VERIFIER, "a published secret is a key", "jwk.rs":
        "(\"oct\", _) => return Err(KeyError::PublishedSecret),"
        => "(\"oct\", _) => Key::secret(Algorithm::Hs256, &bytes(jwk, \"k\")?)?,"),
    variant!(GUARD, "the path is compared without letter case", "axum/owner.rs":
        "user == subject" => "user.eq_ignore_ascii_case(subject)"),
    variant!(GUARD, "who sends a bad token is a stranger", "axum/user.rs":
        "<Self as FromRequestParts<S>>::from_request_parts(request, state).await.map(Some)"
        => "Ok(<Self as FromRequestParts<S>>::from_request_parts(request, state).await.ok())"),
    variant!(GUARD, "one guard's decision counts for another guard", "axum/mod.rs":
        "&& admitted.guard.is(&guard)" => "&& (admitted.guard.is(&guard) || true)"),
    variant!(GUARD, "a refused token is not in the audit log", "guard.rs":
        "self.audit(refusal, None, request);" => "let _ = refusal;"),
    variant!(GUARD, "a foreign path is not in the audit log", "axum/owner.rs":
        "guard.audit(&Refusal::NotOwner, Some(identity.subject()), request);" => "let _ = guard;"),
    variant!(GUARD, "every unknown kid makes a fetch", "keys/remote.rs":
        "let pause = in_vain.then_some((now, PAUSE_AFTER_NOTHING_NEW));"
        => "let pause = in_vain.then_some((now, SignedDuration::ZERO));"),
    variant!(GUARD, "of two Authorization lines the first counts", "credential.rs":
        "if lines.next().is_some() {" => "if lines.next().is_none() && false {"),
];
