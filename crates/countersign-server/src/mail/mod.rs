//! Mail: what is said to an address, and how it gets there.
//!
//! A request takes a [`Place`] in the queue before it looks anybody up, writes what has to be
//! remembered, hands over the mail and answers. Rendering and sending happen behind the answer: how
//! long it takes says nothing about whether a mail was sent, and a relay that is down loses nothing
//! but the mail. When the queue is full, whoever asks is told to come back.
//!
//! | File | What is in it |
//! |---|---|
//! | `message.rs` | which mails there are, and what each carries |
//! | `templates.rs` | from that to subject, text and HTML |
//! | `queue.rs` | the places, and what happens behind the answer |
//! | `outbox.rs`, `smtp.rs` | the two ways out |
//!
//! The log reads which kind of mail failed and what the relay said, never an address, token or link.

mod message;
mod outbox;
mod queue;
mod smtp;
mod templates;

pub(crate) use message::{Mail, MailKind};
pub(crate) use queue::Mailer;
pub use queue::OutgoingMail;
pub use templates::TemplateError;

use self::templates::Written;

/// Why mail cannot be sent at all: the server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// The folder for mail cannot be made.
    #[error("cannot make the folder of mail.url: {0}; choose one that this user can write to")]
    Outbox(#[source] std::io::Error),
    /// No TLS to the relay is possible on this machine.
    #[error("cannot prepare TLS for mail.url: {0}")]
    Tls(#[source] lettre::transport::smtp::Error),
    /// A template cannot be used.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

/// Why one mail was not sent.
#[derive(Debug, thiserror::Error)]
enum DeliveryError {
    #[error("the file could not be written: {0}")]
    File(#[from] std::io::Error),
    #[error("the address is none that mail can be sent to: {0}")]
    Address(#[from] lettre::address::AddressError),
    #[error("the message could not be built: {0}")]
    Message(#[from] lettre::error::Error),
    #[error("{}", what_happened(.0))]
    Relay(#[from] lettre::transport::smtp::Error),
}

/// Of an answer of the relay only its code: the rest of it may repeat the address.
fn what_happened(error: &lettre::transport::smtp::Error) -> String {
    error.status().map_or_else(|| error.to_string(), |code| format!("the relay answered {code}"))
}

impl DeliveryError {
    /// Whether the same mail may get through later.
    fn may_pass(&self) -> bool {
        matches!(self, Self::Relay(error) if !error.is_permanent() && !error.is_client())
    }
}
