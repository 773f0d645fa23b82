//! What the machine has, and what is installed when it is missing.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::Command,
};

use crate::{
    Outcome,
    step::{output, run},
};

/// Debian packages the tests need, with a file that shows that they are there.
pub(crate) const FOR_TESTS: [(&str, &str); 7] = [
    ("chromium", "/usr/bin/chromium"),
    ("mariadb-server", "/usr/sbin/mariadbd"),
    ("nginx-light", "/usr/sbin/nginx"),
    ("openssl", "/usr/bin/openssl"),
    ("postgresql", "/usr/lib/postgresql"),
    ("redis-server", "/usr/bin/redis-server"),
    ("fonts-liberation", "/usr/share/fonts/truetype/liberation"),
];

/// Debian packages that build the libraries we are measured against.
pub(crate) const FOR_BENCHES: [(&str, &str); 2] =
    [("cmake", "/usr/bin/cmake"), ("libclang-dev", "/usr/lib/llvm-14/lib/libclang.so")];

/// Debian packages that load a server.
pub(crate) const FOR_SERVER_BENCH: [(&str, &str); 2] =
    [("wrk", "/usr/bin/wrk"), ("postgresql", "/usr/lib/postgresql")];

/// Node in the version the web app needs.
pub(crate) fn require_node() -> Outcome {
    let version = output(Command::new("node").arg("--version"))
        .map_err(|_| "Node.js is missing; install Node.js 20 or later")?;
    let major = version.trim().trim_start_matches('v').split('.').next().unwrap_or_default();
    if major.parse::<u32>().is_ok_and(|major| major >= 20) {
        println!("   node {}", version.trim());
        return Ok(());
    }
    Err(format!("Node.js is {}; 20 or later is needed", version.trim()).into())
}

/// Nobody listens where the parts of `up` will.
pub(crate) fn require_free_ports(ports: &[u16]) -> Outcome {
    for port in ports {
        TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).map_err(|error| {
            format!("port {port} cannot be used ({error}); stop the program that listens there")
        })?;
    }
    Ok(())
}

/// Python in the version the token tests need.
pub(crate) fn require_python() -> Outcome {
    let code = "import sys; print('.'.join(map(str, sys.version_info[:3]))); \
                sys.exit(sys.version_info < (3, 10))";
    let version = output(Command::new("python3").args(["-c", code]))
        .map_err(|_| "Python 3.10 or later is missing; install it as `python3`")?;
    println!("   python {}", version.trim());
    Ok(())
}

/// Those of the packages that are not there.
pub(crate) fn install_debian_packages(packages: &[(&str, &str)]) -> Outcome {
    let missing: Vec<_> = packages
        .iter()
        .filter(|(_, file)| !Path::new(file).exists())
        .map(|(name, _)| *name)
        .collect();
    if missing.is_empty() {
        println!("   Debian packages are there");
        return Ok(());
    }
    println!("   installing {}", missing.join(", "));
    let fix = format!("install them yourself: apt-get install {}", missing.join(" "));
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    run(apt.args(["update", "-qq"])).map_err(|error| format!("{error}; {fix}"))?;
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt.args(["install", "-y", "-qq", "--no-install-recommends"]).args(&missing);
    run(&mut apt).map_err(|error| format!("{error}; {fix}").into())
}

/// A program of Cargo's that is built from its source when it is missing.
pub(crate) fn install_cargo_tool(name: &str) -> Outcome {
    let subcommand = name.trim_start_matches("cargo-");
    if output(Command::new("cargo").args([subcommand, "--version"])).is_ok() {
        println!("   {name} is there");
        return Ok(());
    }
    println!("   building {name}; this takes some minutes, once");
    run(Command::new("cargo").args(["install", "--locked", name]))
}

/// The packages of a folder's lock file; nothing when they are there already.
pub(crate) fn install_node_packages(folder: &Path) -> Outcome {
    let marker = folder.join("node_modules/.package-lock.json");
    let lock = folder.join("package-lock.json");
    if let (Ok(installed), Ok(wanted)) = (fs::metadata(&marker), fs::metadata(&lock))
        && installed.modified()? >= wanted.modified()?
    {
        println!("   npm packages are there");
        return Ok(());
    }
    let flags = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
    run(Command::new("npm").current_dir(folder).args(flags))
}
