//! Why a server does not start, and what to do about it.

use countersign_cookies::SecretError;
use countersign_jwt::KeyError;
use countersign_kv::RedisError;
use countersign_store::{DatabaseUrl, Inspection, Protection, StoreError};

use crate::mail::MailError;

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The database could not be opened or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database is not new and not complete.
    #[error(
        "the database {url} does not have what this server needs:\n{inspection}\
         Nothing was changed. `countersign migrate apply` runs these statements; \
         back up the database first"
    )]
    Schema {
        /// Which database.
        url: DatabaseUrl,
        /// What is missing.
        inspection: Box<Inspection>,
    },
    /// Plugins of Better Auth keep somebody out of this database whom this server would let in.
    #[error(
        "the database {url} is used with plugins of Better Auth that are not on here, and \
         this server would let in whom they keep out:\n{}Nothing was changed. \
         database.without_protection_of = \"{}\" says that this is known and wanted",
        lines(protections),
        protections.iter().map(|one| one.plugin).collect::<Vec<_>>().join(",")
    )]
    Protected {
        /// Which database.
        url: DatabaseUrl,
        /// By what somebody is kept out.
        protections: Vec<&'static Protection>,
    },
    /// The secret cannot sign tokens.
    #[error(
        "the secret cannot be used to sign tokens: {0}; `countersign secret generate` makes one \
         that can, for a database that is new; one that Better Auth filled needs its secret"
    )]
    Key(#[from] KeyError),
    /// Nothing could be made that asks identity providers.
    #[error("cannot prepare requests to identity providers: {0}")]
    Calls(reqwest::Error),
    /// The secret cannot protect cookies that remember sessions.
    #[error("session.cookie_cache cannot be used: {0}")]
    Secret(#[from] SecretError),
    /// Redis does not answer.
    #[error("{0}; check REDIS_URL, and whether Redis runs")]
    Redis(#[from] RedisError),
    /// The threads that hash passwords could not be started.
    #[error("cannot start the threads that hash passwords: {0}")]
    Threads(#[from] std::io::Error),
    /// Mail cannot be sent.
    #[error(transparent)]
    Mail(#[from] MailError),
}

fn lines(protections: &[&'static Protection]) -> String {
    let line = |one: &&Protection| {
        // The other one is not here at all.
        let fix = match one.plugin {
            "admin" => {
                "; with admin.enabled = true it is on here, too, after `countersign migrate apply` where columns of \
                 it are missing"
            }
            _ => "",
        };
        format!("* {}, which keeps out {} ({}){fix}\n", one.plugin, one.keeps_out, one.column)
    };
    protections.iter().map(line).collect()
}
