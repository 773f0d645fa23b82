//! Settings that cannot be used: what is said of each.

use std::{fs, process::Command};

use countersign_testing::{SECRET, file_in};

use crate::fixture::{AUDIENCE, ISSUER, Service, binary};

const SETTINGS: [(&str, &str); 3] = [
    ("COUNTERSIGN_ISSUER", ISSUER),
    ("COUNTERSIGN_AUDIENCE", AUDIENCE),
    ("BETTER_AUTH_SECRET", SECRET),
];

/// Changed settings, and the words of the answer.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

/// What it says when it does not start; `arguments` and `changes` on top of good settings.
fn refusal(arguments: &[&str], changes: &[(&str, &str)]) -> String {
    let mut command = Command::new(binary());
    command.env_clear().envs(SETTINGS).envs(changes.iter().copied()).args(arguments);
    let output = command.output().expect("it runs");
    assert!(!output.status.success(), "{changes:?}");
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(!said.contains(SECRET), "a secret was said");
    said
}

/// Of each case: one line, with these words, and no value that may be a secret.
fn each_is_said(cases: &[Case]) {
    for (changes, words) in cases {
        let said = refusal(&[], changes);
        assert_eq!(said.lines().count(), 1, "{said}");
        for word in *words {
            assert!(said.contains(word), "{word} in: {said}");
        }
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn every_setting_that_cannot_be_used_is_named_with_its_rule_and_the_fix() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).expect("written");
        path.display().to_string()
    };
    let missing = folder.path().join("missing.json").display().to_string();
    let no_set = file("no-set.json", "[1, 2]");
    let empty_set = file("empty.json", r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#);
    let unset = ("BETTER_AUTH_SECRET", "");
    let in_no_folder = format!("{missing}/keys.json");
    let nowhere = format!("sqlite:{missing}/tasks.db");
    let cases: [Case; 22] = [
        (&[("COUNTERSIGN_LISTEN", "8000")], &["COUNTERSIGN_LISTEN (--listen)", "127.0.0.1:8000"]),
        (&[("COUNTERSIGN_ISSUER", "")], &["COUNTERSIGN_ISSUER (--issuer) is not set", "iss"]),
        (&[("COUNTERSIGN_ISSUER", "a b")], &["COUNTERSIGN_ISSUER (--issuer) has a space"]),
        (&[("COUNTERSIGN_AUDIENCE", "")], &["COUNTERSIGN_AUDIENCE (--audience) is not set", "aud"]),
        (&[("COUNTERSIGN_AUDIENCE", "a\tb")], &["COUNTERSIGN_AUDIENCE (--audience) has a space"]),
        (&[unset], &["COUNTERSIGN_JWKS_URL", "COUNTERSIGN_JWKS_FILE", "BETTER_AUTH_SECRET"]),
        (
            &[("COUNTERSIGN_JWKS_URL", "https://auth.test/jwks")],
            &["COUNTERSIGN_JWKS_URL, BETTER_AUTH_SECRET", "unset the others"],
        ),
        (
            &[unset, ("COUNTERSIGN_JWKS_URL", "http://auth.test/jwks")],
            &["COUNTERSIGN_JWKS_URL (--jwks-url)", "over https", "/api/auth/jwks"],
        ),
        (
            &[unset, ("COUNTERSIGN_JWKS_URL", "auth.test")],
            &["COUNTERSIGN_JWKS_URL (--jwks-url)", "not a URL"],
        ),
        (
            &[("COUNTERSIGN_DISCOVERY", "openid")],
            &["COUNTERSIGN_DISCOVERY, BETTER_AUTH_SECRET", "unset the others"],
        ),
        (
            &[unset, ("COUNTERSIGN_DISCOVERY", "oidc")],
            &["COUNTERSIGN_DISCOVERY (--discovery) is neither openid nor oauth", "RFC 8414"],
        ),
        (
            &[unset, ("COUNTERSIGN_DISCOVERY", "openid"), ("COUNTERSIGN_ISSUER", "tasks")],
            &["COUNTERSIGN_ISSUER (--issuer) cannot be asked", "not a URL", "https://"],
        ),
        (
            &[unset, ("COUNTERSIGN_DISCOVERY", "oauth"), ("COUNTERSIGN_ISSUER", "http://a.test")],
            &["COUNTERSIGN_ISSUER (--issuer) cannot be asked", "over https"],
        ),
        (
            &[("COUNTERSIGN_JWKS_SNAPSHOT", "keys.json")],
            &["COUNTERSIGN_JWKS_SNAPSHOT (--jwks-snapshot)", "COUNTERSIGN_JWKS_URL", "unset it"],
        ),
        (
            &[unset, ("COUNTERSIGN_JWKS_FILE", &no_set), ("COUNTERSIGN_JWKS_SNAPSHOT", &missing)],
            &["COUNTERSIGN_JWKS_SNAPSHOT (--jwks-snapshot)", "none are"],
        ),
        (
            &[
                unset,
                ("COUNTERSIGN_DISCOVERY", "openid"),
                ("COUNTERSIGN_JWKS_SNAPSHOT", &in_no_folder),
            ],
            &["COUNTERSIGN_JWKS_SNAPSHOT (--jwks-snapshot)", "there is no folder", &missing],
        ),
        (
            &[unset, ("COUNTERSIGN_JWKS_FILE", &missing)],
            &["COUNTERSIGN_JWKS_FILE (--jwks-file)", &missing, "No such file"],
        ),
        (
            &[unset, ("COUNTERSIGN_JWKS_FILE", &no_set)],
            &["COUNTERSIGN_JWKS_FILE (--jwks-file)", &no_set, "not a JSON Web Key Set"],
        ),
        (
            &[unset, ("COUNTERSIGN_JWKS_FILE", &empty_set)],
            &["COUNTERSIGN_JWKS_FILE (--jwks-file)", "no key that can be used"],
        ),
        (
            &[("DATABASE_URL", "mongodb://tasks:hunter2@db/tasks")],
            &["DATABASE_URL (--database-url)", "sqlite:FILE"],
        ),
        (&[("DATABASE_URL", "")], &["DATABASE_URL (--database-url)", "names no file"]),
        (&[("DATABASE_URL", &nowhere)], &["DATABASE_URL", "permissions"]),
    ];
    each_is_said(&cases);
}

