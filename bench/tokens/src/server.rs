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

    /// The cookie of a user who signs up.
    pub(crate) async fn sign_up(&self) -> Result<String, Failure> {
        let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "password1234" });
        let url = self.url("/sign-up/email");
        let answer = good(self.http.post(url).json(&body)).await?;
        let cookie = answer.headers().get("set-cookie").ok_or("no cookie is set")?.to_str()?;
        Ok(cookie.split(';').next().unwrap_or_default().to_owned())
    }

    /// What a grant gives.
    pub(crate) async fn grant(
        &self,
        cookie: Option<&str>,
        parameters: &[(&str, &str)],
    ) -> Result<Value, Failure> {
        let mut request = self.http.post(self.url("/token")).form(parameters);
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
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
