//! A token that is remembered is held again against what was taken back only when something was since: here,
//! in this process, or by its issuer. Two counts say so, and what did not change is not looked through again.

use std::sync::atomic::{AtomicU64, Ordering};

use countersign_jwt::Claims;

use crate::{
    feed::{Feed, HashedNames},
    guard::{Inner, Trusted},
    revocation::Revoked,
    token_cache::VerifiedToken,
};

/// How much had been taken back when a token was last held against it.
#[derive(Default)]
pub(crate) struct HeldAgainst {
    /// In this process.
    here: AtomicU64,
    /// By the issuer.
    by_issuer: AtomicU64,
}

impl HeldAgainst {
    /// All there is now. To be asked before anything is looked up: what comes meanwhile is looked up by the
    /// next request.
    pub(crate) fn all(guard: &Inner, issuer: usize) -> Self {
        Self {
            here: guard.revocations.generation().into(),
            by_issuer: guard.issuers[issuer].taken_back().into(),
        }
    }
}

impl Trusted {
    /// Changes with everything that the issuer takes back.
    fn taken_back(&self) -> u64 {
        self.feed.as_ref().map_or(0, Feed::end)
    }
}

impl Inner {
    /// By what a verified token was taken back, here or by its issuer, if it was.
    pub(crate) fn revoked(
        &self,
        issuer: usize,
        claims: &Claims,
        token: &str,
        names: Option<&HashedNames>,
    ) -> Option<Revoked> {
        let here = self.revoked_here(issuer, claims, token);
        let feed = &self.issuers[issuer].feed;
        here.or_else(|| feed.as_ref()?.find(claims, token, names))
    }

    /// The same for a token that is remembered, by what came since it was last asked.
    pub(crate) fn revoked_since(&self, verified: &VerifiedToken) -> Option<Revoked> {
        let VerifiedToken { token, issuer, names, held_against, .. } = verified;
        let claims = verified.identity.claims()?;
        let here = self.revocations.generation();
        if held_against.here.load(Ordering::Acquire) != here {
            if let Some(revoked) = self.revoked_here(*issuer, claims, token) {
                return Some(revoked);
            }
            held_against.here.store(here, Ordering::Release);
        }
        let issuer = &self.issuers[*issuer];
        let (by_issuer, before) =
            (issuer.taken_back(), held_against.by_issuer.load(Ordering::Acquire));
        if before != by_issuer {
            let feed = issuer.feed.as_ref();
            let find = |feed: &Feed| feed.find_since(before, claims, token, names.as_ref());
            if let Some(revoked) = feed.and_then(find) {
                return Some(revoked);
            }
            held_against.by_issuer.store(by_issuer, Ordering::Release);
        }
        None
    }

    fn revoked_here(&self, issuer: usize, claims: &Claims, token: &str) -> Option<Revoked> {
        self.revocations.find(&self.issuers[issuer].name, claims, token)
    }
}
