//! What the auth server says of a token that is to be spent.

use http::StatusCode;
use serde::Deserialize;

use super::ask_error::AskError;

/// The most bytes of an answer.
pub(super) const MAX_BYTES: usize = 4096;

/// What of the answers is looked at.
#[derive(Deserialize)]
struct Said {
    attempt: Option<String>,
    code: Option<String>,
}

/// A clear answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The token counts for this attempt.
    Counts,
    /// It counted for another one.
    Spent,
}

impl Answer {
    /// A 201 counts only with the attempt in it: who answers so to everything is no auth server.
    pub(super) fn read(status: StatusCode, body: &[u8], attempt: &str) -> Result<Self, AskError> {
        let said = || serde_json::from_slice(body).unwrap_or(Said { attempt: None, code: None });
        match status {
            StatusCode::CREATED if said().attempt.as_deref() == Some(attempt) => Ok(Self::Counts),
            StatusCode::CONFLICT if said().code.as_deref() == Some("TOKEN_ALREADY_SPENT") => {
                Ok(Self::Spent)
            }
            StatusCode::CREATED | StatusCode::CONFLICT => Err(AskError::NotOfAnAuthServer),
            StatusCode::BAD_REQUEST => Err(AskError::RefusedToken),
            StatusCode::UNAUTHORIZED => Err(AskError::RefusedCredential),
            StatusCode::NOT_FOUND => Err(AskError::NoEndpoint),
            StatusCode::TOO_MANY_REQUESTS => Err(AskError::TooManyRequests),
            status if status.is_server_error() => Err(AskError::CannotAnswer { status }),
            status => Err(AskError::Status { status }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_is_one() {
        let read = |status: u16, body: &str| {
            let status = StatusCode::from_u16(status).unwrap();
            Answer::read(status, body.as_bytes(), "a-1").map_err(|error| error.code())
        };
        assert_eq!(read(201, r#"{"attempt":"a-1","more":1}"#), Ok(Answer::Counts));
        assert_eq!(read(409, r#"{"message":"","code":"TOKEN_ALREADY_SPENT"}"#), Ok(Answer::Spent));
        for (status, body, code) in [
            (201, r#"{"attempt":"a-2"}"#, "not_of_an_auth_server"),
            (201, r#"{"attempt":["a-1"]}"#, "not_of_an_auth_server"),
            (201, "{}", "not_of_an_auth_server"),
            (201, "", "not_of_an_auth_server"),
            (409, "Conflict", "not_of_an_auth_server"),
            (200, r#"{"attempt":"a-1"}"#, "status"),
            (204, "", "status"),
            (302, r#"{"attempt":"a-1"}"#, "status"),
            (400, r#"{"attempt":"a-1"}"#, "refused_token"),
            (401, r#"{"attempt":"a-1"}"#, "refused_credential"),
            (404, "", "no_endpoint"),
            (429, "", "too_many_requests"),
            (500, r#"{"attempt":"a-1"}"#, "cannot_answer"),
            (503, "", "cannot_answer"),
        ] {
            assert_eq!(read(status, body), Err(code), "{status} {body}");
        }
    }
}
