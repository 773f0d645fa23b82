//! Who judges: programs that read a token per line and write a verdict per line.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command},
};

use countersign_testing::{
    forgery::{AUDIENCE, Corpus, Forged, ISSUER, KeyRing, NOW, Trust},
    root,
};

use super::verdict::Verdict;
use crate::step::{output, run};

pub(crate) const OURS: &str = "countersign";
pub(crate) const JOSE: &str = "jose";
pub(crate) const PYTHON: &str = "countersign for Python";

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

/// The judges of this machine, with the keys they need.
pub(crate) struct Judges {
    key_set: PathBuf,
    /// The interpreter that has our package.
    python: Option<PathBuf>,
}

impl Judges {
    /// Builds ours and writes the keys.
    pub(crate) fn new(corpus: &Corpus, folder: &Path) -> Fallible<Self> {
        run(Command::new("cargo").current_dir(root()).args([
            "build",
            "--quiet",
            "--package",
            "countersign-jwt",
            "--example",
            "verdicts",
        ]))?;
        let key_set = folder.join("keys.json");
        fs::write(&key_set, corpus.ring().key_set_json())?;
        let python = root().join("target/python/bin/python");
        let imports = output(Command::new(&python).args(["-c", "import countersign"])).is_ok();
        Ok(Self { key_set, python: imports.then_some(python) })
    }

    pub(crate) fn names(&self) -> String {
        let python = if self.python.is_some() { PYTHON } else { "(no countersign for Python)" };
        format!("{OURS}, {JOSE}, {python}")
    }

    /// Shows them these tokens; they work while others are heard.
    pub(crate) fn hear(&self, trust: Trust, tokens: &[Forged], folder: &Path) -> Fallible<Hearing> {
        let file = |kind: &str| folder.join(format!("{trust:?}.{kind}").to_lowercase());
        let shown: String = tokens.iter().map(|token| token.text.clone() + "\n").collect();
        fs::write(file("tokens"), shown)?;

        let conformance = root().join("conformance");
        let mut commands =
            vec![(OURS, Command::new(root().join("target/debug/examples/verdicts")))];
        let mut node = Command::new("node");
        node.arg(conformance.join("differential/jose.mjs"));
        commands.push((JOSE, node));
        // Its guard takes a key set, or a secret for HS256.
        let known_to_python = matches!(trust, Trust::KeySet | Trust::Hs256);
        if let Some(python) = self.python.as_ref().filter(|_| known_to_python) {
            let mut command = Command::new(python);
            command.arg(conformance.join("differential/verdicts.py"));
            commands.push((PYTHON, command));
        }

        let mut at_work = Vec::new();
        for (name, mut command) in commands {
            let verdicts = file(&format!("{name}.verdicts"));
            self.give_keys(&mut command, trust);
            command
                .args(["--issuer", ISSUER, "--audience", AUDIENCE, "--now", &NOW.to_string()])
                .stdin(File::open(file("tokens"))?)
                .stdout(File::create(&verdicts)?)
                .stderr(File::create(file(&format!("{name}.errors")))?);
            let child = command.spawn().map_err(|error| format!("{name}: {error}"))?;
            at_work.push(AtWork { name, child, verdicts });
        }
        Ok(Hearing { at_work, tokens: tokens.len() })
    }

    fn give_keys(&self, command: &mut Command, trust: Trust) {
        match trust.secret() {
            None => command.arg("--jwks").arg(&self.key_set),
            Some(algorithm) => command
                .args(["--algorithm", algorithm.as_str()])
                .args(["--secret-hex", &hex::encode(KeyRing::secret(algorithm))]),
        };
    }
}

/// Judges at work on the same tokens.
pub(crate) struct Hearing {
    at_work: Vec<AtWork>,
    tokens: usize,
}

struct AtWork {
    name: &'static str,
    child: Child,
    verdicts: PathBuf,
}

impl Hearing {
    /// What each judge says of each token, ours first.
    pub(crate) fn verdicts(self) -> Fallible<Vec<(&'static str, Vec<Verdict>)>> {
        let mut all = Vec::new();
        for AtWork { name, mut child, verdicts } in self.at_work {
            let status = child.wait()?;
            let said = fs::read_to_string(&verdicts)?;
            let lines: Option<Vec<_>> = said.lines().map(Verdict::parse).collect();
            let lines = lines.filter(|lines| status.success() && lines.len() == self.tokens);
            let lines = lines.ok_or_else(|| {
                let file = verdicts.display();
                format!("{name} did not judge all {} tokens ({status}); see {file}", self.tokens)
            })?;
            all.push((name, lines));
        }
        Ok(all)
    }
}
