//! Settings that are taken, and what is said of those that are not.

use std::collections::BTreeMap;

use countersign_jwt::WeakSecret;
use countersign_server::settings::{Settings, SettingsError, Source, Wish, keys::KEYS};
use countersign_testing::SECRET;
use jiff::SignedDuration;

use crate::fixture::{repeating, settings};

fn error(changes: &[(&str, &str)]) -> String {
    settings(changes).err().expect("refused").to_string()
}

#[test]
fn defaults_are_those_of_better_auth() {
    let settings = settings(&[]).expect("settings");
    assert_eq!(settings.session.expires_in, SignedDuration::from_hours(7 * 24));
    assert_eq!(settings.session.update_age, SignedDuration::from_hours(24));
    assert_eq!(settings.token.lifetime, SignedDuration::from_mins(15));
    assert_eq!((settings.password.min_length, settings.password.max_length), (8, 128));
    assert_eq!(settings.cookies.names.session_token, "better-auth.session_token");
    assert_eq!(settings.token.issuer, "http://app.test");
    assert_eq!(settings.token.audience, ["http://app.test"]);
    assert_eq!(settings.base_url.path(), "/api/auth");
    assert!(settings.token.scopes.allowed(None).is_empty());
}

#[test]
fn a_base_url_keeps_its_path_and_is_never_guessed_from_a_request() {
    let of = |url: &str| settings(&[("BETTER_AUTH_URL", url)]).expect("settings").base_url;
    assert_eq!(of("https://app.test/").path(), "/api/auth");
    assert_eq!(of("https://app.test/auth/").path(), "/auth");
    assert_eq!(of("https://app.test:443").origin(), "https://app.test");
    assert!(of("https://app.test").is_secure() && !of("http://app.test").is_secure());
    let listen = [("BETTER_AUTH_URL", ""), ("COUNTERSIGN_SERVER__LISTEN", "127.0.0.1:4321")];
    assert_eq!(settings(&listen).expect("settings").base_url.origin(), "http://127.0.0.1:4321");
    let anywhere = [("BETTER_AUTH_URL", ""), ("COUNTERSIGN_SERVER__LISTEN", "0.0.0.0:4000")];
    assert!(error(&anywhere).contains("Set BETTER_AUTH_URL"));
    for bad in [
        "app.test",
        "ftp://app.test",
        "https://user:pw@app.test",
        "https://app.test/?x",
        "https://app.test/#x",
    ] {
        assert!(error(&[("BETTER_AUTH_URL", bad)]).contains("`server.base_url`"), "{bad}");
    }
}

#[test]
fn values_that_are_not_of_their_form_are_named() {
    for (variable, value, key) in [
        ("COUNTERSIGN_SESSION__EXPIRES_IN", "a week", "session.expires_in"),
        ("COUNTERSIGN_SESSION__EXPIRES_IN", "-1d", "session.expires_in"),
        ("COUNTERSIGN_PASSWORD__THREADS", "0", "password.threads"),
        ("COUNTERSIGN_TOKEN__ALGORITHM", "none", "token.algorithm"),
        ("COUNTERSIGN_TOKEN__CLAIMS", "all", "token.claims"),
        ("COUNTERSIGN_COOKIES__PREFIX", "a;b", "cookies.prefix"),
        ("COUNTERSIGN_RATE_LIMIT__ENABLED", "maybe", "rate_limit.enabled"),
        ("COUNTERSIGN_SERVER__TRUSTED_PROXIES", "everybody", "server.trusted_proxies"),
        ("DATABASE_URL", "mongodb://x", "database.url"),
        ("COUNTERSIGN_TOKEN__RSA_BITS", "1024", "token.rsa_bits"),
        ("COUNTERSIGN_TOKEN__ROTATION_INTERVAL", "0", "token.rotation_interval"),
        ("COUNTERSIGN_TOKEN__GRACE_PERIOD", "14m", "token.grace_period"),
        ("COUNTERSIGN_TOKEN__JWKS_PATH", "jwks", "token.jwks_path"),
        ("COUNTERSIGN_TOKEN__JWKS_PATH", "/token", "token.jwks_path"),
        ("COUNTERSIGN_TOKEN__JWKS_PATH", "/../jwks", "token.jwks_path"),
        ("COUNTERSIGN_TOKEN__JWKS_PATH", "/{jwks}", "token.jwks_path"),
        ("COUNTERSIGN_MULTI_SESSION__MAXIMUM_SESSIONS", "0", "multi_session.maximum_sessions"),
        ("COUNTERSIGN_USERNAME__MAX_LENGTH", "2", "username.max_length"),
        ("COUNTERSIGN_BEARER__ENABLED", "maybe", "bearer.enabled"),
    ] {
        let said = error(&[(variable, value)]);
        assert!(said.contains(&format!("`{key}`")), "{said}");
    }
}

