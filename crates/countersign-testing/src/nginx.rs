//! An nginx of its own, in front of whatever a site's configuration says.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
};

use tempfile::TempDir;

use crate::{Running, StartError};

/// What a distribution's `nginx.conf` has around the sites, with everything in one folder.
const AROUND: &str = "\
daemon off;
worker_processes 2;
pid nginx.pid;
error_log stderr notice;
events { worker_connections 1024; }
http {
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    scgi_temp_path scgi;
    uwsgi_temp_path uwsgi;
    include site.conf;
}
";

/// A proxy that ends with its value.
pub struct Nginx {
    _process: Running,
    _folder: TempDir,
}

impl Nginx {
    /// Starts it with a file as it would be in `/etc/nginx/conf.d`, with absolute paths and addresses of
    /// this machine; needs Debian's package `nginx-light`.
    pub fn start(site: &str) -> Result<Self, StartError> {
        let folder = tempfile::Builder::new().prefix("countersign-nginx").tempdir()?;
        // Started by root, it works as a user of its own.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        fs::write(folder.path().join("site.conf"), site)?;
        fs::write(folder.path().join("nginx.conf"), AROUND)?;
        let mut nginx = Command::new(program()?);
        nginx.arg("-p").arg(folder.path()).args(["-c", "nginx.conf", "-e", "stderr"]);
        let process = Running::start(&mut nginx, "start worker process ")?;
        Ok(Self { _process: process, _folder: folder })
    }
}

fn program() -> Result<&'static Path, StartError> {
    let path = Path::new("/usr/sbin/nginx");
    if path.exists() {
        return Ok(path);
    }
    Err(StartError::Prepare {
        what: "nginx".to_owned(),
        cause: "it is not installed; install Debian's package `nginx-light`".to_owned(),
    })
}
