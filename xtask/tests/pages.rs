//! What the pages point to exists: tests that docs/attacks.md names, and files behind links.

use std::{fs, path::Path};

use countersign_testing::root;

const PAGES: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "docs/attacks.md",
    "docs/better-auth-plugin.md",
    "docs/bring-users.md",
    "docs/browser-client.md",
    "docs/compatibility.md",
    "docs/databases.md",
    "docs/e-mail.md",
    "docs/handshake.md",
    "docs/plugins.md",
    "docs/protect-axum.md",
    "docs/protect-fastapi.md",
    "docs/replace-better-auth.md",
    "docs/revocation.md",
    "docs/revocation-feed.md",
    "docs/rotate-secrets.md",
    "docs/several-machines.md",
    "docs/social-sign-in.md",
    "docs/spent-tokens.md",
    "docs/token-life.md",
    "docs/try.md",
    "docs/performance/server.md",
    "docs/performance/tokens.md",
    "docs/performance/verify.md",
];

#[test]
fn every_attack_names_tests_that_exist() {
    let page = read("docs/attacks.md");
    let mut sections = page.split("\n### ");
    sections.next();
    for section in sections {
        let title = section.lines().next().unwrap_or_default();
        let section = section.split("\n## ").next().unwrap_or_default();
        let (_, tests) = section.split_once("\nTests in ").unwrap_or_default();
        let (mut file, mut source, mut named) = ("", String::new(), 0);
        for word in in_backticks(tests) {
            if word.contains('/') {
                (file, source) = (word, read(word));
                continue;
            }
            // In TypeScript a test is a sentence, of which the beginning is enough.
            let ways = [format!("fn {word}("), format!("def {word}("), format!("test(\"{word}")];
            let is_there = ways.iter().any(|way| source.contains(way));
            assert!(is_there, "{title}: there is no test {word} in {file}");
            named += 1;
        }
        assert!(named > 0, "{title}: no test is named");
    }
}

#[test]
fn every_link_of_a_page_leads_to_a_file() {
    for page in PAGES {
        let text = read(page);
        let folder = Path::new(page).parent().unwrap_or(Path::new(""));
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        for (target, _) in targets.filter(|(target, _)| !target.contains("://")) {
            let target = target.split('#').next().unwrap_or_default();
            assert!(root().join(folder).join(target).exists(), "{page}: {target}");
        }
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What stands in code type.
fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}
