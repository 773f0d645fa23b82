//! Commands and their words.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use countersign_store::{Database, DatabaseUrl, schema};
use countersign_testing::{SECRET, binaries::Countersign, file_in, http::send};

use crate::wire::binary;

fn countersign(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let mut command = Command::new(binary());
    command.env_clear().args(arguments).envs(settings.iter().copied());
    command.output().expect("the binary runs")
}

fn refusal(arguments: &[&str], settings: &[(&str, &str)]) -> String {
    let output = countersign(arguments, settings);
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(!said.contains(SECRET), "a secret was said");
    said
}

#[test]
fn a_new_secret_is_long_enough_and_another_each_time() {
    let secret = || {
        let output = countersign(&["secret", "generate"], &[]);
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    };
    let (one, other) = (secret(), secret());
    assert_eq!(one.len(), 64);
    assert!(one.chars().all(|c| c.is_ascii_hexdigit()));
    assert_ne!(one, other);
}

#[test]
fn without_a_secret_or_with_a_short_one_nothing_starts_and_the_fix_is_said() {
    let listen = ["serve", "--listen", "127.0.0.1:4999"];
    let said = refusal(&listen, &[]);
    assert!(said.contains("BETTER_AUTH_SECRET is not set"), "{said}");
    assert!(said.contains("countersign secret generate"), "{said}");
    let said = refusal(&listen, &[("BETTER_AUTH_SECRET", "x".repeat(31).as_str())]);
    assert!(said.contains("BETTER_AUTH_SECRET has 31 bytes; at least 32"), "{said}");
}

#[test]
fn a_setting_that_nobody_knows_is_named_with_the_nearest_known_one() {
    let settings = [("BETTER_AUTH_SECRET", SECRET), ("COUNTERSIGN_SESSION__EXPIRES", "1d")];
    let said = refusal(&["serve"], &settings);
    assert!(said.contains("unknown setting `session.expires`"), "{said}");
    assert!(said.contains("`session.expires_in`"), "{said}");
}

#[test]
fn an_address_that_is_taken_is_said() {
    let server = Countersign::start(binary(), &[]).expect("one starts");
    let listen = server.url().trim_start_matches("http://").to_owned();
    let said = refusal(
        &["serve", "--listen", &listen],
        &[("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "sqlite::memory:")],
    );
    assert!(said.contains(&format!("cannot listen on {listen}")), "{said}");
}

#[test]
fn a_log_that_is_no_terminal_has_no_colours() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let listen = taken.local_addr().expect("an address").to_string();
    let said = refusal(&["serve", "--development", "--listen", &listen], &[]);
    assert!(said.contains("no BETTER_AUTH_SECRET") && !said.contains('\u{1b}'), "{said}");
}

#[test]
fn a_database_of_others_is_looked_at_and_not_touched_until_it_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let database_url = file_in(&folder, "theirs.db");
    let tables = || {
        let url: DatabaseUrl = database_url.parse().expect("a URL");
        let database = Database::open(&url).expect("opens");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let tables: Vec<_> = schema::BETTER_AUTH.iter().chain(&schema::JWKS).collect();
        runtime.block_on(async { database.inspect(&tables).await.expect("inspects") })
    };
    {
        let url: DatabaseUrl = database_url.parse().expect("a URL");
        let database = Database::open(&url).expect("opens");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(database.create(&schema::BETTER_AUTH[..1])).expect("one table");
    }
    let settings = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", database_url.as_str())];

    let said = refusal(&["serve", "--listen", "127.0.0.1:4999"], &settings);
    assert!(said.contains("table `session` is missing"), "{said}");
    assert!(said.contains("CREATE TABLE IF NOT EXISTS \"session\""), "{said}");
    assert!(said.contains("countersign migrate apply"), "{said}");
    assert_eq!(tables().missing_tables.len(), 4);

    let status = countersign(&["migrate", "status"], &settings);
    assert!(status.status.success());
    assert_eq!(tables().missing_tables.len(), 4);

    let apply = countersign(&["migrate", "apply"], &settings);
    assert!(apply.status.success(), "{}", String::from_utf8_lossy(&apply.stderr));
    assert!(tables().is_complete());
    let again = countersign(&["migrate", "status"], &settings);
    assert!(String::from_utf8_lossy(&again.stdout).contains("nothing is missing"));
    let server = Countersign::start(binary(), &settings).expect("it starts now");
    assert_eq!(send(server.url(), "GET", "/readyz", &[], None).status, 200);
}

#[test]
fn settings_come_from_a_file_and_the_environment_wins() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("countersign.toml");
    let text = "[token]\nissuer = \"https://from-the-file.example\"\naudience = \"https://api.example\"\n\
                [server]\ntrusted_origins = [\"https://app.example\"]\n";
    std::fs::write(&file, text).expect("the file is written");
    let file = file.display().to_string();
    let listen = format!("127.0.0.1:{}", countersign_testing::free_port().expect("a port"));
    let mut command = Command::new(binary());
    command
        .args(["serve", "--listen", &listen, "--config", &file])
        .env("BETTER_AUTH_SECRET", SECRET)
        .env("DATABASE_URL", file_in(&folder, "a.db"))
        .env("NO_COLOR", "1")
        .env("COUNTERSIGN_TOKEN__AUDIENCE", "https://from-the-environment.example");
    let _server =
        countersign_testing::Running::start(&mut command, "countersign serves").expect("starts");
    let origin = format!("http://{listen}");
    let cookie = crate::wire::sign_up(&origin, "ann@example.com");
    let token = crate::wire::token(&origin, &cookie);
    let keys = countersign_jwt::KeySet::from_jwks_json(crate::wire::jwks(&origin).as_bytes())
        .expect("keys");
    let verifier = countersign_jwt::Verifier::new(
        "https://from-the-file.example",
        "https://from-the-environment.example",
    );
    let now = countersign_jwt::Clock::now(&countersign_jwt::SystemClock);
    assert!(verifier.verify(&token, &keys, now).is_ok());
}

