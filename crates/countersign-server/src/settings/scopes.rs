//! What tokens may be good for: scopes for everybody, and more by role.

use std::collections::BTreeMap;

use super::{SettingsError, reader::Reader};

const BY_ROLE: &str = "token.role_scopes";

/// Which scopes the user of a token may have: those of `token.scope`, and those of each of their roles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeRules {
    everybody: Vec<String>,
    by_role: BTreeMap<String, Vec<String>>,
}

impl ScopeRules {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, SettingsError> {
        let everybody = words(reader.required("token.scope")).ok_or_else(|| {
            SettingsError::invalid("token.scope", "words with blanks between them (RFC 6749 §3.3)")
        })?;
        let mut by_role = BTreeMap::new();
        for entry in reader.list(BY_ROLE) {
            let invalid = || {
                let expected = "a role and its scopes each, comma-separated, such as \
                                admin=tasks:read tasks:write; each role once";
                SettingsError::invalid(BY_ROLE, expected)
            };
            let (role, scopes) = entry.split_once('=').ok_or_else(invalid)?;
            let scopes = words(scopes).filter(|scopes| !scopes.is_empty()).ok_or_else(invalid)?;
            let is_new = by_role.insert(role.trim().to_owned(), scopes).is_none();
            if role.trim().is_empty() || !is_new {
                return Err(invalid());
            }
        }
        Ok(Self { everybody, by_role })
    }

    /// Whether roles matter.
    pub fn have_roles(&self) -> bool {
        !self.by_role.is_empty()
    }

    /// The scopes of somebody with these roles, each once.
    pub fn allowed<'a>(&self, roles: impl IntoIterator<Item = &'a str>) -> Vec<&str> {
        let of_roles = roles.into_iter().filter_map(|role| self.by_role.get(role)).flatten();
        let mut allowed: Vec<&str> = Vec::new();
        for scope in self.everybody.iter().chain(of_roles) {
            if !allowed.contains(&scope.as_str()) {
                allowed.push(scope);
            }
        }
        allowed
    }
}

/// The words of a scope, if all of them are made of what RFC 6749 §3.3 allows.
fn words(text: &str) -> Option<Vec<String>> {
    let is_word =
        |word: &str| word.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
    let words: Vec<_> = text.split_ascii_whitespace().collect();
    words.iter().all(|word| is_word(word)).then(|| words.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(scope: &str, by_role: &str) -> Result<ScopeRules, SettingsError> {
        let values =
            BTreeMap::from([("token.scope", scope.to_owned()), (BY_ROLE, by_role.to_owned())]);
        ScopeRules::read(&Reader { values: &values })
    }

    #[test]
    fn everybody_has_some_and_roles_have_more() {
        let rules = read("a b", "user=c, admin=c d  e").expect("rules");
        assert_eq!(rules.allowed(["user"]), ["a", "b", "c"]);
        assert_eq!(rules.allowed(["admin"]), ["a", "b", "c", "d", "e"]);
        assert_eq!(rules.allowed(["user", "admin"]), ["a", "b", "c", "d", "e"]);
        assert_eq!(rules.allowed(["guest", " admin"]), ["a", "b"]);
        assert!(read("", "").expect("rules").allowed(["admin"]).is_empty());
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for by_role in ["admin", "=a", "admin=", "admin=a,admin=b", "admin=\"a\"", "admin=a\\b"] {
            assert!(read("", by_role).is_err(), "{by_role}");
        }
        assert!(read("a\"b", "").is_err());
    }
}
