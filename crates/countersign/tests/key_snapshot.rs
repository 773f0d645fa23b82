//! The key set on disk: a service that starts while its issuer is away.

use std::{fs, path::Path};

use countersign::PublishedKeys;
use countersign_jwt::SigningKey;
use serde_json::{Value, json};

use crate::{
    issuer::{Issuer, key_set_json},
    service::{NOW, Service, signing_key},
};

fn service(issuer: &Issuer, file: &Path, key: SigningKey) -> Service {
    let keys = PublishedKeys::jwks_url(&issuer.url).unwrap();
    Service::with_source(keys.with_snapshot(file), key)
}

/// What the file says, as soon as it says this about that member.
async fn says(file: &Path, member: &str, value: impl Into<Value>) -> Value {
    let value = value.into();
    loop {
        let text = fs::read(file).unwrap_or_default();
        match serde_json::from_slice::<Value>(&text) {
            Ok(snapshot) if snapshot[member] == value => return snapshot,
            _ => tokio::task::yield_now().await,
        }
    }
}

fn snapshot_of(address: &str, seconds: i64, keys: &[&SigningKey]) -> Value {
    let fetched_at = jiff::Timestamp::from_second(seconds).unwrap();
    json!({"fetched_from": address, "fetched_at": fetched_at, "key_set": key_set_json(keys)})
}

