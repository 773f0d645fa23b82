//! Settings that cannot be used.

use std::path::PathBuf;

use countersign::{FeedError, PolicyError, SourceError};
use countersign_jwt::WeakSecret;
use countersign_store::DatabaseUrlError;

/// Why the service does not start. The text names the setting, the rule and the fix, and never a
/// value that may be a secret.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Not an address with a port.
    #[error("COUNTERSIGN_LISTEN (--listen) is no address with a port, such as 127.0.0.1:8000")]
    Listen,
    /// No issuer, or no proper one.
    #[error(
        "COUNTERSIGN_ISSUER (--issuer) {}; set it to the claim iss of the tokens, for Better Auth \
         its origin such as https://app.example.com", name_rule(*.missing)
    )]
    Issuer {
        /// Nothing was set.
        missing: bool,
    },
    /// No audience, or no proper one.
    #[error(
        "COUNTERSIGN_AUDIENCE (--audience) {}; set it to the claim aud of the tokens, for Better \
         Auth its origin such as https://app.example.com", name_rule(*.missing)
    )]
    Audience {
        /// Nothing was set.
        missing: bool,
    },
    /// The guard's other demands.
    #[error(transparent)]
    Policy(PolicyError),
    /// No keys at all.
    #[error(
        "there are no keys to verify tokens with; set COUNTERSIGN_JWKS_URL (--jwks-url), \
         COUNTERSIGN_DISCOVERY (--discovery), COUNTERSIGN_JWKS_FILE (--jwks-file) or \
         BETTER_AUTH_SECRET"
    )]
    NoKeys,
    /// Keys from several places.
    #[error(
        "keys are set in several places: {}; a shared secret and public keys must not stand side \
         by side (RFC 8725 §3.1), so set one of them and unset the others", .0.join(", ")
    )]
    SeveralKeys(Vec<&'static str>),
    /// The address of the keys.
    #[error(
        "COUNTERSIGN_JWKS_URL (--jwks-url) cannot be used: {0}; \
         an example is https://app.example.com/api/auth/jwks"
    )]
    JwksUrl(SourceError),
    /// Neither of the two documents.
    #[error(
        "COUNTERSIGN_DISCOVERY (--discovery) is neither openid nor oauth; set it to openid for \
         OpenID Connect Discovery, or to oauth for RFC 8414"
    )]
    Discovery,
    /// The issuer is no address that could be asked.
    #[error(
        "COUNTERSIGN_DISCOVERY (--discovery) asks the issuer, and COUNTERSIGN_ISSUER (--issuer) \
         cannot be asked: {0}; an example is https://app.example.com"
    )]
    DiscoveryIssuer(SourceError),
    /// A snapshot of keys that are not fetched.
    #[error(
        "COUNTERSIGN_JWKS_SNAPSHOT (--jwks-snapshot) is for keys that are fetched, and none are; \
         set COUNTERSIGN_JWKS_URL or COUNTERSIGN_DISCOVERY, or unset it"
    )]
    SnapshotOfNothing,
    /// A snapshot where nothing can be kept.
    #[error(
        "COUNTERSIGN_JWKS_SNAPSHOT (--jwks-snapshot) cannot be used: there is no folder {}; make \
         it, so that only this service may write there, or choose another", .0.display()
    )]
    SnapshotFolder(PathBuf),
    /// The address of the revocation feed.
    #[error(
        "COUNTERSIGN_REVOCATIONS_URL (--revocations-url) cannot be used: {0}; \
         an example is https://app.example.com/api/auth/revocations"
    )]
    RevocationsUrl(FeedError),
    /// Settings of a feed that is not followed.
    #[error(
        "COUNTERSIGN_REVOCATIONS_MAX_STALENESS, _ALLOW_FOR, _GUARD and _CREDENTIAL are about a \
         revocation feed, and none is followed; set COUNTERSIGN_REVOCATIONS_URL, or unset them"
    )]
    RevocationsOfNothing,
    /// How old it may be.
    #[error(
        "COUNTERSIGN_REVOCATIONS_MAX_STALENESS (--revocations-max-staleness) is no number of \
         seconds between 1 and 86400; 10 is a good value"
    )]
    RevocationsMaxStaleness,
    /// For how much longer.
    #[error(
        "COUNTERSIGN_REVOCATIONS_ALLOW_FOR (--revocations-allow-for) is no number of seconds; \
         unset it, and what is not known to be good is refused"
    )]
    RevocationsAllowFor,
    /// The name of this process.
    #[error(
        "COUNTERSIGN_REVOCATIONS_GUARD (--revocations-guard) has to be 1 to 64 of A-Z a-z 0-9 . _ - \
         and another one for each process, such as tasks-api-1"
    )]
    RevocationsGuard,
    /// The resource server's credential. The value is a secret.
    #[error(
        "COUNTERSIGN_REVOCATIONS_CREDENTIAL has to be name:secret, as the issuer has it in \
         resource_servers.credentials"
    )]
    RevocationsCredential,
    /// One of the two is missing.
    #[error(
        "COUNTERSIGN_REVOCATIONS_GUARD (--revocations-guard) and COUNTERSIGN_REVOCATIONS_CREDENTIAL \
         belong together; set both, or neither"
    )]
    RevocationsRegistration,
    /// The file with the keys.
    #[error(
        "COUNTERSIGN_JWKS_FILE (--jwks-file) cannot be used: {}: {cause}{}; it has to be a JSON Web \
         Key Set as the issuer's /api/auth/jwks shows it, with at least one public key",
        path.display(), because(cause)
    )]
    JwksFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: SourceError,
    },
    /// The shared secret is none, or can be guessed.
    #[error("BETTER_AUTH_SECRET {0}")]
    Secret(WeakSecret),
    /// The shared secret with something around it that the issuer's may not have.
    #[error("BETTER_AUTH_SECRET begins or ends with white space; remove it")]
    SecretWithSpace,
    /// The database's address.
    #[error("DATABASE_URL (--database-url) cannot be used: {0}")]
    Database(#[from] DatabaseUrlError),
}

fn name_rule(missing: bool) -> &'static str {
    if missing { "is not set" } else { "has a space or a control character in it" }
}

fn because(error: &SourceError) -> String {
    let cause = std::error::Error::source(error);
    cause.map(|cause| format!(": {cause}")).unwrap_or_default()
}
