//! The guard's revocation feed, broken: what is taken, what is held, how old it may be, and who is asked
//! how often.

use super::{Edit, Variant, guard::PACKAGE, variant};

pub(super) const VARIANTS: &[Variant] = &[
    // Which answers are taken.
    variant!("an answer to another question is taken", "feed/answer.rs":
        "if payload.nonce != nonce {" => "if payload.nonce != nonce && false {"),
    variant!("an answer of another issuer is taken", "feed/answer.rs":
        "if payload.iss != issuer {" => "if payload.iss != issuer && false {"),
    variant!("an answer that leaves something out is taken", "feed/held.rs":
        "if answer.from > held {" => "if answer.from > held && false {"),
    variant!("an answer that promises more and brings nothing is taken", "feed/held.rs":
        "if answer.more && answer.to == held {" => "if answer.more && answer.to == held && false {"),
    variant!("whoever lost something never finds it", "feed/held.rs":
        "newest.filter(|_| !position.is_lost).map_or" => "newest.map_or"),
    variant!("whoever lost something does not ask for it", "feed/held.rs":
        "(!position.is_lost).then_some(" => "true.then_some("),
    // What is held.
    variant!("another sequence takes back what the older one said", "feed/held.rs":
        "std::iter::once(Arc::clone(&set)).chain(kept).collect()"
        => "std::iter::once(Arc::clone(&set)).chain(kept.take(0)).collect()"),
    variant!("the names of an older sequence are looked for in every one", "feed/held.rs":
        "Some(names) if names.way == set.way_to_hash() =>"
        => "Some(names) if names.way == set.way_to_hash() || true =>"),
    variant!("only the first answer of a feed is noticed", "held_against.rs":
        "if before != by_issuer {" => "if before == 0 {"),
    variant!("a feed takes no token back by its hash", "feed/set.rs":
        "self.by_hash.swap(true" => "self.by_hash.swap(false"),
    variant!("a remembered token is not held against the first that came", "feed/recent.rs":
        "since / BLOCK..=end / BLOCK" => "since / BLOCK + 1..=end / BLOCK"),
    variant!("a remembered token is held against what came by its first name only", "feed/recent.rs":
        "self.has_no_bit_of(names.all(), since)" => "self.has_no_bit_of(names.all().take(1), since)"),
    variant!("what was written over counts as read", "feed/recent.rs":
        "&& self.end().wrapping_sub(since) < KEPT" => ""),
    variant!("names are compared with those of another sequence", "feed/recent.rs":
        "self.way.load(Ordering::Acquire) == names.way" => "true"),
    variant!("what came before a sequence began counts as compared", "feed/recent.rs":
        "self.way_since.store(place + 1, Ordering::Release);" => ""),
    variant!("an entry ends before the last token that it refuses", "feed/held.rs":
        "position.slowest.now(now, steady).saturating_sub(KEPT_BEYOND)"
        => "position.slowest.now(now, steady).saturating_add(KEPT_BEYOND)"),
    variant!("a clock that jumps ahead ends entries", "feed/slowest.rs":
        "self.today.map_or(ahead, |slowest| slowest.min(ahead))" => "ahead"),
    variant!("a clock that was behind once keeps entries for ever", "feed/slowest.rs":
        ">= DAY" => ">= i64::MAX"),
    variant!("of two entries of one name the last counts", "feed/table/mod.rs":
        "self.before.max(other.before)" => "other.before"),
    // Whom it refuses.
    variant!("a token issued at the moment outlives its user at the feed", "feed/set.rs":
        "called.since <= term.before" => "called.since < term.before"),
    variant!("a token without iat is the newest to the feed", "feed/names.rs":
        "claims.issued_at().map_or(0, seconds)" => "claims.issued_at().map_or(u32::MAX, seconds)"),
    variant!("a session begun at the moment outlives its user at the feed", "feed/names.rs":
        "let since = seconds(session.created_at());" => "let since = seconds(session.created_at()) + 1;"),
    variant!("every session is older than what its user was refused for", "feed/names.rs":
        "let since = seconds(session.created_at());" => "let since = 0;"),
    variant!("names of all kinds are one at the feed", "feed/names.rs":
        "hasher.write(&[kind.letter()]);" => "let _ = kind.letter();"),
    variant!("a feed says nothing about cookies", "guard.rs":
        "feed.as_ref()?.find_session(&session)"
        => "feed.as_ref()?.find_session(&session).filter(|_| false)"),
    variant!("a feed says nothing about tokens", "held_against.rs":
        "feed.as_ref()?.find(claims, token, names)"
        => "feed.as_ref()?.find(claims, token, names).filter(|_| false)"),
    // How old it may be.
    variant!("no knowledge is too old", "feed/mod.rs":
        "self.age().filter(|age| *age <= self.usable_for)" => "self.age().filter(|_| true)"),
    variant!("an answer is as young as its arrival", "feed/follower.rs":
        "self.held.take(&answer, asked_at," => "self.held.take(&answer, asked_at.max(milliseconds(self.clock.steady())),"),
    variant!("the first page of an answer is the whole of it", "feed/held.rs":
        "Ok(Taken { is_complete: !answer.more," => "Ok(Taken { is_complete: true,"),
    variant!("a token is let in on knowledge that is too old", "guard.rs":
        "fresh?;
        let ends_at" => "fresh.ok();
        let ends_at"),
    variant!("a remembered token is let in on knowledge that is too old", "guard.rs":
        "fresh?;
        self.counters.cache_hit();" => "fresh.ok();
        self.counters.cache_hit();"),
    variant!("a cookie is let in on knowledge that is too old", "guard.rs":
        "fresh?;
        Ok(Identity::of_session" => "fresh.ok();
        Ok(Identity::of_session"),
    // Who is asked, and how often.
    variant!("nobody sees that a task is gone before all is too old", "feed/mod.rs":
        "if age > self.usually_within ||" => "if age > self.usable_for ||"),
    variant!("nobody hears of a fork", "feed/mod.rs":
        "self.forks.load(Ordering::Relaxed) != forks()" => "false"),
    variant!("a forked process asks by its parent's name", "feed/question.rs":
        "if process == self.process {" => "if process == self.process || true {"),
    variant!("more keys are named than the issuer takes", "feed/question.rs":
        "kid.len() <= LONGEST_KIDS" => "kid.len() <= usize::MAX"),
    variant!("servers that do not agree are asked without end", "feed/follower.rs":
        "if !taken.goes_on &&" => "if !taken.goes_on && false &&"),
    variant!("a feed that says when is asked before", "feed/follower.rs":
        "pause_after(failures).max(rest)" => "pause_after(failures).min(rest.max(LONGEST_REST))"),
    variant!("tokens of strangers keep the feed from a new key", "keys/past.rs":
        "Signed::Feed => self.feed_in_vain_at," => "Signed::Feed => self.token_in_vain_at,"),
    variant!("a feed that nobody signs makes a fetch with each answer", "keys/past.rs":
        "Signed::Feed => self.feed_in_vain_at = Some(now)," => "Signed::Feed => self.feed_in_vain_at = None,"),
];
