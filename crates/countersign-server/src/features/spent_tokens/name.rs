//! The name under which a spent token is stored.

use aws_lc_rs::digest::{Context, SHA256};

/// SHA-256 over issuer, type and id, each after its length, in hexadecimal, which no collation folds.
///
/// Who spends it is no part of it: the token counts once for all resource servers.
///
/// There is no key to it: with one that is changed, every spent token would count again.
pub(super) struct Name(String);

impl Name {
    pub(super) fn of(issuer: &str, kind: &str, id: &str) -> Self {
        let mut context = Context::new(&SHA256);
        for part in [issuer, kind, id] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        Self(hex::encode(context.finish()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn t237_names_of_two_issuers_or_two_types_are_two_names() {
        let all = [
            ("https://a.test", "access", "1"),
            ("https://b.test", "access", "1"),
            ("https://a.test", "link", "1"),
            ("https://a.test", "access", "2"),
            // The same letters, divided otherwise.
            ("https://a.testa", "ccess", "1"),
            ("https://a.test", "access1", ""),
            ("https://a.test", "acces", "s1"),
            ("", "", "https://a.testaccess1"),
        ];
        let names: BTreeSet<_> = all
            .into_iter()
            .map(|(issuer, kind, id)| Name::of(issuer, kind, id).as_str().to_owned())
            .collect();
        assert_eq!(names.len(), all.len());
        assert!(names.iter().all(|name| name.len() == 64));
    }
}
