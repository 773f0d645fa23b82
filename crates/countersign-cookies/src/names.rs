//! How the cookies of a session are called: `<prefix>.<key>`, and `__Secure-` before it behind https.

/// The prefix unless Better Auth's `advanced.cookiePrefix` is set.
const USUAL_PREFIX: &str = "better-auth";

/// The names of one server's cookies. There is one name for each: a server behind https has none
/// without `__Secure-`, so that a cookie which another page could have planted is never taken for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieNames {
    /// The signed name of the session's row.
    pub session_token: String,
    /// The cookie cache.
    pub session_data: String,
    /// Whether the session ends with the browser.
    pub dont_remember: String,
    /// The newest refresh token of a browser.
    pub refresh_token: String,
    /// The signed state of a sign-in at an identity provider.
    pub state: String,
    secure: bool,
}

impl CookieNames {
    /// The names of a server with this prefix. `secure` is whether browsers reach it over https.
    pub fn new(prefix: &str, secure: bool) -> Self {
        let marker = if secure { "__Secure-" } else { "" };
        let name = |key: &str| format!("{marker}{prefix}.{key}");
        Self {
            session_token: name("session_token"),
            session_data: name("session_data"),
            dont_remember: name("dont_remember"),
            refresh_token: name("refresh_token"),
            state: name("state"),
            secure,
        }
    }

    /// Other names for single cookies, Better Auth's `advanced.cookies.<key>.name`. They take the place of
    /// prefix and key; behind https `__Secure-` stands before them, too.
    #[must_use]
    pub fn renamed(mut self, name_of: impl Fn(&str) -> Option<String>) -> Self {
        let marker = if self.secure { "__Secure-" } else { "" };
        let cookies = [
            ("session_token", &mut self.session_token),
            ("session_data", &mut self.session_data),
            ("dont_remember", &mut self.dont_remember),
        ];
        for (key, name) in cookies {
            if let Some(other) = name_of(key) {
                *name = format!("{marker}{other}");
            }
        }
        self
    }

    /// The names of a server that sets no prefix of its own.
    pub fn usual(secure: bool) -> Self {
        Self::new(USUAL_PREFIX, secure)
    }

    /// Whether the cookies are `Secure`.
    pub fn secure(&self) -> bool {
        self.secure
    }
}