#[tokio::test]
async fn each_good_fetch_is_kept_with_its_place_and_time() {
    let (key, new) = (signing_key("k1"), signing_key("k2"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let issuer = Issuer::start(&[&key]);
    let service = service(&issuer, &file, key);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);
    let snapshot = says(&file, "key_set", key_set_json(&[&service.key])).await;
    assert_eq!(snapshot, snapshot_of(&issuer.url, NOW, &[&service.key]));

    issuer.publish_keys(&[&service.key, &new]);
    assert_eq!(service.get_with_key(&new).await.status, 200);
    says(&file, "key_set", key_set_json(&[&service.key, &new])).await;
    // Nothing but the file is left in the folder.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let key = signing_key("k1");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let issuer = Issuer::start(&[&key]);
    let service = service(&issuer, &file, key);
    assert_eq!(service.get_with_key(&service.key).await.status, 200);
    says(&file, "fetched_from", issuer.url.clone()).await;
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

/// The same keys again are worth a write only when the file is getting old.
#[tokio::test]
async fn the_file_is_written_when_keys_change_and_once_an_hour() {
    let key = signing_key("k1");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let issuer = Issuer::start(&[&key]);
    let service = service(&issuer, &file, key);
    let at = |seconds| snapshot_of("", seconds, &[])["fetched_at"].clone();
    assert_eq!(service.get_with_key(&service.key).await.status, 200);
    says(&file, "fetched_at", at(NOW)).await;
    for round in 1..=8 {
        service.clock.advance(700);
        assert_eq!(service.get_with_key(&service.key).await.status, 200);
        // Six times 700 seconds are the first to be more than an hour.
        if round == 6 {
            says(&file, "fetched_at", at(NOW + 6 * 700)).await;
        }
        let last: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        assert_eq!(last["fetched_at"], at(NOW + if round < 6 { 0 } else { 6 * 700 }));
    }
    assert_eq!(issuer.fetches(), 9);
}

#[tokio::test]
async fn a_restart_in_an_outage_goes_on_with_the_keys_of_before() {
    let key = signing_key("k1");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let mut issuer = Issuer::start(&[&key]);
    let before = service(&issuer, &file, key);
    assert_eq!(before.get_with_key(&before.key).await.status, 200);
    says(&file, "fetched_from", issuer.url.clone()).await;
    issuer.stop().await;

    let after = service(&issuer, &file, before.key);
    after.clock.advance(86_400);
    assert_eq!(after.get_with_key(&after.key).await.status, 200);
    assert!(after.guard.ready().await.is_ok());
    let status = after.guard.status().remove(0);
    assert_eq!((status.keys_age_seconds, status.last_error), (Some(86_400), Some("no_answer")));
    after.clock.advance(1);
    assert_eq!(after.get_with_key(&after.key).await.status, 503);
    issuer.start_again();
    after.clock.advance(2);
    assert_eq!(after.get_with_key(&after.key).await.status, 200);
    assert_eq!(after.guard.status()[0].keys_age_seconds, Some(0));
}

/// The file is for outages: an issuer that answers has the last word.
#[tokio::test]
async fn t073_a_restart_with_the_issuer_there_forgets_withdrawn_keys() {
    let (withdrawn, new) = (signing_key("k1"), signing_key("k2"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let issuer = Issuer::start(&[&new]);
    let snapshot = snapshot_of(&issuer.url, NOW, &[&withdrawn]);
    fs::write(&file, snapshot.to_string()).unwrap();
    let service = service(&issuer, &file, withdrawn);
    assert_eq!(service.get_with_key(&service.key).await.status, 401);
    says(&file, "key_set", key_set_json(&[&new])).await;
}

#[tokio::test]
async fn a_file_that_cannot_be_trusted_is_as_good_as_none() {
    let mut issuer = Issuer::start(&[]);
    issuer.stop().await;
    let good = snapshot_of(&issuer.url, NOW, &[&signing_key("k1")]).to_string();
    let with = |member: &str, value: Value| {
        let mut snapshot: Value = serde_json::from_str(&good).unwrap();
        snapshot[member] = value;
        snapshot.to_string()
    };
    let files = [
        ("empty", String::new()),
        ("half", good[..good.len() / 2].to_owned()),
        ("nonsense", "<html></html>".to_owned()),
        ("a bare key set", key_set_json(&[&signing_key("k1")])),
        ("a member more", with("note", json!("x"))),
        ("no key set", with("key_set", json!("{}"))),
        ("huge", with("key_set", json!(" ".repeat(2 * 1024 * 1024)))),
        ("another address", with("fetched_from", json!("https://evil.test/jwks"))),
        ("too old", with("fetched_at", json!("2027-01-14T07:59:59Z"))),
        ("from the future", with("fetched_at", json!("2027-01-15T08:00:01Z"))),
    ];
    for (what, text) in files {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.json");
        fs::write(&file, text).unwrap();
        let service = service(&issuer, &file, signing_key("k1"));
        assert_eq!(service.get_with_key(&service.key).await.status, 503, "{what}");
    }
}

/// Whoever can write the file can make tokens.
#[cfg(unix)]
#[tokio::test]
async fn a_file_that_others_may_write_is_not_trusted() {
    use std::os::unix::fs::PermissionsExt;
    let mut issuer = Issuer::start(&[]);
    issuer.stop().await;
    for (mode, status) in [(0o644, 200), (0o664, 503), (0o646, 503)] {
        let (folder, key) = (tempfile::tempdir().unwrap(), signing_key("k1"));
        let file = folder.path().join("keys.json");
        fs::write(&file, snapshot_of(&issuer.url, NOW, &[&key]).to_string()).unwrap();
        fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
        let service = service(&issuer, &file, key);
        assert_eq!(service.get_with_key(&service.key).await.status, status, "{mode:o}");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_written_or_read_disturbs_nobody() {
    let folder = tempfile::tempdir().unwrap();
    for file in [folder.path().join("nowhere/keys.json"), folder.path().to_owned()] {
        let key = signing_key("k1");
        let mut issuer = Issuer::start(&[&key]);
        let before = service(&issuer, &file, key);
        assert_eq!(before.get_with_key(&before.key).await.status, 200);
        issuer.stop().await;
        let after = service(&issuer, &file, before.key);
        assert_eq!(after.get_with_key(&after.key).await.status, 503);
    }
}

#[tokio::test]
async fn t074_a_purge_takes_the_file_along() {
    let key = signing_key("k1");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let mut issuer = Issuer::start(&[&key]);
    let before = service(&issuer, &file, key);
    assert_eq!(before.get_with_key(&before.key).await.status, 200);
    says(&file, "fetched_from", issuer.url.clone()).await;
    issuer.stop().await;
    assert!(before.guard.purge_keys().await.is_err());
    assert!(!file.exists());
    let after = service(&issuer, &file, before.key);
    assert_eq!(after.get_with_key(&after.key).await.status, 503);
}
