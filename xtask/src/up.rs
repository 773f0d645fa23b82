//! `cargo xtask up`: the whole system on this machine, from one command to one line.

mod parts;
mod programs;

use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
    process::Command,
};

use clap::ValueEnum;
use countersign_testing::root;

use crate::{
    Outcome, machine,
    step::{Steps, output, run as run_program},
};
use parts::{Parts, Switch};

#[derive(clap::Args)]
pub(crate) struct Flags {
    /// Who signs people in: `countersign serve`, or Better Auth inside the web app.
    #[arg(long, env = "AUTH_SERVER", value_enum, default_value = "countersign")]
    auth_server: AuthServer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AuthServer {
    Countersign,
    BetterAuth,
}

impl AuthServer {
    fn name(self) -> &'static str {
        match self {
            Self::Countersign => "countersign",
            Self::BetterAuth => "better-auth",
        }
    }
}

pub(crate) fn run(flags: &Flags) -> Outcome {
    let home = root().join(".countersign");
    fs::create_dir_all(&home)?;
    // Whichever server makes it, nobody else reads its database.
    fs::set_permissions(&home, fs::Permissions::from_mode(0o700))?;
    let mut steps = Steps::new(5);
    steps.step("looking at this machine", || {
        machine::require_node()?;
        machine::require_free_ports(programs::ports(flags.auth_server))
    })?;
    steps.step("building the servers (release)", || {
        if !root().join("target/release").exists() {
            println!("   this takes some minutes, once");
        }
        let packages = ["--package", "countersign-cli", "--package", "tasks-api"];
        let mut cargo = Command::new("cargo");
        cargo.current_dir(root()).args(["build", "--release"]).args(packages);
        // Wherever this machine keeps what it builds: they are started from here.
        run_program(cargo.arg("--target-dir").arg(root().join("target")))
    })?;
    steps.step("installing npm packages", || machine::install_node_packages(&root()))?;
    steps.step("building the web app", || {
        let npm = ["run", "build", "--workspaces", "--if-present"];
        run_program(
            Command::new("npm").current_dir(root()).args(npm).env("NEXT_TELEMETRY_DISABLED", "1"),
        )
    })?;
    let switch = Switch::default();
    let on_signal = switch.clone();
    // Before anything is started: what runs has a process group of its own, and hears of no Ctrl-C.
    ctrlc::set_handler(move || on_signal.turn_off())?;
    let mut parts = Parts::new(&home, switch);
    let started = steps.step("starting", || {
        let secret = development_secret(&home)?;
        for mut program in programs::in_order(flags.auth_server, &home, &secret) {
            parts.start(program.name, &mut program.command, program.ready)?;
        }
        Ok(())
    });
    match started {
        Ok(()) => {
            println!("\nMails are put into .countersign/mail, one file each.");
            println!(
                "Ready after {:.0} s: {} (Ctrl-C stops everything)",
                steps.seconds(),
                programs::WEB
            );
            parts.keep_running()
        }
        Err(error) => parts.stop_after(error),
    }
}

/// The secret of this machine's development servers, made once, readable by its user only.
fn development_secret(home: &Path) -> Result<String, Box<dyn std::error::Error>> {
    let path = home.join("secret");
    if let Ok(secret) = fs::read_to_string(&path) {
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        return Ok(secret.trim().to_owned());
    }
    let countersign = root().join("target/release/countersign");
    let secret = output(Command::new(countersign).args(["secret", "generate"]))?;
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(secret.as_bytes())?;
    println!("   made a development secret in .countersign/secret");
    Ok(secret.trim().to_owned())
}
