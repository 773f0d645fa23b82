//! The journeys in Chromium, once with each auth server behind the same pages.

use std::{fs, process::Command};

use countersign_testing::{
    SECRET,
    binaries::{Countersign, TasksApi, built},
    chromium::Chromium,
    file_in, free_port,
    identity_provider::IdentityProvider,
    root,
    web::Web,
};

use crate::{Outcome, step::run as run_program};

/// What both auth servers are registered with at the identity provider.
const REGISTRATION: [(&str, &str); 3] = [
    ("COUNTERSIGN_SOCIAL__ACME__CLIENT_ID", "cid"),
    ("COUNTERSIGN_SOCIAL__ACME__CLIENT_SECRET", "csecret"),
    ("COUNTERSIGN_SOCIAL__ACME__SCOPES", "openid,profile,email"),
];

const SCOPES: &str = "tasks:read tasks:write";

pub(crate) fn run() -> Outcome {
    let chromium = Chromium::start()?;
    let provider = IdentityProvider::start()?;
    for auth_server in ["countersign", "better-auth"] {
        println!("   with AUTH_SERVER={auth_server}");
        journeys(auth_server, &chromium, &provider)?;
    }
    Ok(())
}

fn journeys(auth_server: &str, chromium: &Chromium, provider: &IdentityProvider) -> Outcome {
    let folder = tempfile::tempdir()?;
    let database = file_in(&folder, "auth.db");
    let mails = folder.path().join("mails");
    let mail = format!("outbox:{}", mails.display());
    let port = free_port()?;
    let origin = format!("http://localhost:{port}");
    let serves_itself = auth_server == "better-auth";
    let discovery_url = provider.discovery_url("acme");
    let discovery = ("COUNTERSIGN_SOCIAL__ACME__DISCOVERY_URL", discovery_url.as_str());

    // Better Auth makes the tables itself when it is the one that serves.
    let auth = if serves_itself {
        None
    } else {
        let mut settings = vec![
            ("BETTER_AUTH_URL", origin.as_str()),
            ("DATABASE_URL", database.as_str()),
            ("COUNTERSIGN_TOKEN__SCOPE", SCOPES),
            ("COUNTERSIGN_MAIL", mail.as_str()),
            ("COUNTERSIGN_CHANGE_EMAIL__ENABLED", "true"),
            ("COUNTERSIGN_DELETE_USER__ENABLED", "true"),
            ("COUNTERSIGN_REFRESH_TOKENS__ENABLED", "true"),
            discovery,
        ];
        settings.extend(REGISTRATION);
        Some(Countersign::start(&built("countersign"), &settings)?)
    };
    let auth_url = auth.as_ref().map_or(origin.as_str(), Countersign::url);
    let jwks = format!("{auth_url}/api/auth/jwks");
    let tasks = TasksApi::start(
        &built("tasks-api"),
        &[
            ("COUNTERSIGN_ISSUER", &origin),
            ("COUNTERSIGN_AUDIENCE", &origin),
            ("COUNTERSIGN_JWKS_URL", &jwks),
            ("COUNTERSIGN_DEFAULT_SCOPES", if serves_itself { SCOPES } else { "" }),
        ],
    )?;
    let mut settings = vec![
        ("AUTH_SERVER", auth_server),
        ("AUTH_SERVER_URL", auth_url),
        ("TASKS_API_URL", tasks.url()),
        ("BETTER_AUTH_SECRET", SECRET),
        ("BETTER_AUTH_URL", &origin),
        ("DATABASE_URL", &database),
        ("COUNTERSIGN_RATE_LIMIT__ENABLED", "false"),
        ("COUNTERSIGN_MAIL", &mail),
        ("SOCIAL_PROVIDERS", "acme"),
        discovery,
    ];
    settings.extend(REGISTRATION);
    let _web = Web::start(port, &settings)?;

    let screenshots = root().join("screenshots").join(auth_server);
    fs::create_dir_all(&screenshots)?;
    let mut command = Command::new("npm");
    command
        .current_dir(root())
        .args(["--loglevel=error", "run", "test:browser", "--workspace", "apps/web"])
        .env("BASE_URL", &origin)
        .env("AUTH_SERVER", auth_server)
        .env("DATABASE_FILE", database.trim_start_matches("sqlite:"))
        .env("MAIL_FOLDER", &mails)
        .env("CHROMIUM_CDP", chromium.devtools())
        .env("SCREENSHOT_DIR", &screenshots);
    run_program(&mut command)
}
