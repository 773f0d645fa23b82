//! Where mail goes.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use lettre::{message::Mailbox, transport::smtp::authentication::Credentials};
use percent_encoding::percent_decode_str;
use url::Url;

use super::{SettingsError, reader::Reader};

const FORM: &str = "outbox:FOLDER, smtp://user:password@host:587 or smtps://user:password@host:465";
const TLS_FORM: &str = "smtp://host:port without ?tls=…, or with ?tls=required or ?tls=none";

/// How mail is written and where it goes. No `Debug`: it may hold a password.
#[derive(Clone)]
pub struct MailSettings {
    pub(crate) transport: MailTransport,
    pub(crate) app_name: String,
    pub(crate) templates: Option<PathBuf>,
    pub(crate) queue: usize,
}

/// Where mail goes.
#[derive(Clone)]
pub(crate) enum MailTransport {
    /// One JSON file a mail: for development and tests.
    Outbox(PathBuf),
    /// A relay.
    Smtp(Box<Relay>),
}

/// A server that takes mail by SMTP.
#[derive(Clone)]
pub(crate) struct Relay {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: Tls,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) from: Mailbox,
    /// For each step of the conversation.
    pub(crate) timeout: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    /// From the first byte on.
    Always,
    /// By STARTTLS, and never on without.
    Upgraded,
    /// Not at all.
    Never,
}

impl MailSettings {
    /// Whether mail goes to a folder, where nobody receives it.
    pub fn is_outbox(&self) -> bool {
        matches!(self.transport, MailTransport::Outbox(_))
    }

    pub(super) fn read(reader: &Reader<'_>, host: &str) -> Result<Option<Self>, SettingsError> {
        let Some(text) = reader.text("mail.url") else { return Ok(None) };
        let transport = match text.strip_prefix("outbox:") {
            Some("") => return Err(SettingsError::invalid("mail.url", FORM)),
            Some(folder) => MailTransport::Outbox(folder.into()),
            None => MailTransport::Smtp(Box::new(relay(text, reader)?)),
        };
        let app_name = reader.text("mail.app_name").unwrap_or(host);
        if app_name.chars().any(char::is_control) {
            return Err(SettingsError::invalid("mail.app_name", "one line of text"));
        }
        Ok(Some(Self {
            transport,
            app_name: app_name.to_owned(),
            templates: reader.text("mail.templates").map(PathBuf::from),
            queue: reader.number("mail.queue", 1, 65_536)?,
        }))
    }
}

fn relay(text: &str, reader: &Reader<'_>) -> Result<Relay, SettingsError> {
    let invalid = || SettingsError::invalid("mail.url", FORM);
    let url = Url::parse(text).map_err(|_| invalid())?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(invalid)?.to_owned();
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err(invalid());
    }
    let (tls, usual_port) = match (url.scheme(), url.query()) {
        ("smtps", None) => (Tls::Always, 465),
        ("smtp", Some("tls=required")) => (Tls::Upgraded, 587),
        ("smtp", None) if !is_this_machine(&host) => (Tls::Upgraded, 587),
        ("smtp", None | Some("tls=none")) => (Tls::Never, 25),
        ("smtp", Some(_)) => return Err(SettingsError::invalid("mail.url", TLS_FORM)),
        _ => return Err(invalid()),
    };
    let from = reader.required("mail.from").parse().map_err(|_| {
        SettingsError::invalid("mail.from", "a sender such as Example <no-reply@example.com>")
    })?;
    let decoded = |part: &str| {
        percent_decode_str(part).decode_utf8().map(String::from).map_err(|_| invalid())
    };
    let credentials = match (url.username(), url.password()) {
        ("", None) => None,
        ("", Some(_)) | (_, None) => return Err(invalid()),
        (user, Some(password)) => Some(Credentials::new(decoded(user)?, decoded(password)?)),
    };
    let timeout = reader.span("mail.timeout")?.unsigned_abs();
    let port = url.port().unwrap_or(usual_port);
    Ok(Relay { host, port, tls, credentials, from, timeout })
}

/// What does not leave the machine needs no TLS.
fn is_this_machine(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
