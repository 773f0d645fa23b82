//! `cargo xtask up`: the whole system on this machine, from one command to one line.

use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Command,
    sync::mpsc,
    thread::{self, JoinHandle},
};

use clap::ValueEnum;
use countersign_testing::{Running, Stopper, root};

use crate::{
    Outcome, machine,
    step::{Steps, output, run as run_program},
};

const WEB: &str = "http://localhost:3000";
const AUTH: &str = "127.0.0.1:4000";
const TASKS: &str = "127.0.0.1:8000";
const PORTS: [u16; 3] = [3000, 4000, 8000];
const SCOPES: &str = "tasks:read tasks:write";

#[derive(clap::Args)]
pub(crate) struct Flags {
    /// Who signs people in: `countersign serve`, or Better Auth inside the web app.
    #[arg(long, env = "AUTH_SERVER", value_enum, default_value = "countersign")]
    auth_server: AuthServer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AuthServer {
    Countersign,
    BetterAuth,
}

impl AuthServer {
    fn name(self) -> &'static str {
        match self {
            Self::Countersign => "countersign",
            Self::BetterAuth => "better-auth",
        }
    }
}

pub(crate) fn run(flags: &Flags) -> Outcome {
    let home = root().join(".countersign");
    fs::create_dir_all(&home)?;
    let mut steps = Steps::new(5);
    steps.step("looking at this machine", || {
        machine::require_node()?;
        machine::require_free_ports(&PORTS)
    })?;
    steps.step("building the servers (release)", || {
        let packages = ["--package", "countersign-cli", "--package", "tasks-api"];
        let mut cargo = Command::new("cargo");
        cargo.current_dir(root()).args(["build", "--release"]).args(packages);
        // Wherever this machine keeps what it builds: they are started from here.
        run_program(cargo.arg("--target-dir").arg(root().join("target")))
    })?;
    steps.step("installing npm packages", || machine::install_node_packages(&root()))?;
    steps.step("building the web app", || {
        let npm = ["run", "build", "--workspaces", "--if-present"];
        run_program(
            Command::new("npm").current_dir(root()).args(npm).env("NEXT_TELEMETRY_DISABLED", "1"),
        )
    })?;
    let mut parts = Vec::new();
    steps.step("starting", || {
        let secret = development_secret(&home)?;
        for (name, mut command, ready) in commands(flags.auth_server, &home, &secret) {
            let running = Running::start(&mut command, ready)?;
            println!("   {name} is ready; its log is .countersign/{name}.log");
            parts.push((name, running));
        }
        Ok(())
    })?;
    println!("\nMails are put into .countersign/mail, one file each.");
    println!("Ready after {:.0} s: {WEB} (Ctrl-C stops everything)", steps.seconds());
    keep_running(parts, &home)
}

