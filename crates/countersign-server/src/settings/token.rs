//! The plugin `jwt`: what tokens say, and the keys that sign them.

use countersign_jwt::{Algorithm, RsaSize};
use jiff::SignedDuration;

use super::{ClaimsTemplate, ScopeRules, SettingsError, Wish, reader::Reader};

/// What tokens say, and the keys that sign them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenSettings {
    /// Whether there are tokens at all.
    pub enabled: Wish,
    /// How they are signed.
    pub algorithm: Algorithm,
    /// How long new RSA keys are.
    pub rsa_size: RsaSize,
    /// The claim `iss`.
    pub issuer: String,
    /// The claim `aud`; one is written as a text, several as a list. Never empty.
    pub audience: Vec<String>,
    /// From `iat` to `exp`.
    pub lifetime: SignedDuration,
    /// What the claim `scope` may be; no claim where a user may have none.
    pub scopes: ScopeRules,
    /// Which other claims there are.
    pub claims: ClaimsTemplate,
    /// Whether `get-session` carries a token in `set-auth-jwt`.
    pub header: bool,
    /// For how long a key signs; `None` is for ever.
    pub rotation_interval: Option<SignedDuration>,
    /// For how long a key is published before it signs.
    pub publish_ahead: SignedDuration,
    /// For how much longer the next key waits for guards that lack it.
    pub activation_patience: SignedDuration,
    /// For how long a key is published after it signed last.
    pub grace_period: SignedDuration,
    /// Whether private keys are encrypted at rest.
    pub encrypt_private_keys: bool,
    /// Where the public keys are, under the base path.
    pub jwks_path: String,
}

impl TokenSettings {
    /// About how many keys are published at the same time, when they rotate.
    pub fn keys_published(&self) -> i64 {
        let interval = self.rotation_interval.map(|interval| interval.as_secs().max(1));
        interval.map_or(1, |interval| self.grace_period.as_secs() / interval + 2)
    }
}

impl Reader<'_> {
    pub(super) fn token(&self, origin: &str) -> Result<TokenSettings, SettingsError> {
        let audience: Vec<_> = self.list("token.audience").into_iter().map(str::to_owned).collect();
        let lifetime = self.span("token.lifetime")?;
        let grace_period = self.span("token.grace_period")?;
        if grace_period < lifetime {
            // Tokens would live that nobody can verify any more.
            let expected = "a span that is not shorter than token.lifetime";
            return Err(SettingsError::invalid("token.grace_period", expected));
        }
        let rotation_interval = self.rotation_interval()?;
        let publish_ahead = self.publish_ahead(rotation_interval)?;
        Ok(TokenSettings {
            enabled: self.wish("token.enabled")?,
            algorithm: self
                .parsed("token.algorithm", "EdDSA, or ES, RS, PS or HS with 256, 384 or 512")?,
            rsa_size: self.rsa_size()?,
            issuer: self.text("token.issuer").unwrap_or(origin).to_owned(),
            audience: if audience.is_empty() { vec![origin.to_owned()] } else { audience },
            lifetime,
            scopes: ScopeRules::read(self)?,
            claims: self.claims_template()?,
            header: self.boolean("token.header")?,
            rotation_interval,
            publish_ahead,
            activation_patience: match self.text("token.activation_patience") {
                Some(_) => self.span("token.activation_patience")?,
                None => publish_ahead,
            },
            grace_period,
            encrypt_private_keys: self.boolean("token.encrypt_private_keys")?,
            jwks_path: self.jwks_path()?,
        })
    }

    fn rsa_size(&self) -> Result<RsaSize, SettingsError> {
        match self.required("token.rsa_bits") {
            "2048" => Ok(RsaSize::Bits2048),
            "3072" => Ok(RsaSize::Bits3072),
            "4096" => Ok(RsaSize::Bits4096),
            _ => Err(SettingsError::invalid("token.rsa_bits", "2048, 3072 or 4096")),
        }
    }

    fn rotation_interval(&self) -> Result<Option<SignedDuration>, SettingsError> {
        let key = "token.rotation_interval";
        if self.text(key).is_none() {
            return Ok(None);
        }
        match self.span(key)? {
            SignedDuration::ZERO => {
                Err(SettingsError::invalid(key, "a span such as 30d, or nothing"))
            }
            interval => Ok(Some(interval)),
        }
    }

    /// With a short interval, half of it.
    fn publish_ahead(
        &self,
        interval: Option<SignedDuration>,
    ) -> Result<SignedDuration, SettingsError> {
        let key = "token.publish_ahead";
        let ahead = self.span(key)?;
        let longest = interval.map_or(SignedDuration::MAX, |interval| interval / 2);
        Ok(ahead.min(longest))
    }

    /// A path of its own: no endpoint's last part contains `jwks`.
    fn jwks_path(&self) -> Result<String, SettingsError> {
        let path = self.required("token.jwks_path");
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        let is_own = path.rsplit('/').next().is_some_and(|last| last.contains("jwks"));
        let is_good = path.starts_with('/')
            && path.chars().all(is_plain)
            && !path.contains("//")
            && !path.contains("..")
            && is_own;
        if !is_good {
            let expected = "a path such as /jwks or /.well-known/jwks.json, of letters, digits, \
                            / . _ and -, whose last part contains jwks";
            return Err(SettingsError::invalid("token.jwks_path", expected));
        }
        Ok(path.to_owned())
    }
}
