//! What a guard reads: a page of entries, signed, by itself or as an event.

use std::{convert::Infallible, time::Duration};

use axum::response::{IntoResponse, Response, Sse, sse::Event};
use futures_util::{Stream, stream};
use http::header::CONTENT_TYPE;
use serde::Serialize;

use super::{
    Revocation,
    entry::Entry,
    log::{Followed, Page},
    question::Question,
};
use crate::{Auth, wire::ApiError};

/// What the header says: no token, and no token is taken for one.
const TYP: &str = "revocations+jwt";

/// The longest silence between two events.
const SILENCE: Duration = Duration::from_secs(5);

#[derive(Serialize)]
struct Payload<'a> {
    iss: &'a str,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    epoch: &'a str,
    key: &'a str,
    from: i64,
    to: i64,
    more: bool,
    entries: &'a [Entry],
}

impl Revocation {
    async fn signed(
        &self,
        auth: &Auth,
        page: &Page,
        nonce: Option<&str>,
    ) -> Result<String, ApiError> {
        let Page { epoch, key, from, to, more, entries } = page;
        let payload = Payload {
            iss: &auth.settings().token.issuer,
            iat: auth.now().as_second(),
            nonce,
            epoch,
            key,
            from: *from,
            to: *to,
            more: *more,
            entries,
        };
        self.jwt.sign_message(auth, TYP, &payload).await
    }

    /// One answer, when there is news or the question has waited long enough.
    pub(super) async fn one(&self, auth: &Auth, question: &Question) -> Result<Response, ApiError> {
        let page = self.feed.next(auth, question.followed.as_ref(), question.wait).await?;
        let signed = self.signed(auth, &page, question.nonce.as_deref()).await?;
        Ok(([(CONTENT_TYPE, "application/jwt")], signed).into_response())
    }

    /// An answer at once, then one with each change. What cannot be answered ends the stream: whoever reads
    /// it asks again.
    pub(super) fn events(&self, auth: Auth, question: Question) -> Response {
        let stream = stream::unfold(
            (self.clone(), auth, question, Duration::ZERO),
            async |(this, auth, mut question, patience)| {
                if patience > Duration::ZERO && auth.drain().has_begun() {
                    return None;
                }
                let followed = question.followed.as_ref();
                let page = this.feed.next(&auth, followed, patience).await.ok()?;
                let signed = this.signed(&auth, &page, question.nonce.as_deref()).await.ok()?;
                let event = Event::default().id(format!("{}:{}", page.epoch, page.to)).data(signed);
                question.followed = Some(Followed { epoch: page.epoch, after: page.to });
                Some((Ok::<_, Infallible>(event), (this, auth, question, SILENCE)))
            },
        );
        sse(stream)
    }
}

fn sse(stream: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    Sse::new(stream).into_response()
}
