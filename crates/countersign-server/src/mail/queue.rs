//! A bounded queue of mails, and what happens behind the answer.

use std::{sync::Arc, time::Duration};

use countersign_jwt::Clock;
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream};
use tokio::sync::{mpsc, watch};

use super::{
    DeliveryError, Mail, MailError, Written, outbox::Outbox, smtp::Smtp, templates::Templates,
};
use crate::{
    Entropy,
    settings::{BaseUrl, MailSettings, MailTransport},
    verifications::VerificationError,
    wire::ApiError,
};

/// Conversations with the relay at the same time.
const CONVERSATIONS: usize = 4;

/// How long to wait before a mail is tried again that may pass later.
const PAUSES: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(15)];

/// Something to write before the mail may go out.
type Write = BoxFuture<'static, Result<(), VerificationError>>;

struct Errand {
    write: Option<Write>,
    mail: Mail,
    _counted: Counted,
}

/// The way to send mail.
pub(crate) struct Mailer {
    errands: mpsc::Sender<Errand>,
    under_way: watch::Sender<usize>,
}

impl Mailer {
    /// Starts what sends, as a task of the runtime this is called on.
    pub(crate) fn start(
        settings: &MailSettings,
        base_url: &BaseUrl,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, MailError> {
        let way = match &settings.transport {
            MailTransport::Outbox(folder) => {
                Way::Outbox(Outbox::open(folder.clone()).map_err(MailError::Outbox)?)
            }
            MailTransport::Smtp(relay) => {
                Way::Smtp(Box::new(Smtp::prepare(relay, base_url.host()).map_err(MailError::Tls)?))
            }
        };
        let templates = Templates::load(settings, base_url.origin())?;
        let sender = Sender { templates, way, clock, entropy };
        let (errands, queue) = mpsc::channel(settings.queue);
        tokio::spawn(sender.run(queue));
        Ok(Self { errands, under_way: watch::Sender::new(0) })
    }

    /// A place in the queue, or "come back later" when it is full. To be taken before anybody is
    /// looked up, so that the answer does not tell who exists.
    pub(crate) fn place(&self) -> Result<Place, ApiError> {
        let Ok(permit) = self.errands.clone().try_reserve_owned() else {
            tracing::warn!("too many mails wait to be sent; a request was sent away");
            return Err(ApiError::unavailable());
        };
        Ok(Place { permit, under_way: self.under_way.clone() })
    }

    pub(crate) fn outgoing(&self) -> OutgoingMail {
        OutgoingMail { under_way: self.under_way.subscribe() }
    }
}

/// A place in the queue; free again when it is not used.
pub(crate) struct Place {
    permit: mpsc::OwnedPermit<Errand>,
    under_way: watch::Sender<usize>,
}

impl Place {
    /// Sends the mail, behind the answer.
    pub(crate) fn send(self, mail: Mail) {
        self.take(None, mail);
    }

    /// Writes, behind the answer, and then sends. For a write whose time would tell who exists.
    pub(crate) fn write_and_send(
        self,
        write: impl Future<Output = Result<(), VerificationError>> + Send + 'static,
        mail: Mail,
    ) {
        self.take(Some(write.boxed()), mail);
    }

    fn take(self, write: Option<Write>, mail: Mail) {
        let counted = Counted::new(self.under_way);
        self.permit.send(Errand { write, mail, _counted: counted });
    }
}

/// One more mail under way, until it is dropped.
struct Counted(watch::Sender<usize>);

impl Counted {
    fn new(under_way: watch::Sender<usize>) -> Self {
        under_way.send_modify(|number| *number += 1);
        Self(under_way)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|number| *number -= 1);
    }
}

/// The mails that were accepted and are not sent yet.
#[derive(Clone)]
pub struct OutgoingMail {
    under_way: watch::Receiver<usize>,
}

impl OutgoingMail {
    /// Waits until every mail was sent or given up, but no longer than this. How many are left.
    pub async fn finished(mut self, patience: Duration) -> usize {
        let all_done = self.under_way.wait_for(|number| *number == 0);
        let _ = tokio::time::timeout(patience, all_done).await;
        *self.under_way.borrow()
    }
}

enum Way {
    Outbox(Outbox),
    Smtp(Box<Smtp>),
}

struct Sender {
    templates: Templates,
    way: Way,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Sender {
    async fn run(self, queue: mpsc::Receiver<Errand>) {
        // Files keep the order of the requests; a relay keeps none.
        let at_once = match self.way {
            Way::Outbox(_) => 1,
            Way::Smtp(_) => CONVERSATIONS,
        };
        let errands = stream::unfold(queue, async |mut queue| Some((queue.recv().await?, queue)));
        errands.for_each_concurrent(at_once, |errand| self.do_errand(errand)).await;
    }

    async fn do_errand(&self, Errand { write, mail, _counted }: Errand) {
        let kind = mail.kind.name();
        if let Some(write) = write
            && let Err(error) = write.await
        {
            tracing::error!(kind, %error, "what a mail leads to could not be written; it was not sent");
            return;
        }
        let written = match self.templates.write(&mail) {
            Ok(written) => written,
            Err(error) => return tracing::error!(kind, %error, "a mail could not be written"),
        };
        let mut pauses = PAUSES.into_iter();
        while let Err(error) = self.deliver(&mail, &written).await {
            match pauses.next().filter(|_| error.may_pass()) {
                Some(pause) => {
                    tracing::warn!(kind, %error, "a mail was not taken; it is tried again");
                    tokio::time::sleep(pause).await;
                }
                None => return tracing::error!(kind, %error, "a mail could not be sent"),
            }
        }
    }

    async fn deliver(&self, mail: &Mail, written: &Written) -> Result<(), DeliveryError> {
        let now = self.clock.now();
        match &self.way {
            Way::Outbox(outbox) => Ok(outbox.deliver(mail, written, now)?),
            Way::Smtp(smtp) => smtp.deliver(mail, written, now, &*self.entropy).await,
        }
    }
}
