//! The guard, broken: what it remembers, what was taken back, who may call, cookies and answers.

use super::{Edit, Variant, variant};

pub(super) const PACKAGE: &str = "countersign";

pub(super) const VARIANTS: &[Variant] = &[
    // What it remembers of verified tokens.
    variant!("a remembered token outlives its key", "token_cache.rs":
        "self.key_generation == key_generation && "
        => "(self.key_generation == key_generation || true) && "),
    variant!("a remembered token outlives itself", "token_cache.rs":
        "(self.verified_at..self.ends_at)" => "(self.verified_at..)"),
    variant!("a remembered token grows too old", "policy.rs":
        "|old_at| old_at.min(expires_at)" => "|_old_at| expires_at"),
    variant!("a remembered token is good before it was verified", "token_cache.rs":
        "(self.verified_at..self.ends_at)" => "(..self.ends_at)"),
    variant!("a remembered token outlives its revocation", "held_against.rs":
        "if held_against.here.load(Ordering::Acquire) != here {"
        => "if held_against.here.load(Ordering::Acquire) > here {"),
    variant!("a remembered token is known by its hash alone", "token_cache.rs":
        ".filter(|held| *held.token == *token)" => ".filter(|held| !held.token.is_empty())"),
    Variant {
        breaks: "whatever stands in its place is the token",
        package: PACKAGE,
        edits: &[
            Edit {
                file: "token_cache.rs",
                original: "if place.hash.load(Ordering::Relaxed) != hash {",
                broken: "if place.hash.load(Ordering::Relaxed) != hash && false {",
            },
            Edit {
                file: "token_cache.rs",
                original: ".filter(|held| *held.token == *token)",
                broken: "",
            },
        ],
    },
    // What was taken back.
    variant!("a revocation is not counted", "revocation.rs":
        "self.0.generation.fetch_add(1, Ordering::Release);"
        => "self.0.generation.fetch_max(1, Ordering::Release);"),
    variant!("a session is looked for among the tokens", "revocation.rs":
        "ended(Kind::Session, issuer, sid.as_bytes())" => "ended(Kind::Token, issuer, sid.as_bytes())"),
    variant!("the session of a cookie is looked for among the tokens", "revocation.rs":
        "self.entry(Kind::Session, issuer, session.session_id()"
        => "self.entry(Kind::Token, issuer, session.session_id()"),
    variant!("a session of a cookie cannot be revoked", "guard.rs":
        "self.revocations.find_session(name, &session)"
        => "self.revocations.find_session(name, &session).filter(|_| false)"),
    variant!("a token issued at the moment outlives its user", "revocation.rs":
        "issued_at <= entry.up_to" => "issued_at < entry.up_to"),
    variant!("a session begun at the moment outlives its user", "revocation.rs":
        "<= user.up_to)" => "< user.up_to)"),
    variant!("a token that does not say when it was issued is the newest", "revocation.rs":
        "claims.issued_at().map_or(0, seconds)" => "claims.issued_at().map_or(u32::MAX, seconds)"),
    variant!("an earlier moment takes a revocation back", "revocation.rs":
        "entry.up_to = entry.up_to.max(up_to);" => "entry.up_to = up_to;"),
    variant!("a clock that was set back shortens a revocation", "revocation.rs":
        "entry.forget_after.max(forget_after)" => "forget_after"),
    variant!("a revocation is forgotten a day early", "revocation.rs":
        "self.0.kept + CLOCK_ERROR" => "self.0.kept"),
    variant!("a revocation is forgotten in its last second", "revocation.rs":
        "entry.forget_after >= now" => "entry.forget_after > now"),
    variant!("what one issuer revokes all issuers revoke", "revocation.rs":
        "hash_one((kind, issuer, name))" => "hash_one((kind, name))"),
    variant!("names of all kinds are one", "revocation.rs":
        "hash_one((kind, issuer, name))" => "hash_one((issuer, name))"),
    variant!("a token cannot be revoked by its hash", "revocation.rs":
        "self.0.by_hash.store(true" => "self.0.by_hash.store(false"),
    variant!("revocations may be shorter than tokens", "builder.rs":
        "if kept < lives {" => "if kept < lives && false {"),
    variant!("a token needs no id where it has to have one", "guard.rs":
        "policy.requires_token_id() && claims" => "!policy.requires_token_id() && claims"),
    // Tokens that count once.
    variant!("a token that counts once counts twice", "replay/memory.rs":
        "if spent.names.contains_key(&name) {" => "if spent.names.contains_key(&name) && false {"),
    variant!("a spent token is forgotten to make room", "replay/memory.rs":
        "return Err(Refusal::ReplaysFull);" => "spent.names.clear();"),
    variant!("a spent token is forgotten before the leeway", "replay/mod.rs":
        "claims.expires_at().saturating_add(leeway)"
        => "claims.expires_at().saturating_add(leeway - leeway)"),
    variant!("a token spent at one issuer is spent at all", "replay/mod.rs":
        "Box::from(identity.issuer())" => "Box::from(&identity.issuer()[..0])"),
    variant!("tokens without id are one token", "replay/mod.rs":
        "claims.token_id().ok_or(Refusal::NotSpendable)?" => "claims.token_id().unwrap_or_default()"),
    variant!("a cookie counts as often as it likes", "replay/mod.rs":
        "let claims = identity.claims().ok_or(Refusal::NotSpendable)?;"
        => "let Some(claims) = identity.claims() else { return Ok(()) };"),
    variant!("without an answer of the auth server a token counts", "replay/shared.rs":
        "Err(Refusal::SpentTokensUnavailable)" => "Ok(())"),
    variant!("a token that was spent in another process counts", "replay/shared.rs":
        "Answer::Spent => Err(Refusal::Replayed)," => "Answer::Spent => Ok(()),"),
    variant!("whoever says yes is the auth server", "replay/answer.rs":
        "if said().attempt.as_deref() == Some(attempt)" => "if said().attempt.as_deref() != Some(\"\")"),
    variant!("requests at the same time are one use of a token", "replay/attempt.rs":
        "self.attempts.remove(&key);" => ""),
    variant!("an answer that was lost costs the token", "replay/attempt.rs":
        "if own.attempts.len() < MOST {" => "if own.attempts.len() < MOST && false {"),
    variant!("of several answers that were lost all but one cost the token", "replay/shared.rs":
        "Some(next) => attempt = next," => "Some(_next) => return Ok(Answer::Spent),"),
    variant!("a request that is refused costs the token of one whose answer was lost", "replay/mod.rs":
        "&& !shared.is_open(&name) {" => "&& (true || !shared.is_open(&name)) {"),
    variant!("the auth server is asked for what was spent here", "replay/mod.rs":
        "if self.memory.knows(&name)" => "if false && self.memory.knows(&name)"),
    variant!("a list of routes takes a token twice", "axum/routes.rs":
        "if access.needs_once() {" => "if access.needs_once() && false {"),
    variant!("a layer takes a token twice", "tower.rs":
        "if access.needs_once() {" => "if access.needs_once() && false {"),
    // Who may call.
    variant!("the path is compared without letter case", "access.rs":
        "user_id != Some(identity.subject())"
        => "!user_id.is_some_and(|user| user.eq_ignore_ascii_case(identity.subject()))"),
    variant!("a path that names nobody belongs to everybody", "access.rs":
        "user_id != Some(identity.subject())" => "user_id.is_some_and(|user| user != identity.subject())"),
    variant!("one of several scopes means all", "access.rs":
        "names.iter().any(|name| identity.has_scope(name.as_ref()))"
        => "names.iter().all(|name| identity.has_scope(name.as_ref()))"),
    variant!("one of no scopes is always there", "access.rs":
        "names.iter().any(|name| identity.has_scope(name.as_ref()))"
        => "names.is_empty() || names.iter().any(|name| identity.has_scope(name.as_ref()))"),
    variant!("one of several roles means all", "access.rs":
        "names.iter().any(|name| identity.has_role(name.as_ref()))"
        => "names.iter().all(|name| identity.has_role(name.as_ref()))"),
    variant!("one of no roles is always there", "access.rs":
        "names.iter().any(|name| identity.has_role(name.as_ref()))"
        => "names.is_empty() || names.iter().any(|name| identity.has_role(name.as_ref()))"),
    variant!("of several scopes in a list the last is asked for", "access.rs":
        "self.scopes.push(names.into_iter().map(Into::into).collect());"
        => "self.scopes = vec![names.into_iter().map(Into::into).collect()];"),
    variant!("of several roles in a list the last is asked for", "access.rs":
        "self.roles.push(names.into_iter().map(Into::into).collect());"
        => "self.roles = vec![names.into_iter().map(Into::into).collect()];"),
    variant!("any of several scopes means each", "axum/any_of.rs":
        "HasAnyScope<Scopes> any_scope;"
        => "HasAnyScope<Scopes> |identity, names: &[&str]| {
            names.iter().try_for_each(|name| any_scope(identity, &[name]))
        };"),
    variant!("each of several scopes means any", "axum/any_of.rs":
        "names.iter().try_for_each(|name| any_scope(identity, &[name]))"
        => "any_scope(identity, names)"),
    variant!("any of several roles means each", "axum/any_of.rs":
        "HasAnyRole<Roles> any_role;"
        => "HasAnyRole<Roles> |identity, names: &[&str]| {
            names.iter().try_for_each(|name| any_role(identity, &[name]))
        };"),
    variant!("each of several roles means any", "axum/any_of.rs":
        "names.iter().try_for_each(|name| any_role(identity, &[name]))"
        => "any_role(identity, names)"),
    variant!("a scope grants what begins with it", "identity.rs":
        "scope == name" => "name.starts_with(scope)"),
    variant!("a scope that is there but empty is the default", "identity.rs":
        "own.is_none().then(" => "(!self.claims().is_some_and(|claims| claims.scopes().is_some_and(|mut own| own.next().is_some()))).then("),
    variant!("a list of routes demands nothing", "axum/routes.rs":
        ".map_err(|refusal| admitted.refuse(refusal, &parts))?;"
        => ".map_err(|refusal| admitted.refuse(refusal, &parts)).ok();"),
    variant!("a route that nobody classified is public", "axum/routes.rs":
        "RoutePolicy::Unclassified => Err(RouteError::Unclassified { route }),"
        => "RoutePolicy::Unclassified => Ok(()),"),
    variant!("a list demands the owner of a path without user", "axum/routes.rs":
        "access.needs_owner() && !self.names_user()" => "access.needs_owner() && self.path.is_empty()"),
    variant!("a layer demands nothing", "tower.rs":
        ".map_err(|refusal| guard.refuse(refusal, Some(&identity), request))?;"
        => ".map_err(|refusal| guard.refuse(refusal, Some(&identity), request)).ok();"),
    variant!("a layer takes an access that asks for the owner", "tower.rs":
        "if access.needs_owner() {" => "if access.needs_owner() && false {"),
    variant!("who sends a bad token is a stranger", "axum/user.rs":
        "<Self as FromRequestParts<S>>::from_request_parts(request, state).await.map(Some)"
        => "Ok(<Self as FromRequestParts<S>>::from_request_parts(request, state).await.ok())"),
    variant!("one guard's decision counts for another guard", "axum/mod.rs":
        "&& admitted.guard.is(&guard)" => "&& (admitted.guard.is(&guard) || true)"),
    variant!("of two Authorization lines the first counts", "credential.rs":
        "if lines.next().is_some() {" => "if lines.next().is_none() && false {"),
    variant!("every unknown kid makes a fetch", "keys/past.rs":
        "Signed::Token => self.token_in_vain_at = Some(now)," => "Signed::Token => self.token_in_vain_at = None,"),
    // Cookies.
    variant!("every route takes cookies", "cookies/mod.rs":
        "request.extensions.get::<AcceptCookies>()?;"
        => "let _ = request.extensions.get::<AcceptCookies>();"),
    variant!("a malformed header leaves the word to a cookie", "guard.rs":
        "Err(Refusal::NoCredential) => return self.decide_by_cookie"
        => "Err(_) => return self.decide_by_cookie"),
    variant!("a change may come from any page", "cookies/mod.rs":
        "self.origins.check(request)?;" => "let _ = self.origins.check(request);"),
    variant!("a change need not say where it comes from", "cookies/origins.rs":
        "_ => Err(CrossSite::NoOrigin)," => "_ => Ok(()),"),
    variant!("of two Origin lines one is enough", "cookies/origins.rs":
        "(Some(_), Some(_)) => Err(CrossSite::SeveralOrigins)," => "(Some(_), Some(_)) => Ok(()),"),
    variant!("an origin that begins like a trusted one is trusted", "cookies/origins.rs":
        "trusted.as_bytes() == origin.as_bytes()"
        => "origin.as_bytes().starts_with(trusted.as_bytes())"),
    variant!("a WebSocket may begin on any page", "cookies/origins.rs":
        "if reads && !headers.contains_key(header::UPGRADE) {" => "if reads {"),
    variant!("the cookies of two sessions are mixed", "cookies/mod.rs":
        "Ok(Some(token)) if !data.is_of(token) =>" => "Ok(Some(token)) if !data.is_of(token) && false =>"),
    variant!("a cookie without signature is no cookie", "cookies/mod.rs":
        "None => Err(CookieError::Signature)," => "None => Ok(None),"),
    variant!("a session lasts until its end and a moment longer", "cookies/mod.rs":
        "if session.expires_at <= now {" => "if session.expires_at < now {"),
    variant!("behind https the plain names of cookies count", "cookies/policy.rs":
        "!verifier.issuer().starts_with(\"http://\")" => "verifier.issuer().is_empty()"),
    // Answers and the log.
    variant!("an answer tells the cause", "refused.rs":
        "refusal.code(), Some(&reference)" => "refusal.cause(), Some(&reference)"),
    variant!("an answer tells what was wrong with the token", "refusal.rs":
        "#[error(\"Invalid token\")]
    InvalidToken(TokenError)," => "#[error(\"{0}\")]
    InvalidToken(TokenError),"),
    variant!("a refused request is not in the audit log", "guard.rs":
        "inner.audit.record(&event);" => "let _ = event;"),
    variant!("a foreign path is not in the audit log", "axum/mod.rs":
        "self.guard.refuse(refusal, Some(&self.identity), request).into()"
        => "crate::refused::Refused::new(refusal, crate::reference::Reference::new()).into()"),
    variant!("the audit log does not know the user", "axum/mod.rs":
        "self.guard.refuse(refusal, Some(&self.identity), request)"
        => "self.guard.refuse(refusal, None, request)"),
];