#[test]
fn a_template_of_claims_says_only_what_there_is_and_nothing_secret() {
    let template = |text: &str| settings(&[("COUNTERSIGN_TOKEN__CLAIMS", text)]);
    for good in [
        "{}",
        r#"{"name":"{user.name}","a":[1,{"b":"{session.id}"}],"text":"plain"}"#,
        r#"{"verified":"{user.emailVerified}","null":null}"#,
    ] {
        assert!(template(good).is_ok(), "{good}");
    }
    for bad in [
        "[]",
        "{",
        r#"{"x":"{user.password}"}"#,
        r#"{"x":"{session.token}"}"#,
        r#"{"x":"{account.accessToken}"}"#,
        r#"{"x":"{user}"}"#,
        r#"{"x":"Dear {user.name}"}"#,
        r#"{"x":"{user.name"}"#,
        r#"{"x":{"y":["{user.username}"]}}"#,
        r#"{"sub":"somebody else"}"#,
        r#"{"aud":"elsewhere"}"#,
        r#"{"exp":4102444800}"#,
    ] {
        let said = template(bad).err().expect(bad).to_string();
        assert!(said.contains("`token.claims`") && said.contains("session.token"), "{said}");
    }
    let with_username = [
        ("COUNTERSIGN_TOKEN__CLAIMS", r#"{"x":"{user.username}"}"#),
        ("COUNTERSIGN_USERNAME__ENABLED", "true"),
    ];
    assert!(settings(&with_username).is_ok());
}

#[test]
fn plugins_beside_jwt_are_off_unless_told_otherwise_and_bearer_is_strict() {
    let usual = settings(&[]).expect("settings");
    assert!(
        usual.token.enabled == Wish::Auto
            && usual.bearer.is_none()
            && usual.multi_session.is_none()
    );
    assert!(usual.username.is_none() && usual.open_api.is_none());
    let bearer = settings(&[("COUNTERSIGN_BEARER__ENABLED", "true")]).expect("settings").bearer;
    assert!(bearer.expect("on").require_signature);
}

#[test]
fn spans_are_written_as_people_write_them() {
    for (text, seconds) in [("90", 90), ("90s", 90), ("15m", 900), ("12h", 43_200), ("7d", 604_800)]
    {
        let settings = settings(&[("COUNTERSIGN_TOKEN__LIFETIME", text)]).expect("settings");
        assert_eq!(settings.token.lifetime.as_secs(), seconds, "{text}");
    }
}

#[test]
fn a_secret_may_be_short_or_absent_in_development_only() {
    let development = ("COUNTERSIGN_SERVER__DEVELOPMENT", "true");
    assert!(settings(&[("BETTER_AUTH_SECRET", "short"), development]).is_ok());
    let made_up = settings(&[("BETTER_AUTH_SECRET", ""), development]).expect("settings");
    assert!(made_up.secret_is_temporary);
    for (secret, weakness) in [
        ("", WeakSecret::Missing),
        ("too short by far", WeakSecret::Short { bytes: 16 }),
        ("ssssssssssssssssssssssssssssssss", WeakSecret::Repetitive),
    ] {
        let refused = settings(&[("BETTER_AUTH_SECRET", secret)]);
        assert!(matches!(refused, Err(SettingsError::Secret(found)) if found == weakness));
    }
}

#[test]
fn a_secret_may_be_in_a_file_but_not_in_two_places() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("secret");
    std::fs::write(&file, format!("{SECRET}\n")).expect("written");
    let file = file.display().to_string();
    let from_file =
        [("BETTER_AUTH_SECRET", ""), ("COUNTERSIGN_SERVER__SECRET_FILE", file.as_str())];
    assert!(settings(&from_file).is_ok());
    let twice = settings(&from_file[1..]);
    assert!(matches!(twice, Err(SettingsError::SecretTwice)));
}

