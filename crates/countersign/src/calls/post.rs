//! A question that changes something, with the limits of a download; whatever the answer's status, it is one.

use http::{
    StatusCode,
    header::{ACCEPT, CONTENT_TYPE},
};
use url::Url;

use super::{
    credential::Credential,
    download::{CallError, Downloads, whole},
};

/// What is sent, and where.
pub(crate) struct Post<'p> {
    pub(crate) url: &'p Url,
    /// JSON.
    pub(crate) body: String,
    /// The most bytes of the answer.
    pub(crate) most: usize,
    pub(crate) credential: &'p Credential,
}

impl Downloads {
    /// Status and body of the answer.
    pub(crate) async fn post(&self, post: Post<'_>) -> Result<(StatusCode, Vec<u8>), CallError> {
        let Post { url, body, most, credential: Credential { name, secret } } = post;
        let request = self.client.post(url.clone()).basic_auth(name, Some(secret.as_str()));
        let request = request
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .body(body);
        let answer = request.send().await?;
        let status = answer.status();
        Ok((status, whole(answer, most).await?))
    }
}
