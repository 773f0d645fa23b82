//! The two servers: ours and Better Auth on Node, on one database, each on the cores it is given.

use std::{error::Error, fs, process::Command};

use countersign_testing::{Running, SECRET, free_port, http, root};
use serde_json::json;

use crate::step::Watch;

pub(super) const ADDRESS: &str = "ada@example.com";
pub(super) const PASSWORD: &str = "password1234";

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Ours,
    BetterAuth,
}

impl Who {
    pub(super) const BOTH: [Self; 2] = [Self::BetterAuth, Self::Ours];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ours => "countersign",
            Self::BetterAuth => "Better Auth on Node",
        }
    }
}

/// What is set otherwise than usual.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum With {
    /// Nothing.
    Usual,
    /// Sessions are also kept in a cookie, for five minutes.
    CookieCache,
    /// `get-session` carries no token in `set-auth-jwt`.
    NoTokenHeader,
}

/// How a server is started.
#[derive(Clone, Copy)]
pub(super) struct Setup<'a> {
    pub(super) database: &'a str,
    pub(super) with: With,
    /// The only core it may use; all when absent.
    pub(super) core: Option<usize>,
}

/// A server that answers.
pub(super) struct Subject {
    pub(super) who: Who,
    pub(super) url: String,
    process: Running,
    /// From the start of the process to its first answer.
    pub(super) start_up_ms: f64,
}

impl Subject {
    pub(super) fn start(who: Who, setup: Setup<'_>) -> Result<Self, Box<dyn Error>> {
        let port = free_port()?;
        let url = format!("http://127.0.0.1:{port}");
        let mut command = match setup.core {
            None => Command::new("env"),
            Some(core) => {
                let mut command = Command::new("taskset");
                command.args(["--cpu-list", &core.to_string()]);
                command
            }
        };
        let ready = match who {
            Who::Ours => {
                command.arg(root().join("target/release/countersign"));
                command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
                command.env("COUNTERSIGN_RATE_LIMIT__ENABLED", "false");
                command.env("COUNTERSIGN_TOKEN__CLAIMS", "user");
                match setup.with {
                    With::Usual => {}
                    With::CookieCache => {
                        command.env("COUNTERSIGN_SESSION__COOKIE_CACHE", "compact");
                    }
                    With::NoTokenHeader => {
                        command.env("COUNTERSIGN_TOKEN__HEADER", "false");
                    }
                }
                "countersign serves"
            }
            Who::BetterAuth => {
                command.arg("node").arg(root().join("conformance/reference/server.mjs"));
                command.env("PORT", port.to_string()).env("NODE_ENV", "production");
                match setup.with {
                    With::Usual => {}
                    With::CookieCache => {
                        command.env("COOKIE_CACHE", "compact");
                    }
                    With::NoTokenHeader => {
                        command.env("ARRANGEMENT", "no-jwt-header");
                    }
                }
                "ready"
            }
        };
        command
            .env("BETTER_AUTH_URL", &url)
            .env("BETTER_AUTH_SECRET", SECRET)
            .env("BETTER_AUTH_TELEMETRY", "0")
            .env("DATABASE_URL", setup.database);
        let watch = Watch::start();
        let process = Running::start(&mut command, ready)?;
        let answer = http::send(&url, "GET", "/api/auth/ok", &[], None);
        let start_up_ms = watch.seconds() * 1000.0;
        if answer.status != 200 {
            return Err(format!("{} answers /ok with {}", who.name(), answer.status).into());
        }
        Ok(Self { who, url, process, start_up_ms })
    }

    /// Makes the user who signs in.
    pub(super) fn sign_up(&self) -> Result<(), Box<dyn Error>> {
        self.sign_up_as(ADDRESS).map(drop)
    }

    /// Makes so many users; the cookies of a session of each.
    pub(super) fn sessions(&self, count: usize) -> Result<Vec<String>, Box<dyn Error>> {
        let port = self.url.rsplit(':').next().unwrap_or_default();
        (0..count).map(|one| self.sign_up_as(&format!("user{one}.{port}@example.com"))).collect()
    }

    fn sign_up_as(&self, address: &str) -> Result<String, Box<dyn Error>> {
        let body = json!({ "name": "Ada", "email": address, "password": PASSWORD }).to_string();
        let answer = self.post("/api/auth/sign-up/email", &body)?;
        Ok(answer.cookies().collect::<Vec<_>>().join("; "))
    }

    /// Nothing is measured that does not answer as it should.
    pub(super) fn prove(&self, path: &str, sessions: &[String]) -> Result<(), Box<dyn Error>> {
        let cookies = sessions.last().map(|cookies| ("Cookie", cookies.as_str()));
        let headers: Vec<_> = cookies.into_iter().collect();
        let answer = http::send(&self.url, "GET", path, &headers, None);
        let expected = match path {
            "/api/auth/ok" => r#"{"ok":true}"#,
            "/api/auth/jwks" => r#""kid""#,
            "/api/auth/token" => r#"{"token":"#,
            _ => "@example.com",
        };
        if answer.status == 200 && answer.body.contains(expected) {
            return Ok(());
        }
        let (name, status) = (self.who.name(), answer.status);
        Err(format!("{name} answers {path} with {status} and without {expected}").into())
    }

    /// Memory in use now, in MB.
    pub(super) fn memory(&self) -> Result<f64, Box<dyn Error>> {
        self.status_line("VmRSS:")
    }

    /// The most memory that was ever in use, in MB.
    pub(super) fn highest_memory(&self) -> Result<f64, Box<dyn Error>> {
        self.status_line("VmHWM:")
    }

    fn status_line(&self, name: &str) -> Result<f64, Box<dyn Error>> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.ok_or("the kernel says nothing of memory")?.trim().trim_end_matches(" kB");
        Ok(kib.parse::<f64>()? * 1024.0 / 1e6)
    }

    fn post(&self, path: &str, body: &str) -> Result<http::Answer, Box<dyn Error>> {
        let headers = [("Content-Type", "application/json"), ("Origin", &self.url)];
        let answer = http::send(&self.url, "POST", path, &headers, Some(body));
        if answer.status == 200 {
            return Ok(answer);
        }
        Err(format!("{} answers {path} with {}", self.who.name(), answer.body).into())
    }
}
