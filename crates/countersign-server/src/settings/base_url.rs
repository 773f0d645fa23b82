//! Where browsers see this server. Fixed by the settings: never taken from a request, whose `Host`
//! anybody can write.

use std::net::SocketAddr;

use url::Url;

use super::SettingsError;

/// The path under which Better Auth's endpoints are when the base URL has none.
const DEFAULT_PATH: &str = "/api/auth";

/// An origin and the path of the endpoints.
///
/// A URL with a path other than `/` keeps it; otherwise `/api/auth` is appended, as in Better
/// Auth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    origin: String,
    host: String,
    path: String,
    secure: bool,
}

impl BaseUrl {
    /// Reads `http://…` or `https://…`, without query, fragment or user.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        let invalid =
            || SettingsError::invalid("server.base_url", "a URL such as https://app.example.com");
        let url = Url::parse(text).map_err(|_| invalid())?;
        let plain = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !plain || !matches!(url.scheme(), "http" | "https") {
            return Err(invalid());
        }
        let path = match url.path().trim_end_matches('/') {
            "" => DEFAULT_PATH,
            path => path,
        };
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            host: url.host_str().unwrap_or_default().to_owned(),
            path: path.to_owned(),
            secure: url.scheme() == "https",
        })
    }

    /// `http://<listen>`, where the address is one that a browser can reach.
    pub(super) fn of_listener(listen: SocketAddr) -> Result<Self, SettingsError> {
        if listen.ip().is_unspecified() || listen.port() == 0 {
            return Err(SettingsError::BaseUrlMissing);
        }
        Self::parse(&format!("http://{listen}"))
    }

    /// Scheme, host and port, without a slash at the end.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host's name or address.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The path of the endpoints, without a slash at the end.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The URL of the endpoints, without a slash at the end.
    pub fn endpoints(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// Whether browsers come over TLS; cookies are `Secure` then.
    pub fn is_secure(&self) -> bool {
        self.secure
    }
}
