//! `GET /revocations` and `POST /revocations`.

use std::time::Duration;

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use countersign_jwt::TokenHash;
use countersign_store::sessions;
use http::HeaderMap;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{
    Revocation,
    entry::Kind,
    guards::{Confirmation, Heard},
    head,
    question::Question,
    record::Place,
};
use crate::{
    Auth,
    edge::{ByResourceServer, Posted, resource_server},
    features::{Ended, commit},
    session::end_known,
    wire::{ApiError, Body, Fields, Query, Reply},
};

pub(super) async fn read(
    revocation: Revocation,
    State(auth): State<Auth>,
    headers: HeaderMap,
    question: Question,
) -> Result<Response, Response> {
    let server = resource_server(&auth, &headers).map_err(IntoResponse::into_response)?;
    if let (Some(resource_server), Some(guard)) = (server, &question.guard) {
        let heard = Heard {
            resource_server,
            guard,
            followed: question.followed.as_ref(),
            kids: question.kids.as_deref(),
        };
        let heard = revocation.guards.heard(auth.database(), heard, auth.now(), auth.entropy());
        heard.await.map_err(|error| ApiError::from(error).into_response())?;
        // Whoever waits for the guard waits longer then; the guard does not.
        if let Err(error) = revocation.guards.write(auth.database(), auth.now()).await {
            tracing::warn!(%error, "how far guards are was not written");
        }
    }
    if question.as_events {
        return Ok(revocation.events(auth, question));
    }
    revocation.one(&auth, &question).await.map_err(ApiError::into_response)
}

/// What is to be taken back.
pub(super) struct Revoke {
    kind: String,
    name: Option<String>,
    token: Option<String>,
    until: Option<i64>,
}

impl Body for Revoke {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        fields.optional_number("until");
        Self {
            kind: fields.text("kind"),
            name: fields.optional_text("name"),
            token: fields.optional_text("token"),
            until: fields.all().get("until").and_then(Value::as_i64),
        }
    }
}

impl Revoke {
    fn ended(self) -> Result<Ended, ApiError> {
        let invalid = |expected: &str| ApiError::validation(format!("[body] expected {expected}"));
        let until = match self.until {
            Some(second) => Some(
                Timestamp::from_second(second)
                    .map_err(|_| invalid("until in seconds since 1970"))?,
            ),
            None => None,
        };
        let name = self.name.filter(|name| (1..=1024).contains(&name.len()));
        match (Kind::of_letter(&self.kind), name, self.token) {
            (Some(Kind::Token), Some(id), None) => Ok(Ended::Token { id, until }),
            (Some(Kind::Session), Some(id), None) => Ok(Ended::Session { id, user_id: None }),
            (Some(Kind::User), Some(id), None) => Ok(Ended::User { id }),
            (Some(Kind::TokenHash), None, Some(token)) => {
                let hash = TokenHash::of(&token).map_err(|_| invalid("a token in compact form"))?;
                Ok(Ended::TokenHash { hash, until })
            }
            _ => Err(invalid("kind j, s or u with a name, or kind t with a token")),
        }
    }
}

/// For whom the answer waits.
pub(super) struct Waits {
    patience: Option<Duration>,
}

impl Query for Waits {
    fn read(fields: &mut Fields<'_>) -> Self {
        let waits = fields.optional_text("wait").as_deref() == Some("all");
        let timeout = fields.optional_text("timeout").and_then(|text| text.parse::<u64>().ok());
        let timeout = Duration::from_secs(timeout.unwrap_or(10).min(30));
        Self { patience: waits.then_some(timeout) }
    }
}

#[derive(Serialize)]
struct Revoked {
    epoch: String,
    sequence: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Vec<String>>,
}

pub(super) async fn revoke(
    revocation: Revocation,
    State(auth): State<Auth>,
    ByResourceServer(name): ByResourceServer,
    RawQuery(query): RawQuery,
    Posted(body): Posted<Revoke>,
) -> Result<Reply, ApiError> {
    let Waits { patience } = Waits::parse(query.as_deref())?;
    let kind = body.kind.clone();
    take_back(&auth, body.ended()?).await?;
    tracing::info!(by = name, kind, "a resource server took something back");
    // What was just committed is at the head, or before it.
    let head = head::head(auth.database(), auth.entropy()).await?;
    let place = Place { epoch: head.epoch, sequence: head.sequence };
    let confirmation = match patience {
        Some(patience) => Some(revocation.wait_for_all(&auth, &place, patience).await?),
        None => None,
    };
    let (confirmed, missing) = match confirmation {
        Some(Confirmation { confirmed, missing }) => (Some(confirmed), Some(missing)),
        None => (None, None),
    };
    let Place { epoch, sequence } = place;
    Reply::json(&Revoked { epoch, sequence, confirmed, missing })
}

/// A session that is here ends here, too.
async fn take_back(auth: &Auth, ended: Ended) -> Result<(), ApiError> {
    if let Ended::Session { id, .. } = &ended
        && auth.sessions().have_rows()
        && let Some((token, user_id)) = sessions::token_and_user_of(auth.database(), id).await?
    {
        return end_known(auth, &token, id.clone(), user_id).await;
    }
    commit(auth, auth.database().begin().await?, &[ended]).await
}
