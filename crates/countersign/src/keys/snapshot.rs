//! The last key set on disk, for a service that starts while its issuer is away.
//!
//! The file says where and when the keys were fetched. It is written after a fetch that brought other
//! keys, and now and then to keep its time true; through a file beside it that takes its place, so it is
//! never half written. It is read once, when the first fetch of this process fails, and not used
//!
//! * when it was fetched from another address,
//! * when it is older than the limit for keys without an issuer, or from the future,
//! * when others than its owner may write it: whoever can, can make tokens,
//! * when it cannot be read in full.
//!
//! Each of these is a warning, and so is a file that cannot be written; none is an error. Everything here
//! blocks and belongs on a thread that may.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use countersign_jwt::{KeyError, KeySet};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Four times the largest key set: room for escapes.
const MAX_BYTES: u64 = 1024 * 1024;

pub(super) struct Snapshot {
    path: PathBuf,
    fetched_from: String,
    stale_limit: SignedDuration,
    history: Mutex<History>,
}

/// What this process did with the file. Writes may come late and out of order.
#[derive(Default)]
struct History {
    /// The generation of the keys that were written last, and when these were fetched.
    written: Option<(u64, Timestamp)>,
    /// Keys of this generation and before are trusted no more.
    purged: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    fetched_from: String,
    fetched_at: Timestamp,
    key_set: String,
}

/// Keys of the file.
pub(super) struct Restored {
    pub(super) keys: KeySet,
    pub(super) json: String,
    pub(super) fetched_at: Timestamp,
}

/// Why the file is not used, or could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum SnapshotError {
    #[error("it cannot be read or written")]
    Io(#[from] io::Error),
    #[error("others than its owner may write it; take that right away (chmod go-w)")]
    WritableByOthers,
    #[error("it is not a file of at most {MAX_BYTES} bytes")]
    NotAFile,
    #[error("it is not a snapshot of keys")]
    Corrupt(#[from] serde_json::Error),
    #[error("it holds no key set")]
    KeySet(#[from] KeyError),
    #[error("its keys were fetched from another address")]
    OtherAddress,
    #[error("its keys are too old")]
    TooOld,
    #[error("its keys are from the future")]
    FromTheFuture,
}

impl Snapshot {
    pub(super) fn new(path: PathBuf, fetched_from: String, stale_limit: SignedDuration) -> Self {
        Self { path, fetched_from, stale_limit, history: Mutex::default() }
    }

    /// The keys of the file; `None` when there is no file.
    pub(super) fn read(&self, now: Timestamp) -> Result<Option<Restored>, SnapshotError> {
        let Some(json) = read_whole(&self.path)? else { return Ok(None) };
        let record: Record = serde_json::from_slice(&json)?;
        if record.fetched_from != self.fetched_from {
            return Err(SnapshotError::OtherAddress);
        }
        let age = now.duration_since(record.fetched_at);
        if age > self.stale_limit {
            return Err(SnapshotError::TooOld);
        }
        if age.is_negative() {
            return Err(SnapshotError::FromTheFuture);
        }
        let keys = KeySet::from_jwks_json(record.key_set.as_bytes())?;
        Ok(Some(Restored { keys, json: record.key_set, fetched_at: record.fetched_at }))
    }

    /// Writes the keys, unless the file is as good or better.
    pub(super) fn write(
        &self,
        key_set: &str,
        generation: u64,
        fetched_at: Timestamp,
    ) -> Result<(), SnapshotError> {
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        let is_as_good = history.written.is_some_and(|(written, at)| {
            let apart = fetched_at.duration_since(at).abs();
            generation < written || (generation == written && apart < self.stale_limit / 24)
        });
        if is_as_good || history.purged.is_some_and(|purged| generation <= purged) {
            return Ok(());
        }
        let (fetched_from, key_set) = (self.fetched_from.clone(), key_set.to_owned());
        let record = Record { fetched_from, fetched_at, key_set };
        self.replace(&serde_json::to_vec(&record)?)?;
        history.written = Some((generation, fetched_at));
        Ok(())
    }

    /// Takes the file away: keys of this generation and before are trusted no more.
    pub(super) fn purge(&self, generation: Option<u64>) -> Result<(), SnapshotError> {
        let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        history.purged = history.purged.max(generation);
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn replace(&self, json: &[u8]) -> io::Result<()> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        file.write_all(json)?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        Ok(())
    }
}

/// Does something with the file on a thread that may block. What goes wrong is a warning.
pub(super) async fn on_disk<T: Send + 'static>(
    snapshot: &Arc<Snapshot>,
    act: impl FnOnce(&Snapshot) -> Result<T, SnapshotError> + Send + 'static,
) -> Option<T> {
    let own = Arc::clone(snapshot);
    let done = tokio::task::spawn_blocking(move || act(&own)).await.ok()?;
    let file = snapshot.path.display();
    done.inspect_err(|error| {
        let error: &dyn std::error::Error = error;
        tracing::warn!(target: "countersign::keys", %file, error, "the snapshot of keys cannot be used");
    })
    .ok()
}

fn read_whole(path: &Path) -> Result<Option<Vec<u8>>, SnapshotError> {
    let about = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        about => about?,
    };
    if !about.is_file() || about.len() > MAX_BYTES {
        return Err(SnapshotError::NotAFile);
    }
    if is_writable_by_others(&about) {
        return Err(SnapshotError::WritableByOthers);
    }
    let mut json = Vec::new();
    File::open(path)?.take(MAX_BYTES).read_to_end(&mut json)?;
    Ok(Some(json))
}

#[cfg(unix)]
fn is_writable_by_others(about: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o022 != 0
}

#[cfg(not(unix))]
fn is_writable_by_others(_about: &fs::Metadata) -> bool {
    false
}
