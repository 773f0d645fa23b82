//! The keys of one issuer, and the choice among them.
//!
//! A set is either one shared secret or public keys (RFC 7517 §5); a remote set can never bring a
//! secret in. Keys that cannot be used are left out and listed by [`KeySet::skipped`], so that one
//! odd key does not take the others down. Keys that share a `kid` are all left out: which of them is
//! meant would be a guess.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use crate::{
    algorithm::Algorithm,
    compact::Compact,
    error::{KeyError, TokenError},
    header::Header,
    json,
    jwk::{self, NamedKey},
    key::Key,
    usual_headers::usual_headers,
};

/// The most keys a set may hold.
pub const MAX_KEYS: usize = 100;

/// Keys to verify with, parsed once.
pub struct KeySet {
    named: BTreeMap<String, Arc<Key>>,
    unnamed: Vec<Arc<Key>>,
    skipped: Vec<SkippedKey>,
    usual_headers: BTreeMap<String, Arc<Key>>,
}

/// A key of the set that is not used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedKey {
    /// Its `kid`, when it has a readable one.
    pub kid: Option<String>,
    /// Why it is not used.
    pub reason: KeyError,
}

impl KeySet {
    /// Reads a JSON Web Key Set (RFC 7517 §5) of at most [`MAX_KEYS`] keys.
    ///
    /// Fails only when the text is not a key set at all. A set without a usable key is a valid answer
    /// of an issuer; see [`is_empty`](Self::is_empty).
    pub fn from_jwks_json(json: &[u8]) -> Result<Self, KeyError> {
        let members = json::map(json).map_err(|json::NotStrictJson| KeyError::NotAKeySet)?;
        let Some(Value::Array(keys)) = members.get("keys") else {
            return Err(KeyError::NotAKeySet);
        };
        if keys.len() > MAX_KEYS {
            return Err(KeyError::TooManyKeys);
        }
        let (mut named, mut unnamed, mut skipped) = (BTreeMap::new(), Vec::new(), Vec::new());
        for (index, key) in keys.iter().enumerate() {
            let kid = key.get("kid").and_then(Value::as_str);
            let shared = kid.is_some() && has_twin(keys, index, key.get("kid"));
            let parsed = match key.as_object() {
                _ if shared => Err(KeyError::DuplicateKid),
                None => Err(KeyError::NotJson),
                Some(key) => jwk::parse(key),
            };
            match parsed {
                Ok(NamedKey { kid: Some(kid), key }) => {
                    named.insert(kid, Arc::new(key));
                }
                Ok(NamedKey { kid: None, key }) => unnamed.push(Arc::new(key)),
                Err(reason) => {
                    skipped.push(SkippedKey { kid: kid.map(str::to_owned), reason });
                }
            }
        }
        Ok(Self::new(named, unnamed, skipped))
    }

    /// A shared secret for HS256, at least 32 bytes (RFC 7518 §3.2). The key has no `kid`.
    pub fn from_secret(secret: &[u8]) -> Result<Self, KeyError> {
        Self::from_secret_for(Algorithm::Hs256, secret)
    }

    /// A shared secret for `HS256`, `HS384` or `HS512`, at least as long as the hash: 32, 48 or 64
    /// bytes (RFC 7518 §3.2). [`KeyError::Unsupported`] for algorithms with key pairs.
    pub fn from_secret_for(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        Ok(Self::of(None, Key::secret(algorithm, secret)?))
    }

    /// Several shared secrets with names, of which a token's `kid` chooses one: while one secret
    /// follows another. Lengths as for [`from_secret_for`](Self::from_secret_for); two of one name are
    /// [`KeyError::DuplicateKid`].
    pub fn from_named_secrets<'s>(
        secrets: impl IntoIterator<Item = (&'s str, Algorithm, &'s [u8])>,
    ) -> Result<Self, KeyError> {
        let mut named = BTreeMap::new();
        for (kid, algorithm, secret) in secrets {
            let key = Arc::new(Key::secret(algorithm, secret)?);
            if named.insert(kid.to_owned(), key).is_some() {
                return Err(KeyError::DuplicateKid);
            }
        }
        Ok(Self::new(named, Vec::new(), Vec::new()))
    }

    /// A set of exactly one key.
    pub(crate) fn of(kid: Option<String>, key: Key) -> Self {
        let key = Arc::new(key);
        let (named, unnamed) = match kid {
            Some(kid) => (BTreeMap::from([(kid, key)]), Vec::new()),
            None => (BTreeMap::new(), vec![key]),
        };
        Self::new(named, unnamed, Vec::new())
    }

    fn new(
        named: BTreeMap<String, Arc<Key>>,
        unnamed: Vec<Arc<Key>>,
        skipped: Vec<SkippedKey>,
    ) -> Self {
        let mut set = Self { named, unnamed, skipped, usual_headers: BTreeMap::new() };
        set.usual_headers = usual_headers(&set);
        set
    }

    /// How many keys can be used.
    pub fn len(&self) -> usize {
        self.named.len() + self.unnamed.len()
    }

    /// Whether no key can be used.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The names of the keys that have one, in no particular order.
    pub fn kids(&self) -> impl Iterator<Item = &str> {
        self.named.keys().map(String::as_str)
    }

    /// Whether a key has this name.
    pub fn has_kid(&self, kid: &str) -> bool {
        self.named.contains_key(kid)
    }

    /// The keys that are not used, in the order of the set. Worth a line in the log.
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.skipped
    }

    /// All keys with their names.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (Option<&str>, &Arc<Key>)> {
        let named = self.named.iter().map(|(kid, key)| (Some(kid.as_str()), key));
        named.chain(self.unnamed.iter().map(|key| (None, key)))
    }

    /// The key of a token, by its header.
    pub(crate) fn key_of(&self, token: &Compact<'_>) -> Result<&Arc<Key>, TokenError> {
        match self.usual_headers.get(token.encoded_header()) {
            Some(key) => Ok(key),
            None => self.choose(&Header::parse(&token.header()?)?),
        }
    }

    /// The key for a header: by `kid` exactly, or without `kid` the only one that fits. Nothing is
    /// tried out, so a token costs at most one signature check.
    pub(crate) fn choose(&self, header: &Header) -> Result<&Arc<Key>, TokenError> {
        if let Some(kid) = &header.kid {
            let key = self.named.get(kid).ok_or(TokenError::UnknownKey)?;
            return if key.algorithm() == header.algorithm {
                Ok(key)
            } else {
                Err(TokenError::AlgorithmMismatch)
            };
        }
        let mut fitting = (self.named.values().chain(&self.unnamed))
            .filter(|key| key.algorithm() == header.algorithm);
        let key = fitting.next().ok_or(TokenError::NoFittingKey)?;
        if fitting.next().is_some() { Err(TokenError::AmbiguousKey) } else { Ok(key) }
    }
}

fn has_twin(keys: &[Value], index: usize, kid: Option<&Value>) -> bool {
    keys.iter().enumerate().any(|(other, key)| other != index && key.get("kid") == kid)
}
