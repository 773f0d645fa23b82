//! The files of `deploy/` that no test can start: what they say is right.

use std::{collections::BTreeMap, fs, process::Command};

use countersign_server::{
    SystemEntropy,
    settings::{Settings, Source, keys::KEYS},
};
use countersign_testing::{SECRET, root};
use yaml_rust2::{Yaml, YamlLoader, yaml::Hash};

use super::stack::{deployed, settings};
use crate::wire::binary;

fn is_a_setting(variable: &str) -> bool {
    KEYS.iter().any(|key| key.alias == Some(variable) || key.variable() == variable)
}

/// Settings are read as a node reads them, with a secret from elsewhere.
fn read(mut environment: BTreeMap<String, String>) -> Settings {
    environment.insert("BETTER_AUTH_SECRET".to_owned(), SECRET.to_owned());
    let source = Source { file: None, environment };
    Settings::read(&source, &SystemEntropy).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_line_of_the_settings_is_one_that_a_node_takes() {
    for with_redis in [false, true] {
        let environment = settings(with_redis);
        for name in environment.keys() {
            assert!(is_a_setting(name), "{name} is no setting");
        }
        let settings = read(environment);
        assert_eq!(settings.redis.is_some(), with_redis);
    }
    // Those that stand for themselves, commented out.
    for line in deployed("countersign.env").lines().filter_map(|line| line.strip_prefix("#COUNTER"))
    {
        let (name, _) = line.split_once('=').expect("a setting");
        assert!(is_a_setting(&format!("COUNTER{name}")), "{name} is no setting");
    }
}

/// The members of a mapping, those of `<<` among them.
fn members(mapping: &Yaml) -> BTreeMap<String, Yaml> {
    let mut members = BTreeMap::new();
    let empty = Hash::new();
    for (name, value) in mapping.as_hash().unwrap_or(&empty) {
        let name = name.as_str().expect("a name").to_owned();
        if name == "<<" {
            for (name, value) in self::members(value) {
                members.entry(name).or_insert(value);
            }
        } else {
            members.insert(name, value.clone());
        }
    }
    members
}

#[test]
fn the_compose_file_sets_settings_and_has_the_addresses_of_the_others() {
    let compose = YamlLoader::load_from_str(&deployed("compose.yaml")).expect("YAML").remove(0);
    let services = members(&compose["services"]);
    let mut addresses = BTreeMap::new();
    let mut nodes = 0;
    for (name, service) in &services {
        let service = members(service);
        let address = &service["networks"]["auth"]["ipv4_address"];
        addresses.insert(name.as_str(), address.as_str().expect("an address").to_owned());
        for volume in service.get("volumes").and_then(Yaml::as_vec).into_iter().flatten() {
            let from = volume.as_str().and_then(|volume| volume.split(':').next()).expect("a path");
            let is_there = root().join("deploy").join(from).exists();
            assert!(is_there || !from.starts_with("./") || from == "./certificates", "{from}");
        }
        if service.get("image").and_then(Yaml::as_str) != Some("countersign") {
            continue;
        }
        nodes += 1;
        assert_eq!(service["env_file"].as_str(), Some("countersign.env"));
        let build = members(&service["build"]);
        assert_eq!(build["context"].as_str(), Some(".."));
        assert!(root().join(build["dockerfile"].as_str().expect("a path")).exists());
        let mut environment = settings(false);
        for (name, value) in members(&service["environment"]) {
            assert!(is_a_setting(&name), "{name} is no setting");
            let value = value.as_str().expect("a text").to_owned();
            environment.insert(name, with_what_is_chosen(&value));
        }
        assert!(environment["DATABASE_URL"].contains(&addresses_of(&settings(false))));
        read(environment);
    }
    assert_eq!(nodes, 3);
    let (nginx, env) = (deployed("nginx.conf"), deployed("countersign.env"));
    for (name, address) in &addresses {
        let (file, written) = match *name {
            "nginx" => (&env, format!("COUNTERSIGN_SERVER__TRUSTED_PROXIES={address}\n")),
            "postgres" => (&env, format!("@{address}/auth\n")),
            "redis" => (&env, format!("redis://{address}:6379/0\n")),
            _ => (&nginx, format!("server {address}:4000 ")),
        };
        assert!(file.contains(&written), "{name}: {written}");
    }
}

/// Where the database is.
fn addresses_of(settings: &BTreeMap<String, String>) -> String {
    settings["DATABASE_URL"].split('@').nth(1).expect("a host").to_owned()
}

/// A value in which every `${NAME:?why}` was chosen.
fn with_what_is_chosen(value: &str) -> String {
    match (value.split_once("${"), value.split_once('}')) {
        (Some((before, _)), Some((_, after))) => format!("{before}{SECRET}{after}"),
        _ => value.to_owned(),
    }
}

#[test]
fn systemd_takes_the_unit_and_finds_little_exposed() {
    let unit = deployed("countersign.service");
    for line in unit.lines().filter_map(|line| line.strip_prefix("Environment=")) {
        let (name, _) = line.split_once('=').expect("a variable");
        assert!(is_a_setting(name), "{name} is no setting");
    }
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        println!("SKIPPED: systemd-analyze is not on this machine, the unit was not verified");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("countersign.service");
    let here = unit.replace("/usr/local/bin/countersign", &binary().display().to_string());
    assert_ne!(unit, here);
    fs::write(&path, here).expect("a file");
    let analyze = |arguments: &[&str]| {
        let output = Command::new("systemd-analyze").args(arguments).arg(&path).output();
        let output = output.expect("it runs");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    };
    assert_eq!(analyze(&["verify"]), (true, String::new()));
    // Of 100; a unit without a line of hardening has 96.
    let (is_little, said) = analyze(&["security", "--offline=true", "--threshold=20"]);
    assert!(is_little, "{said}");
}

/// What the head of the unit puts in place, and then what docs/several-machines.md says for commands on a node, with
/// another folder and another database.
#[test]
fn an_operator_on_a_node_has_its_settings_and_its_secret() {
    let (here, etc) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let etc = etc.path().join("countersign").display().to_string();
    let database = format!("DATABASE_URL=sqlite:{}", here.path().join("none.db").display());
    let env = deployed("countersign.env");
    let env = env
        .lines()
        .map(|line| if line.starts_with("DATABASE_URL=") { database.as_str() } else { line });
    let env = env.collect::<Vec<_>>().join("\n");
    fs::write(here.path().join("countersign.env"), env).expect("a file");
    let unit = deployed("countersign.service");
    let put = unit.lines().filter_map(|line| line.strip_prefix("#   ")).filter_map(|line| {
        line.split("    ").next().filter(|command| !command.contains("/usr/local/bin"))
    });
    let put = put.collect::<Vec<_>>().join("\n");
    let page = fs::read_to_string(root().join("docs/several-machines.md")).expect("the page");
    let commands = page.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let commands = commands.collect::<Vec<_>>().join("\n");
    let bin = binary().parent().expect("a folder").display();
    let script =
        format!("set -eu\nPATH={bin}:$PATH\n{put}\n{commands}").replace("/etc/countersign", &etc);
    let output = Command::new("sh").args(["-c", &script]).current_dir(&here).output();
    let output = output.expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    // The settings are read, the secret among them; then the database would be.
    assert!(said.contains("there is no file") && said.contains("none.db"), "{script}: {said}");
    assert!(!output.status.success() && output.stdout.is_empty(), "{said}");
}
