//! Mail by SMTP (RFC 5321), over TLS with the system's roots unless the relay is on this machine.
//!
//! Text and HTML are alternatives of one message (RFC 2046 §5.1.4), marked as sent by a machine
//! (RFC 3834), so that nobody's holiday answers it.

use std::time::SystemTime;

use jiff::Timestamp;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{Header, HeaderName, HeaderValue},
    },
    transport::smtp::{Error, extension::ClientId},
};

use super::{DeliveryError, Mail, Written};
use crate::{
    Entropy,
    entropy::random_id,
    settings::{Relay, Tls},
};

pub(super) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    host: String,
}

impl Smtp {
    pub(super) fn prepare(relay: &Relay, host: &str) -> Result<Self, Error> {
        let builder = match relay.tls {
            Tls::Always => AsyncSmtpTransport::<Tokio1Executor>::relay(&relay.host)?,
            Tls::Upgraded => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&relay.host)?,
            Tls::Never => AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&relay.host),
        };
        let builder = builder
            .port(relay.port)
            .timeout(Some(relay.timeout))
            .hello_name(ClientId::Domain(host.to_owned()));
        let builder = match &relay.credentials {
            Some(credentials) => builder.credentials(credentials.clone()),
            None => builder,
        };
        let (transport, from) = (builder.build(), relay.from.clone());
        Ok(Self { transport, from, host: host.to_owned() })
    }

    pub(super) async fn deliver(
        &self,
        mail: &Mail,
        written: &Written,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<(), DeliveryError> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, mail.to.parse()?))
            .subject(&written.subject)
            .date(SystemTime::from(now))
            .message_id(Some(format!("<{}@{}>", random_id(entropy), self.host)))
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(
                written.text.clone(),
                written.html.clone(),
            ))?;
        self.transport.send(message).await?;
        Ok(())
    }
}

/// `Auto-Submitted: auto-generated`.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
