//! The programs of the system, and what each of them is told.

use std::{path::Path, process::Command};

use countersign_testing::root;

use super::AuthServer;

pub(super) const WEB: &str = "http://localhost:3000";
const AUTH: &str = "127.0.0.1:4000";
const TASKS: &str = "127.0.0.1:8000";
const SCOPES: &str = "tasks:read tasks:write";

/// One program, and how it says that it is ready.
pub(super) struct Program {
    pub(super) name: &'static str,
    pub(super) command: Command,
    pub(super) ready: &'static str,
}

/// Where they listen.
pub(super) fn ports(auth_server: AuthServer) -> &'static [u16] {
    match auth_server {
        AuthServer::Countersign => &[3000, 4000, 8000],
        AuthServer::BetterAuth => &[3000, 8000],
    }
}

/// In the order in which they start: who signs people in comes before the service that asks there for
/// keys and for what was taken back.
pub(super) fn in_order(auth_server: AuthServer, home: &Path, secret: &str) -> Vec<Program> {
    let told = Told { auth_server, home, secret };
    match auth_server {
        AuthServer::Countersign => vec![told.auth(), told.tasks(), told.web()],
        AuthServer::BetterAuth => vec![told.web(), told.tasks()],
    }
}

struct Told<'a> {
    auth_server: AuthServer,
    home: &'a Path,
    secret: &'a str,
}

impl Told<'_> {
    fn auth(&self) -> Program {
        let mut command = release("countersign");
        command
            .args(["serve", "--listen", AUTH, "--development"])
            .env("BETTER_AUTH_SECRET", self.secret)
            .env("BETTER_AUTH_URL", WEB)
            .env("DATABASE_URL", self.database("auth.db"))
            .env("COUNTERSIGN_TOKEN__SCOPE", SCOPES)
            .env("COUNTERSIGN_MAIL", self.mail())
            .env("COUNTERSIGN_CHANGE_EMAIL__ENABLED", "true")
            .env("COUNTERSIGN_DELETE_USER__ENABLED", "true")
            .env("NO_COLOR", "1");
        Program { name: "auth-server", command, ready: "countersign serves" }
    }

    fn tasks(&self) -> Program {
        let issuer = match self.auth_server {
            AuthServer::Countersign => format!("http://{AUTH}"),
            AuthServer::BetterAuth => WEB.to_owned(),
        };
        let mut command = release("tasks-api");
        command
            .args(["--listen", TASKS])
            .env_remove("BETTER_AUTH_SECRET")
            .env("COUNTERSIGN_ISSUER", WEB)
            .env("COUNTERSIGN_AUDIENCE", WEB)
            .env("COUNTERSIGN_JWKS_URL", format!("{issuer}/api/auth/jwks"))
            .env("COUNTERSIGN_REVOCATIONS_URL", format!("{issuer}/api/auth/revocations"))
            .env("DATABASE_URL", self.database("tasks.db"))
            .env("NO_COLOR", "1");
        if self.auth_server == AuthServer::BetterAuth {
            // Its tokens have no claim `scope`.
            command.env("COUNTERSIGN_DEFAULT_SCOPES", SCOPES);
        }
        Program { name: "tasks-api", command, ready: "tasks-api serves" }
    }

    fn web(&self) -> Program {
        let mut command = Command::new("node");
        command
            .current_dir(root().join("apps/web"))
            .arg(root().join("node_modules/next/dist/bin/next"))
            .args(["start", "--hostname", "127.0.0.1", "--port", "3000"])
            .env("NODE_ENV", "production")
            .env("NEXT_TELEMETRY_DISABLED", "1")
            .env("AUTH_SERVER", self.auth_server.name())
            .env("AUTH_SERVER_URL", format!("http://{AUTH}"))
            .env("TASKS_API_URL", format!("http://{TASKS}"))
            .env_remove("BETTER_AUTH_SECRET");
        if self.auth_server == AuthServer::BetterAuth {
            command
                .env("BETTER_AUTH_SECRET", self.secret)
                .env("BETTER_AUTH_URL", WEB)
                .env("DATABASE_URL", self.database("auth.db"))
                .env("COUNTERSIGN_MAIL", self.mail());
        }
        Program { name: "web", command, ready: "Ready in" }
    }

    fn database(&self, name: &str) -> String {
        format!("sqlite:{}", self.home.join(name).display())
    }

    fn mail(&self) -> String {
        format!("outbox:{}", self.home.join("mail").display())
    }
}

fn release(name: &str) -> Command {
    Command::new(root().join("target/release").join(name))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{AuthServer, Program, in_order};

    fn programs(auth_server: AuthServer) -> Vec<Program> {
        in_order(auth_server, Path::new("/home"), "a secret")
    }

    fn names(programs: &[Program]) -> Vec<&str> {
        programs.iter().map(|program| program.name).collect()
    }

    /// What `tasks-api` is told.
    fn told<'a>(programs: &'a [Program], variable: &str) -> Option<&'a str> {
        let tasks = programs.iter().find(|program| program.name == "tasks-api")?;
        let mut variables = tasks.command.get_envs();
        variables.find(|(name, _)| *name == variable)?.1?.to_str()
    }

    #[test]
    fn tasks_api_follows_what_countersign_takes_back() {
        let programs = programs(AuthServer::Countersign);
        assert_eq!(names(&programs), ["auth-server", "tasks-api", "web"]);
        let feed = Some("http://127.0.0.1:4000/api/auth/revocations");
        assert_eq!(told(&programs, "COUNTERSIGN_REVOCATIONS_URL"), feed);
    }

    #[test]
    fn with_better_auth_nobody_else_signs_people_in_and_tasks_api_follows_what_it_takes_back() {
        let programs = programs(AuthServer::BetterAuth);
        assert_eq!(names(&programs), ["web", "tasks-api"]);
        let feed = Some("http://localhost:3000/api/auth/revocations");
        assert_eq!(told(&programs, "COUNTERSIGN_REVOCATIONS_URL"), feed);
    }
}
