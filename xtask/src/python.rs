//! The Python environment of the tests, `target/python`: packages of exact versions, and ours.

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

/// A virtual environment with the packages of `requirements.txt`; nothing when they are there already.
pub(crate) fn install_packages() -> Outcome {
    let (folder, lock) = (root().join("target/python"), root().join("requirements.txt"));
    let installed = folder.join("requirements.txt");
    if fs::read(&installed).ok() == Some(fs::read(&lock)?) && program("python").exists() {
        println!("   Python packages are there");
        return Ok(());
    }
    if !program("python").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    run(pip().arg("--requirement").arg(&lock))?;
    fs::copy(lock, installed)?;
    Ok(())
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
    run(pip().args(["--no-index", "--no-deps", "--force-reinstall"]).arg(wheel_in(&wheels)?))
}

fn pip() -> Command {
    let mut pip = Command::new(program("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    pip
}

fn wheel_in(folder: &Path) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let wheel = fs::read_dir(folder)?.next().ok_or("maturin has built no wheel")??;
    Ok(wheel.path())
}