#[test]
fn a_file_is_read_and_what_is_unknown_in_it_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.toml");
    let read = |text: &str| {
        std::fs::write(&file, text).expect("written");
        let environment = BTreeMap::from([("BETTER_AUTH_SECRET".to_owned(), SECRET.to_owned())]);
        Settings::read(&Source { file: Some(file.clone()), environment }, &repeating())
    };
    let settings =
        read("[server]\ntrusted_proxies = [\"10.0.0.0/8\"]\n[password]\nmin_length = 12\n")
            .expect("settings");
    assert_eq!((settings.trusted_proxies.len(), settings.password.min_length), (1, 12));
    for (text, named) in [
        ("[password]\nmin_lenght = 12", "`password.min_length`"),
        ("[sesion]\nexpires_in = 1", "`session.expires_in`"),
        ("listen = 1", "unknown setting `listen`"),
        ("[server]\nlisten = 1979-05-27", "`server.listen`"),
        ("[server", "not valid TOML"),
    ] {
        let said = read(text).err().expect("refused").to_string();
        assert!(said.contains(named), "{said}");
    }
}

#[test]
fn every_setting_has_a_variable_of_its_own_and_says_what_it_is_for() {
    let mut variables: Vec<_> =
        KEYS.iter().map(countersign_server::settings::keys::Key::variable).collect();
    variables.sort();
    variables.dedup();
    assert_eq!(variables.len(), KEYS.len());
    assert!(KEYS.iter().all(|key| key.help.len() > 10 && key.name.contains('.')));
}

#[test]
fn numbered_secrets_have_each_a_number_and_a_text_and_the_current_one_is_good() {
    const NEW: &str = "a-new-secret-for-tests-only-0123456789abc";
    for (text, said) in [
        (NEW.to_owned(), "entry number 1 is not of the form NUMBER:SECRET"),
        (format!("2:{NEW},{NEW}"), "entry number 2 is not of the form NUMBER:SECRET"),
        (format!("2:{NEW},"), "entry number 2 is not of the form"),
        (format!("two:{NEW}"), "entry number 1 has no whole number before its colon"),
        (format!("-2:{NEW}"), "entry number 1 has no whole number"),
        (format!(":{NEW}"), "entry number 1 has no whole number"),
        (format!("2:{NEW},1: "), "entry number 2 has no secret after its colon"),
        (format!("2:{NEW},2:old"), "two secrets with the number 2"),
        ("2:changeme".to_owned(), "the current secret, number 2, has 8 bytes"),
    ] {
        let refused = settings(&[("BETTER_AUTH_SECRETS", &text)]).err().expect("it is refused");
        let message = refused.to_string();
        assert!(message.contains(said) && message.contains("BETTER_AUTH_SECRETS"), "{message}");
        assert!(!message.contains(NEW) && !message.contains("changeme"), "{message}");
    }
    let alone = settings(&[
        ("BETTER_AUTH_SECRETS", &format!(" 2 : {NEW} , 1:weak")),
        ("BETTER_AUTH_SECRET", ""),
    ]);
    assert!(alone.is_ok_and(|settings| !settings.secret_is_temporary));
}

#[test]
fn a_firebase_project_is_described_whole_or_not_at_all() {
    let key =
        "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";
    let with = |name: &str, value: &str| {
        settings(&[
            ("COUNTERSIGN_PASSWORD__FIREBASE_SIGNER_KEY", key),
            (&format!("COUNTERSIGN_PASSWORD__FIREBASE_{name}"), value),
        ])
    };
    assert!(settings(&[]).is_ok_and(|settings| settings.firebase.is_none()));
    assert!(with("ROUNDS", "8").is_ok_and(|settings| settings.firebase.is_some()));
    for (name, value) in [
        ("SIGNER_KEY", "not base64"),
        ("SIGNER_KEY", "c2hvcnQ="),
        ("SALT_SEPARATOR", "?"),
        ("ROUNDS", "0"),
        ("MEMORY_COST", "15"),
    ] {
        let said = with(name, value).err().expect("it is refused").to_string();
        assert!(said.contains(&format!("password.firebase_{}", name.to_lowercase())), "{said}");
    }
}
