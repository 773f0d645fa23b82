//! Mail as files, for development and tests: one JSON object each,
//! `{"kind","to","subject","url","token","otp","text","html"}`. By name they are in the order of
//! sending. They hold tokens, so that only the user of the process can read them.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
};

use jiff::Timestamp;
use serde::Serialize;

use super::{Mail, Written};

pub(super) struct Outbox {
    folder: PathBuf,
    number: AtomicU64,
}

#[derive(Serialize)]
struct File<'a> {
    kind: &'a str,
    to: &'a str,
    subject: &'a str,
    url: Option<&'a str>,
    token: Option<&'a str>,
    otp: Option<&'a str>,
    text: &'a str,
    html: &'a str,
}

impl Outbox {
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        Ok(Self { folder, number: AtomicU64::new(0) })
    }

    /// Writes the file under another name first: who watches the folder never sees half a mail.
    pub(super) fn deliver(&self, mail: &Mail, written: &Written, now: Timestamp) -> io::Result<()> {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let name = format!("{:013}-{number:06}-{}", now.as_millisecond(), mail.kind.name());
        let unfinished = self.folder.join(format!("{name}.part"));
        let file = File {
            kind: mail.kind.name(),
            to: &mail.to,
            subject: &written.subject,
            url: mail.url.as_deref(),
            token: mail.token.as_deref(),
            otp: mail.otp.as_deref(),
            text: &written.text,
            html: &written.html,
        };
        let mut open = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        open.write_all(serde_json::to_string_pretty(&file)?.as_bytes())?;
        fs::rename(&unfinished, self.folder.join(format!("{name}.json")))
    }
}
