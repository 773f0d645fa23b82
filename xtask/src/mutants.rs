//! `cargo xtask mutants`: verifier and guard, broken on purpose, one way after the other.
//!
//! [`variants`] says how. Each is built in a copy of the sources below `target/mutants`, and the tests of
//! its crate have to fail. A variant that passes them is a hole in the tests; one that does not build, or
//! whose text is no longer in the sources, proves nothing. All three fail the command.

mod variants;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use countersign_testing::root;

use self::variants::{PACKAGES, Variant};
use crate::{Outcome, step::output};

#[derive(clap::Args)]
pub(crate) struct Flags {
    /// Only variants whose name holds this text.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

/// What nextest says when the tests were built and some failed.
const TESTS_FAILED: i32 = 100;

pub(crate) fn run(flags: &Flags) -> Outcome {
    let wanted = |variant: &&Variant| {
        flags.only.as_ref().is_none_or(|text| variant.breaks.contains(text.as_str()))
    };
    let variants: Vec<&Variant> = variants::all().filter(wanted).collect();
    let mut broken = Vec::new();
    for variant in &variants {
        broken.push(variant.sources().map_err(|error| format!("{}: {error}", variant.breaks))?);
    }

    let copy = Copy::of_the_sources()?;
    for package in PACKAGES {
        if variants.iter().any(|variant| variant.package == package)
            && copy.test(package)? != Verdict::Passed
        {
            let fix = format!("cargo nextest run --all-features --package {package}");
            return Err(
                format!("the tests of {package} fail without any change; run: {fix}").into()
            );
        }
    }
    let mut survivors = Vec::new();
    for (variant, sources) in variants.iter().zip(broken) {
        let verdict = copy.test_with(variant, &sources)?;
        println!("   {verdict:<12} {}", variant.breaks);
        if verdict != Verdict::Caught {
            survivors.push(variant.breaks);
        }
    }
    println!("   {} of {} caught", variants.len() - survivors.len(), variants.len());
    if survivors.is_empty() {
        return Ok(());
    }
    Err(format!("not caught: {}", survivors.join("; ")).into())
}

impl Variant {
    /// The broken files. Every text has to occur exactly once.
    fn sources(&self) -> Result<Vec<(&'static str, String)>, Box<dyn std::error::Error>> {
        let mut sources: Vec<(&str, String)> = Vec::new();
        for edit in self.edits {
            let path = format!("crates/{}/src/{}", self.package, edit.file);
            let at = sources.iter().position(|(file, _)| *file == edit.file);
            let source = match at {
                Some(at) => sources.remove(at).1,
                None => fs::read_to_string(root().join(&path))
                    .map_err(|error| format!("{path}: {error}"))?,
            };
            let found = source.matches(edit.original).count();
            if found != 1 {
                return Err(format!("{path} holds {found} times: {}", edit.original).into());
            }
            sources.push((edit.file, source.replace(edit.original, edit.broken)));
        }
        Ok(sources)
    }
}

/// What the tests say of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Passed,
    Caught,
    DoesNotBuild,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Passed => "NOT CAUGHT",
            Self::Caught => "caught",
            Self::DoesNotBuild => "NOT BUILT",
        })
    }
}

/// The sources, to be broken.
struct Copy {
    sources: PathBuf,
    build: PathBuf,
}

impl Copy {
    /// Brings the copy up to date. Files that are the same stay as they are, so that Cargo builds them
    /// once.
    fn of_the_sources() -> Result<Self, Box<dyn std::error::Error>> {
        let home = root().join("target/mutants");
        let copy = Self { sources: home.join("sources"), build: home.join("build") };
        let parts = [
            "Cargo.toml",
            "Cargo.lock",
            "crates",
            "apps/tasks-api",
            "xtask",
            "conformance/reference",
            ".config",
        ];
        let files = output(
            Command::new("git")
                .current_dir(root())
                .args(["ls-files", "--cached", "--others", "--exclude-standard", "--"])
                .args(parts),
        )?;
        for file in files.lines().filter(|file| root().join(file).exists()) {
            write_if_other(&copy.sources.join(file), &fs::read(root().join(file))?)?;
        }
        Ok(copy)
    }

    fn test_with(
        &self,
        variant: &Variant,
        sources: &[(&str, String)],
    ) -> Result<Verdict, Box<dyn std::error::Error>> {
        let path = |file: &str| format!("crates/{}/src/{file}", variant.package);
        for (file, source) in sources {
            write_if_other(&self.sources.join(path(file)), source.as_bytes())?;
        }
        let verdict = self.test(variant.package);
        for (file, _) in sources {
            write_if_other(&self.sources.join(path(file)), &fs::read(root().join(path(file)))?)?;
        }
        verdict
    }

    fn test(&self, package: &str) -> Result<Verdict, Box<dyn std::error::Error>> {
        let run = Command::new("cargo")
            .current_dir(&self.sources)
            .env("CARGO_TARGET_DIR", &self.build)
            .env("CARGO_INCREMENTAL", "0")
            .args(["nextest", "run", "--all-features", "--fail-fast", "--package", package])
            .output()?;
        Ok(match run.status.code() {
            Some(0) => Verdict::Passed,
            Some(TESTS_FAILED) => Verdict::Caught,
            _ => Verdict::DoesNotBuild,
        })
    }
}

fn write_if_other(path: &Path, content: &[u8]) -> Outcome {
    if fs::read(path).is_ok_and(|known| known == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, content)?)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::variants;

    #[test]
    fn every_variant_can_be_made_of_the_sources_as_they_are() {
        let stale: Vec<String> = variants::all()
            .filter_map(|variant| Some(format!("{}: {}", variant.breaks, variant.sources().err()?)))
            .collect();
        assert!(stale.is_empty(), "{stale:#?}");
    }
    #[test]
    fn no_two_variants_have_one_name() {
        let mut names = HashSet::new();
        for variant in variants::all() {
            assert!(names.insert(variant.breaks), "{}", variant.breaks);
        }
    }
}
