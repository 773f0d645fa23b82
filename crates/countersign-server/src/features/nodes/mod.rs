//! The servers that share a database, and whether they were told the same.
//!
//! A server that has another secret, audience or policy than the others works by itself, and with them it does not: its
//! cookies are none there, its tokens are refused, or it lets in whom they keep out. So each leaves in the table
//! `serverNode` what it was told, and looks at what the others left in the last minute.
//!
//! What is left can be compared and not read. A setting is a MAC under a key that follows from the secret, and that
//! again one under a random key in the database, and of both there are eight bytes. `/readyz` shows one such number of all of them, by
//! which two servers can be compared; which setting it is that differs is for the log.
//!
//! Servers of two versions may not know the same settings: those are compared that both know.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use aws_lc_rs::hmac;
use countersign_store::{
    StoreError,
    nodes::{self, NodeRow},
    schema::{self, Table},
};
use futures_util::{FutureExt, future::BoxFuture};
use jiff::{SignedDuration, Timestamp};

use super::Feature;
use crate::{
    Auth,
    entropy::random_id,
    readiness::Note,
    settings::{Configuration, SECRET, Settings},
};

/// A server that was not there for so long is not compared with.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(1);

/// And for so long its row stays.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// A server that said so says again after so long that it is there.
const PAUSE: SignedDuration = SignedDuration::from_secs(10);

/// The feature.
pub(super) struct Nodes {
    configuration: Configuration,
    own: Mutex<Option<NodeRow>>,
}

/// What a server was told, as it leaves it.
struct Left {
    /// `name=number`, comma-separated.
    text: String,
    /// One number of all of them.
    fingerprint: String,
}

impl Nodes {
    pub(super) fn new(settings: &Settings) -> Self {
        Self { configuration: settings.configuration.clone(), own: Mutex::default() }
    }

    fn left(&self, key: &str) -> Left {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
        let number = |bytes: &[u8]| hex::encode(&hmac::sign(&key, bytes).as_ref()[..8]);
        let settings = self.configuration.settings();
        let settings: Vec<_> =
            settings.map(|(name, mac)| format!("{name}={}", number(mac))).collect();
        let text = settings.join(",");
        Left { fingerprint: number(text.as_bytes()), text }
    }

    /// Leaves what this server was told, unless it did so just before; its name.
    async fn announce(
        &self,
        auth: &Auth,
        text: &str,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        let known = self.own.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = &known
            && known.configuration == text
            && now.duration_since(known.seen_at).abs() < PAUSE
        {
            return Ok(known.name.clone());
        }
        let name = known.map_or_else(|| random_id(auth.entropy()), |known| known.name);
        let own = NodeRow { name, configuration: text.to_owned(), seen_at: now };
        let name = own.name.clone();
        let database = auth.database();
        if database.execute(&nodes::update(&own)).await? == 0 {
            database.execute(&nodes::insert(&random_id(auth.entropy()), &own)).await?;
            database.execute(&nodes::forget(now - KEPT)).await?;
        }
        *self.own.lock().unwrap_or_else(PoisonError::into_inner) = Some(own);
        Ok(name)
    }

    async fn look(&self, auth: &Auth) -> Result<Vec<Note>, StoreError> {
        let now = auth.now();
        let left = self.left(&key(auth).await?);
        let name = self.announce(auth, &left.text, now).await?;
        let fingerprint = format!("configuration {}", left.fingerprint);
        let mut notes = vec![Note { name: "configuration", text: fingerprint, alarm: None }];
        let others = nodes::list(auth.database(), now - REMEMBERED).await?.into_iter();
        let differing: Vec<_> = others
            .filter(|other| other.name != name)
            .map(|other| differences(&left.text, &other.configuration))
            .filter(|settings| !settings.is_empty())
            .collect();
        if !differing.is_empty() {
            let mut settings = differing.concat();
            settings.sort_unstable();
            settings.dedup();
            let text = "another server on this database has another configuration";
            let alarm = format!(
                "another server on this database has another configuration, or had it until a minute ago, in: {}; \
                 give all of them the same",
                settings.join(", ")
            );
            notes.push(Note {
                name: "another configuration",
                text: text.to_owned(),
                alarm: Some(alarm),
            });
        }
        Ok(notes)
    }
}

/// The key that all servers on the database have.
async fn key(auth: &Auth) -> Result<String, StoreError> {
    loop {
        if let Some(key) = nodes::key(auth.database()).await? {
            return Ok(key);
        }
        match auth.database().execute(&nodes::insert_key(&random_id(auth.entropy()))).await {
            Ok(_) => {}
            Err(error) if error.is_duplicate() => {}
            Err(error) => return Err(error),
        }
    }
}

/// The names of settings that differ. Under another secret they all do, and that one is named.
fn differences<'a>(ours: &'a str, theirs: &str) -> Vec<&'a str> {
    fn numbers(text: &str) -> BTreeMap<&str, &str> {
        text.split(',').filter_map(|one| one.split_once('=')).collect()
    }
    let theirs = numbers(theirs);
    let differs =
        |(name, number): &(&str, &str)| theirs.get(name).is_some_and(|other| other != number);
    let names: Vec<_> = numbers(ours).into_iter().filter(differs).map(|(name, _)| name).collect();
    match names.iter().find(|name| **name == SECRET) {
        Some(secret) => vec![secret],
        None => names,
    }
}

impl Feature for Nodes {
    fn id(&self) -> &'static str {
        "nodes"
    }

    fn tables(&self) -> &'static [Table] {
        &schema::NODES
    }

    fn is_asked_for(&self) -> bool {
        false
    }

    fn notes<'a>(&'a self, auth: &'a Auth) -> BoxFuture<'a, Result<Vec<Note>, StoreError>> {
        self.look(auth).boxed()
    }

    fn stopped<'a>(&'a self, auth: &'a Auth) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            let own = self.own.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(own) = own {
                auth.database().execute(&nodes::delete(&own.name)).await?;
            }
            Ok(())
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_compared_that_both_servers_know() {
        assert!(differences("a=1,b=2", "a=1,b=2").is_empty());
        assert_eq!(differences("a=1,b=2,c=3", "a=1,b=3,d=4"), ["b"]);
        assert!(differences("a=1,new=2", "a=1,old=2").is_empty());
        assert_eq!(differences("a=1,server.secret=2", "a=2,server.secret=3"), [SECRET]);
    }
}
