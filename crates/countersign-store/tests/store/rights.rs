//! Who may read a SQLite file.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use countersign_store::{Database, DatabaseUrl};
use rusqlite::Connection;

const NOTE: &str = "CREATE TABLE note (id TEXT)";

fn opened(path: &Path) -> Database {
    let url: DatabaseUrl = format!("sqlite:{}", path.display()).parse().expect("a URL");
    Database::open(&url).expect("opens")
}

/// The files of the folder by name, with their rights.
fn rights(folder: &Path) -> Vec<(String, u32)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|file| {
            let file = file.expect("a file");
            let mode = file.metadata().expect("is there").permissions().mode() & 0o777;
            (file.file_name().into_string().expect("UTF-8"), mode)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn a_file_that_is_made_and_its_journals_are_its_users_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.db");
    let _database = opened(&path);
    // Whoever writes: the journals take after the file.
    let other = Connection::open(&path).expect("opens");
    other.execute_batch(NOTE).expect("is made");
    let private = ["a.db", "a.db-shm", "a.db-wal"].map(|name| (name.to_owned(), 0o600));
    assert_eq!(rights(folder.path()), private);
}

#[test]
fn a_file_that_is_there_keeps_its_rights() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.db");
    Connection::open(&path).and_then(|other| other.execute_batch(NOTE)).expect("is made");
    fs::set_permissions(&path, Permissions::from_mode(0o640)).expect("is ours");
    let _database = opened(&path);
    assert_eq!(rights(folder.path()), [("a.db".to_owned(), 0o640)]);
}

#[test]
fn a_file_that_cannot_be_made_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("nowhere/a.db");
    let url: DatabaseUrl = format!("sqlite:{}", path.display()).parse().expect("a URL");
    let error = Database::open(&url).err().expect("there is no folder").to_string();
    assert!(error.contains("nowhere/a.db") && error.contains("DATABASE_URL"), "{error}");
}