#[test]
fn a_token_is_explained_check_by_check() {
    let server = Countersign::start(binary(), &[]).expect("it starts");
    let cookie = crate::wire::sign_up(server.url(), "ann@example.com");
    let token = crate::wire::token(server.url(), &cookie);
    let folder = tempfile::tempdir().expect("a folder");
    let jwks = folder.path().join("jwks.json");
    std::fs::write(&jwks, crate::wire::jwks(server.url())).expect("written");
    let explain = |audience: &str, jwks: &Path, input: &str| {
        let mut command = Command::new(binary());
        command
            .args(["token", "explain", "--issuer", server.url(), "--audience", audience, "--jwks"])
            .arg(jwks)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("it runs");
        let mut stdin = child.stdin.take().expect("an input");
        // It may have ended already, with an error about the keys.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).expect("text"))
    };
    let own = server.url();
    for before in ["", "Bearer ", "authorization: Bearer  "] {
        let (accepted, said) = explain(own, &jwks, &format!("{before}{token}\n"));
        let (checks, last) = said.trim_end().rsplit_once('\n').expect("lines");
        assert!(accepted && checks.lines().all(|line| line.starts_with("met")), "{said}");
        assert!(last.contains("revocation not looked at"), "{said}");
    }
    let (accepted, said) = explain("https://other.example", &jwks, &token);
    assert!(!accepted && said.contains("FAILED audience"), "{said}");
    assert!(said.contains(&format!(r#"it is "{own}", not "https://other.example""#)), "{said}");
    assert!(said.contains("met    signature"), "{said}");
    assert!(!said.contains(&token) && !said.contains("revocation"), "{said}");

    let no_set = folder.path().join("no-set.json");
    std::fs::write(&no_set, "[]").expect("written");
    let address = format!("{own}/api/auth/jwks");
    for (jwks, input, words) in [
        (&*jwks, " \n", "no token on standard input".to_owned()),
        (Path::new(&address), &*token, format!("curl -s {address} >")),
        (&*no_set, &*token, format!("{} cannot be used: ", no_set.display())),
    ] {
        let (accepted, said) = explain(own, jwks, input);
        assert!(!accepted && said.contains(&words), "{words} in: {said}");
    }
}

/// The commands of docs/try.md, but for those that start the server and those that call a service.
#[test]
fn the_page_for_trying_makes_a_token_and_explains_it() {
    let server = Countersign::start(binary(), &[]).expect("it starts");
    let page = std::fs::read_to_string(countersign_testing::root().join("docs/try.md"));
    let page = page.expect("the page").replace("http://127.0.0.1:4000", server.url());
    let commands: Vec<&str> =
        page.split("```bash\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let bin = binary().parent().expect("a folder");
    let path = format!("PATH={}:$PATH", bin.display());
    let script = format!("set -eu\n{path}\n{}{}echo user $user", commands[1], commands[3]);
    let output =
        Command::new("bash").args(["-c", &script]).current_dir(&folder).output().expect("it runs");
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let subject = said.split("met    subject    ").nth(1).and_then(|rest| rest.split('"').nth(1));
    assert!(said.ends_with(&format!("user {}\n", subject.expect("a subject"))), "{said}");
}

#[test]
fn help_names_every_setting_and_shells_get_completions() {
    let help = countersign(&["--help"], &[]);
    let help = String::from_utf8(help.stdout).expect("text");
    for name in
        ["session.expires_in", "BETTER_AUTH_SECRET", "COUNTERSIGN_TOKEN__SCOPE", "DATABASE_URL"]
    {
        assert!(help.contains(name), "{name}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let script = countersign(&["completions", shell], &[]);
        assert!(script.status.success());
        assert!(String::from_utf8_lossy(&script.stdout).contains("migrate"), "{shell}");
    }
}

#[test]
fn t054_a_secret_that_can_be_guessed_starts_nothing_and_is_not_said() {
    let same = "a".repeat(32);
    let cases = [
        ("   ", "BETTER_AUTH_SECRET is not set"),
        ("changeme", "BETTER_AUTH_SECRET has 8 bytes"),
        (same.as_str(), "BETTER_AUTH_SECRET repeats itself"),
        ("better-auth-secret-12345678901234567890", "BETTER_AUTH_SECRET is a published example"),
    ];
    for (secret, word) in cases {
        let said = refusal(&["serve"], &[("BETTER_AUTH_SECRET", secret)]);
        assert!(said.contains(word) && said.contains("countersign secret generate"), "{said}");
        assert!(secret.trim().is_empty() || !said.contains(secret), "{said}");
    }
}

#[test]
fn t326_a_secret_cannot_be_written_on_the_command_line() {
    let explain = ["token", "explain", "--issuer", "i", "--audience", "a"];
    for command in [&["serve"][..], &explain] {
        let arguments = [command, &["--secret", "x"]].concat();
        let said = refusal(&arguments, &[("BETTER_AUTH_SECRET", SECRET)]);
        assert!(said.contains("unexpected argument '--secret'"), "{said}");
    }
}
