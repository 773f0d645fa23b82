//! `docs/configuration.md` lists every setting, as the program knows it.

use std::{env, fmt::Write, fs, path::Path};

use countersign_server::settings::keys::{KEYS, Key};

const HEAD: &str = "\
# Configuration

Every setting of `countersign serve` is a key of a TOML file (`--config FILE`) and a variable; the variable wins, and ours wins
over Better Auth's own name for it. `countersign --help` prints the same list. An unknown key or variable is an error that names
the nearest known one, and a value that cannot be used is an error that names setting, rule and fix.

Spans of time are a number and a unit: `90s`, `15m`, `1h`, `7d`. Lists are divided by commas. Secrets are never flags: what stands
on a command line, every user of the machine can read.

This page is written from the program; a test holds it up to date.
";

/// Keys of one section of the TOML file, in the program's order.
fn sections() -> Vec<(&'static str, Vec<&'static Key>)> {
    let mut sections: Vec<(&str, Vec<&Key>)> = Vec::new();
    for key in KEYS {
        let (section, _) = key.name.split_once('.').expect("a key is `section.key`");
        match sections.iter_mut().find(|(name, _)| *name == section) {
            Some((_, keys)) => keys.push(key),
            None => sections.push((section, vec![key])),
        }
    }
    sections
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (section, keys) in sections() {
        write!(page, "\n## {section}\n\n| Key | Variable | Default | |\n|---|---|---|---|\n")
            .expect("a String takes everything");
        for key in keys {
            let variables: Vec<String> =
                key.alias.into_iter().map(str::to_owned).chain([key.variable()]).collect();
            let default = match key.default {
                "" => String::new(),
                default => format!("`{default}`"),
            };
            let help = key.help.replace('|', "\\|").replace('<', "\\<");
            let (name, variables) = (key.name, variables.join("`, `"));
            writeln!(page, "| `{name}` | `{variables}` | {default} | {help} |")
                .expect("a String takes everything");
        }
    }
    page
}

#[test]
fn the_page_lists_every_setting_with_its_variable_and_its_default() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let page = page();
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).expect("the page can be written");
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == page, "docs/configuration.md is out of date; UPDATE_DOCS=1 writes it");
}