/// The three programs, in the order in which they start.
fn commands(
    auth_server: AuthServer,
    home: &Path,
    secret: &str,
) -> Vec<(&'static str, Command, &'static str)> {
    let release = root().join("target/release");
    let database = |name: &str| format!("sqlite:{}", home.join(name).display());
    let mail = format!("outbox:{}", home.join("mail").display());

    let mut auth = Command::new(release.join("countersign"));
    auth.args(["serve", "--listen", AUTH, "--development"])
        .env("BETTER_AUTH_SECRET", secret)
        .env("BETTER_AUTH_URL", WEB)
        .env("DATABASE_URL", database("auth.db"))
        .env("COUNTERSIGN_TOKEN__SCOPE", SCOPES)
        .env("COUNTERSIGN_MAIL", &mail)
        .env("COUNTERSIGN_CHANGE_EMAIL__ENABLED", "true")
        .env("COUNTERSIGN_DELETE_USER__ENABLED", "true")
        .env("NO_COLOR", "1");

    let jwks = match auth_server {
        AuthServer::Countersign => format!("http://{AUTH}/api/auth/jwks"),
        AuthServer::BetterAuth => format!("{WEB}/api/auth/jwks"),
    };
    let mut tasks = Command::new(release.join("tasks-api"));
    tasks
        .args(["--listen", TASKS])
        .env_remove("BETTER_AUTH_SECRET")
        .env("COUNTERSIGN_ISSUER", WEB)
        .env("COUNTERSIGN_AUDIENCE", WEB)
        .env("COUNTERSIGN_JWKS_URL", jwks)
        .env("DATABASE_URL", database("tasks.db"))
        .env("NO_COLOR", "1");
    if auth_server == AuthServer::BetterAuth {
        // Its tokens have no claim `scope`.
        tasks.env("COUNTERSIGN_DEFAULT_SCOPES", SCOPES);
    }

    let mut web = Command::new("node");
    web.current_dir(root().join("apps/web"))
        .arg(root().join("node_modules/next/dist/bin/next"))
        .args(["start", "--hostname", "127.0.0.1", "--port", "3000"])
        .env("NODE_ENV", "production")
        .env("NEXT_TELEMETRY_DISABLED", "1")
        .env("AUTH_SERVER", auth_server.name())
        .env("AUTH_SERVER_URL", format!("http://{AUTH}"))
        .env("TASKS_API_URL", format!("http://{TASKS}"))
        .env_remove("BETTER_AUTH_SECRET");
    if auth_server == AuthServer::BetterAuth {
        web.env("BETTER_AUTH_SECRET", secret)
            .env("BETTER_AUTH_URL", WEB)
            .env("DATABASE_URL", database("auth.db"))
            .env("COUNTERSIGN_MAIL", &mail);
    }

    vec![
        ("auth-server", auth, "countersign serves"),
        ("tasks-api", tasks, "tasks-api serves"),
        ("web", web, "Ready in"),
    ]
}

/// The secret of this machine's development servers, made once, readable by its user only.
fn development_secret(home: &Path) -> Result<String, Box<dyn std::error::Error>> {
    let path = home.join("secret");
    if let Ok(secret) = fs::read_to_string(&path) {
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        return Ok(secret.trim().to_owned());
    }
    let countersign = root().join("target/release/countersign");
    let secret = output(Command::new(countersign).args(["secret", "generate"]))?;
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(secret.as_bytes())?;
    println!("   made a development secret in .countersign/secret");
    Ok(secret.trim().to_owned())
}

/// Writes logs until somebody says stop or a part ends by itself; then stops all parts.
fn keep_running(parts: Vec<(&'static str, Running)>, home: &Path) -> Outcome {
    let (tell, told) = mpsc::channel();
    let on_signal = tell.clone();
    ctrlc::set_handler(move || {
        // Nobody listens any more when everything stops already.
        let _ = on_signal.send(None);
    })?;
    let stoppers: Vec<Stopper> = parts.iter().map(|(_, running)| running.stopper()).collect();
    let writers: Vec<JoinHandle<()>> = parts
        .into_iter()
        .map(|(name, running)| {
            let (tell, path) = (tell.clone(), home.join(format!("{name}.log")));
            thread::spawn(move || {
                write_log(&running, &path);
                let _ = tell.send(Some(name));
            })
        })
        .collect();
    let ended: Option<&str> = told.recv()?;
    println!("\nStopping …");
    for stopper in stoppers.iter().rev() {
        stopper.stop();
    }
    for writer in writers {
        // A writer that panicked has no log to finish.
        let _ = writer.join();
    }
    match ended {
        None => {
            println!("Stopped.");
            Ok(())
        }
        Some(name) => Err(format!("{name} ended by itself; see .countersign/{name}.log").into()),
    }
}

fn write_log(running: &Running, path: &PathBuf) {
    let mut log = File::create(path).ok();
    while let Some(line) = running.next_line() {
        if let Some(file) = &mut log
            && writeln!(file, "{line}").is_err()
        {
            log = None;
        }
    }
}
