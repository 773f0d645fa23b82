//! The server that is measured, and its one user.

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::Failure;

/// Requests to one server, as one client on kept connections.
#[derive(Clone)]
pub(crate) struct Server {
    http: Client,
    origin: String,
}

impl Server {
    pub(crate) fn at(origin: &str) -> Result<Self, Failure> {
        Ok(Self { http: Client::builder().no_proxy().build()?, origin: origin.to_owned() })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/api/auth{path}", self.origin)
    }

    /// The session of a user who signs up, as a program shows it (the plugin `bearer`).
    pub(crate) async fn sign_up(&self) -> Result<String, Failure> {
        let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "password1234" });
        let url = self.url("/sign-up/email");
        let answer = good(self.http.post(url).json(&body)).await?;
        let session = answer.headers().get("set-auth-token").ok_or("no session is given")?;
        Ok(session.to_str()?.to_owned())
    }

    /// What a grant gives.
    pub(crate) async fn grant(
        &self,
        session: Option<&str>,
        parameters: &[(&str, &str)],
    ) -> Result<Value, Failure> {
        let mut request = self.http.post(self.url("/token")).form(parameters);
        if let Some(session) = session {
            request = request.bearer_auth(session);
        }
        Ok(good(request).await?.json().await?)
    }

    /// Posts as a resource server.
    pub(crate) async fn post_as(
        &self,
        (name, secret): (&str, &str),
        path: &str,
        body: &Value,
    ) -> Result<Value, Failure> {
        let request = self.http.post(self.url(path)).basic_auth(name, Some(secret));
        Ok(good(request.json(body)).await?.json().await?)
    }
}

async fn good(request: RequestBuilder) -> Result<Response, Failure> {
    let answer = request.send().await?;
    let (status, path) = (answer.status(), answer.url().path().to_owned());
    if status.is_success() {
        return Ok(answer);
    }
    Err(format!("{path} answers {status}: {}", answer.text().await?).into())
}
