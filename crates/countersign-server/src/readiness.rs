//! What operators have to know of a server that works: `/readyz` says it, and the log when it begins and ends.
//!
//! It is looked for at the start and every few seconds. `/readyz` shows what was found last and asks nothing: anybody
//! may call it who reaches it, and it must not fail or wait because a table cannot be written.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::{task::JoinHandle, time::timeout};

use crate::Auth;

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(5);

/// For so long a server that starts or stops waits for what others are told and tell.
const PATIENCE: Duration = Duration::from_secs(2);

/// A line of `/readyz`.
pub(crate) struct Note {
    /// What it is about; the words may change.
    pub(crate) name: &'static str,
    /// What anybody may read who reaches the probe.
    pub(crate) text: String,
    /// The same for the log, where somebody has to do something about it.
    pub(crate) alarm: Option<String>,
}

/// The name of a note that says that there may be others.
const UNREAD: &str = "unread";

/// What was found last, by feature.
#[derive(Default)]
pub(crate) struct Noticed(Mutex<BTreeMap<&'static str, Vec<Note>>>);

/// What the log is told.
#[derive(Debug, Default, PartialEq, Eq)]
struct News {
    alarms: Vec<String>,
    over: Vec<String>,
}

impl Noticed {
    /// The lines of `/readyz`.
    pub(crate) fn lines(&self) -> Vec<String> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.values().flatten().map(|note| note.text.clone()).collect()
    }

    /// What a feature says counts instead of what it said before. `Err` says why it cannot say anything now: what it
    /// said holds.
    fn says(&self, feature: &'static str, said: Result<Vec<Note>, String>) -> News {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let notes = found.entry(feature).or_default();
        let before = alarms(notes);
        match said {
            Ok(said) => *notes = said,
            Err(why) => {
                let text = format!("what is to be known of {feature} cannot be read");
                let alarm = Some(format!("{text}: {why}"));
                notes.retain(|note| note.name != UNREAD);
                notes.push(Note { name: UNREAD, text, alarm });
            }
        }
        let now = alarms(notes);
        let new = now.iter().filter(|(name, alarm)| before.get(*name) != Some(*alarm));
        let over = before.iter().filter(|(name, _)| !now.contains_key(*name));
        News {
            alarms: new.map(|(_, alarm)| alarm.clone()).collect(),
            over: over.map(|(_, alarm)| alarm.clone()).collect(),
        }
    }
}

/// Those that are for the log, too, by name.
fn alarms(notes: &[Note]) -> BTreeMap<&'static str, String> {
    notes.iter().filter_map(|note| Some((note.name, note.alarm.clone()?))).collect()
}

/// Looks for what operators have to know.
#[derive(Clone)]
pub struct Readiness {
    auth: Auth,
}

impl Readiness {
    pub(crate) fn new(auth: Auth) -> Self {
        Self { auth }
    }

    /// Looks now: `/readyz` shows what there is, and the log is told what is new, and what is over.
    pub async fn look(&self) {
        for feature in self.auth.features() {
            let said = match feature.notes(&self.auth).await {
                Ok(notes) => Ok(notes),
                // Whoever needs the database says that it is away.
                Err(error) if error.is_unavailable() => continue,
                Err(error) => Err(error.to_string()),
            };
            let News { alarms, over } = self.auth.noticed().says(feature.id(), said);
            for alarm in alarms {
                tracing::error!(alarm, "this server needs an operator");
            }
            for over in over {
                tracing::info!(over, "this server needed an operator, and does not any more");
            }
        }
    }

    /// Looks, and does not hold a start up where that takes long: it is looked again soon.
    pub(crate) async fn look_before_start(&self) {
        if timeout(PATIENCE, self.look()).await.is_err() {
            tracing::warn!(
                "others on this database were not told of this server yet: it answers too slowly"
            );
        }
    }

    /// Looks every few seconds, as a task of the runtime that this is called on.
    pub(crate) fn watch(self) -> Watching {
        let auth = self.auth.clone();
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(PAUSE).await;
                self.look().await;
            }
        });
        Watching { auth, task }
    }
}

/// A server is looked after until this ends.
#[must_use = "dropping it ends it"]
pub struct Watching {
    auth: Auth,
    task: JoinHandle<()>,
}

impl Watching {
    /// The server has answered its last request: others are told that it is gone, if that does not take long.
    pub async fn stopped(self) {
        self.task.abort();
        let told = async {
            for feature in self.auth.features() {
                if let Err(error) = feature.stopped(&self.auth).await {
                    tracing::debug!(%error, feature = feature.id(), "others believe for a minute that this server runs");
                }
            }
        };
        if timeout(PATIENCE, told).await.is_err() {
            tracing::debug!(
                "others believe for a minute that this server runs: the database answers too slowly"
            );
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alarm(name: &'static str, words: &str) -> Note {
        Note { name, text: name.to_owned(), alarm: Some(words.to_owned()) }
    }

    fn news(alarms: &[&str], over: &[&str]) -> News {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        News { alarms: owned(alarms), over: owned(over) }
    }

    #[test]
    fn an_alarm_is_told_when_it_begins_when_its_words_change_and_when_it_is_over() {
        let found = Noticed::default();
        let says = |words| found.says("jwt", Ok(vec![alarm("closed", words)]));
        assert_eq!(says("1 of 2"), news(&["1 of 2"], &[]));
        assert_eq!(says("1 of 2"), news(&[], &[]));
        assert_eq!(says("1 of 3"), news(&["1 of 3"], &[]), "it is not over");
        assert_eq!(found.says("jwt", Ok(Vec::new())), news(&[], &["1 of 3"]));
        assert!(found.lines().is_empty());
    }

    #[test]
    fn a_feature_that_cannot_say_anything_hides_nothing_and_ends_nothing() {
        let found = Noticed::default();
        found.says("jwt", Ok(vec![alarm("closed", "1 of 2")]));
        let unread = "what is to be known of jwt cannot be read";
        let told = format!("{unread}: no table");
        assert_eq!(found.says("jwt", Err("no table".to_owned())), news(&[&told], &[]));
        assert_eq!(found.says("jwt", Err("no table".to_owned())), news(&[], &[]));
        assert_eq!(
            found.says("nodes", Ok(vec![alarm("differs", "secret")])),
            news(&["secret"], &[])
        );
        assert_eq!(found.lines(), ["closed", unread, "differs"]);
        let again = found.says("jwt", Ok(vec![alarm("closed", "1 of 2")]));
        assert_eq!(again, news(&[], &[&told]));
    }
}
