//! Python environments with packages of exact versions: that of the tests, `target/python`, has ours, too.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use countersign_testing::root;

use crate::{Outcome, step::run};

/// A Python program of the environment.
pub(crate) fn program(name: &str) -> PathBuf {
    root().join("target/python/bin").join(name)
}

/// The packages of the tests.
pub(crate) fn install_packages() -> Outcome {
    environment("target/python", "requirements.txt").map(drop)
}

/// A virtual environment in a folder, with the packages of a file, unless they are there already; the path
/// of its interpreter.
pub(crate) fn environment(
    folder: &str,
    requirements: &str,
) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let (folder, lock) = (root().join(folder), root().join(requirements));
    let (python, installed) = (folder.join("bin/python"), folder.join("requirements.txt"));
    if python.exists() && fs::read(&installed).ok() == Some(fs::read(&lock)?) {
        println!("   Python packages are there");
        return Ok(python);
    }
    if !python.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    run(pip(&python).arg("--requirement").arg(&lock))?;
    fs::copy(lock, installed)?;
    Ok(python)
}

/// The package `countersign`, built from this repository as a wheel.
pub(crate) fn install_countersign() -> Outcome {
    let wheels = root().join("target/wheels");
    if wheels.exists() {
        fs::remove_dir_all(&wheels)?;
    }
    let mut maturin = Command::new(program("maturin"));
    maturin
        .args(["build", "--quiet", "--locked", "--compatibility", "linux", "--manifest-path"])
        .arg(root().join("crates/countersign-py/Cargo.toml"))
        .arg("--interpreter")
        .arg(program("python"))
        .arg("--out")
        .arg(&wheels);
    run(&mut maturin)?;
    run(pip(&program("python"))
        .args(["--no-index", "--no-deps", "--force-reinstall"])
        .arg(wheel_in(&wheels)?))
}

/// `pip install` of an environment.
pub(crate) fn pip(python: &Path) -> Command {
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    pip
}

fn wheel_in(folder: &Path) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let wheel = fs::read_dir(folder)?.next().ok_or("maturin has built no wheel")??;
    Ok(wheel.path())
}