#[test]
fn settings_of_a_revocation_feed_are_named_with_their_rule_and_the_fix() {
    let followed = ("COUNTERSIGN_REVOCATIONS_URL", "https://auth.test/api/auth/revocations");
    let cases: [Case; 6] = [
        (
            &[("COUNTERSIGN_REVOCATIONS_URL", "http://auth.test/api/auth/revocations")],
            &["COUNTERSIGN_REVOCATIONS_URL (--revocations-url)", "over https", "an example"],
        ),
        (
            &[("COUNTERSIGN_REVOCATIONS_MAX_STALENESS", "10")],
            &["COUNTERSIGN_REVOCATIONS_MAX_STALENESS", "COUNTERSIGN_REVOCATIONS_URL", "unset them"],
        ),
        (
            &[followed, ("COUNTERSIGN_REVOCATIONS_MAX_STALENESS", "0")],
            &["COUNTERSIGN_REVOCATIONS_MAX_STALENESS (--revocations-max-staleness)", "86400"],
        ),
        (
            &[followed, ("COUNTERSIGN_REVOCATIONS_ALLOW_FOR", "1 day")],
            &["COUNTERSIGN_REVOCATIONS_ALLOW_FOR (--revocations-allow-for)", "seconds", "unset it"],
        ),
        (
            &[followed, ("COUNTERSIGN_REVOCATIONS_CREDENTIAL", "tasks:hunter2")],
            &["COUNTERSIGN_REVOCATIONS_GUARD (--revocations-guard)", "set both"],
        ),
        (
            &[
                followed,
                ("COUNTERSIGN_REVOCATIONS_GUARD", "tasks-1"),
                ("COUNTERSIGN_REVOCATIONS_CREDENTIAL", "hunter2"),
            ],
            &["COUNTERSIGN_REVOCATIONS_CREDENTIAL has to be name:secret"],
        ),
    ];
    each_is_said(&cases);
}

#[test]
fn t054_a_secret_that_can_be_guessed_is_refused_and_not_said() {
    let default = "better-auth-secret-12345678901234567890";
    let same = "a".repeat(32);
    let cases = [
        ("", "BETTER_AUTH_SECRET"),
        ("                                        ", "BETTER_AUTH_SECRET is not set"),
        ("changeme", "BETTER_AUTH_SECRET has 8 bytes; at least 32 are needed"),
        (same.as_str(), "BETTER_AUTH_SECRET repeats itself"),
        (default, "BETTER_AUTH_SECRET is a published example"),
        (" 9f2b6c1e5a7d4038b1c6e2f79a04d3586fe1b2c3", "BETTER_AUTH_SECRET begins or ends with"),
    ];
    for (secret, word) in cases {
        let said = refusal(&[], &[("BETTER_AUTH_SECRET", secret)]);
        assert!(said.contains(word), "{said}");
        assert!(secret.trim().is_empty() || !said.contains(secret.trim()), "{said}");
    }
}

#[test]
fn t326_a_secret_cannot_be_written_on_the_command_line() {
    let said = refusal(&["--secret", "x"], &[]);
    assert!(said.contains("unexpected argument '--secret'"), "{said}");
}

#[test]
fn a_log_that_is_no_terminal_has_no_colours() {
    let settings = [SETTINGS.as_slice(), &[("NO_COLOR", "")]].concat();
    let mut api = Service::Axum.start(&settings);
    let said = api.process().ready_line();
    assert!(said.contains("tasks-api serves") && !said.contains('\u{1b}'), "{said}");
}

#[test]
fn the_description_is_printed_without_any_setting() {
    let mut command = Command::new(binary());
    let output = command.env_clear().arg("openapi").output().expect("it runs");
    assert!(output.status.success() && output.stdout.starts_with(b"{"));
}

#[test]
fn what_is_set_to_nothing_is_not_set() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = file_in(&folder, "tasks.db");
    let listen = "256.0.0.1:1";
    let changes =
        [("COUNTERSIGN_JWKS_URL", ""), ("DATABASE_URL", &database), ("COUNTERSIGN_LISTEN", listen)];
    // The keys are fine; only the address is not.
    assert!(refusal(&[], &changes).contains("COUNTERSIGN_LISTEN"));
}
