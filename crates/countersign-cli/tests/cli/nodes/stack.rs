//! Three nodes on one PostgreSQL behind nginx, with the settings and the configuration of `deploy/`: only
//! addresses, ports and paths are others.

use std::{
    collections::BTreeMap,
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    process::Command,
    time::Duration,
};

use countersign_testing::{
    Running, SECRET, free_port, nginx::Nginx, postgres::Postgres, redis::Redis, root,
};
use reqwest::{Certificate, Client};
use tempfile::TempDir;

use crate::wire::binary;

pub(super) const ORIGIN: &str = "https://auth.example.com";
pub(super) const HOST: &str = "auth.example.com";

/// A file of `deploy/`.
pub(super) fn deployed(name: &str) -> String {
    let path = root().join("deploy").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The settings of `countersign.env`; with those that are commented out, what is about Redis among them,
/// where they are wanted.
pub(super) fn settings(with_redis: bool) -> BTreeMap<String, String> {
    let file = deployed("countersign.env");
    let mut settings = BTreeMap::new();
    let mut is_about_redis = false;
    for line in file.lines() {
        is_about_redis |= line.starts_with("# With Redis");
        let line = if is_about_redis && with_redis { line.trim_start_matches('#') } else { line };
        if let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
            settings.insert(name.to_owned(), value.to_owned());
        }
    }
    settings
}

/// A node, which can end and begin anew.
pub(super) struct Node {
    pub(super) address: String,
    settings: BTreeMap<String, String>,
    /// `None` while it does not run.
    pub(super) process: Option<Running>,
}

impl Node {
    pub(super) fn start(&mut self) {
        let mut command = Command::new(binary());
        command.env_clear().args(["serve", "--listen", &self.address]);
        command.env("NO_COLOR", "1").envs(&self.settings);
        self.process = Some(Running::start(&mut command, "countersign serves").expect("it starts"));
    }

    /// Tells it to stop, and waits until it has; its last words.
    pub(super) fn stop(&mut self) -> String {
        let process = self.process.take().expect("it runs");
        process.stopper().stop();
        std::iter::from_fn(|| process.next_line()).collect::<Vec<_>>().join("\n")
    }

    /// Ends it at once.
    pub(super) fn kill(&mut self) {
        let process = self.process.take().expect("it runs");
        process.stopper().kill();
        while process.next_line().is_some() {}
    }

    /// Where it is without nginx.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

pub(super) struct Stack {
    pub(super) nodes: Vec<Node>,
    https: SocketAddr,
    pub(super) http: SocketAddr,
    certificate: Certificate,
    folder: TempDir,
    // Ended after the nodes.
    _nginx: Nginx,
    _postgres: Postgres,
    _redis: Option<Redis>,
}

impl Stack {
    pub(super) fn start(with_redis: bool, changes: &[(&str, &str)]) -> Self {
        let postgres = Postgres::start().expect("PostgreSQL starts");
        let redis = with_redis.then(|| Redis::start().expect("Redis starts"));
        let folder = tempfile::tempdir().expect("a folder");
        let secret = folder.path().join("secret");
        fs::write(&secret, SECRET).expect("a secret");
        let mut settings = settings(with_redis);
        let mut replace = |name: &str, value: String| {
            assert!(settings.insert(name.to_owned(), value).is_some(), "{name} is not there");
        };
        replace("DATABASE_URL", postgres.new_database("auth").expect("a database"));
        replace("COUNTERSIGN_SERVER__TRUSTED_PROXIES", "127.0.0.1".to_owned());
        if let Some(redis) = &redis {
            replace("REDIS_URL", redis.url());
        }
        // The unit says so, and not the file.
        let path = secret.display().to_string();
        settings.insert("COUNTERSIGN_SERVER__SECRET_FILE".to_owned(), path);
        for (name, value) in changes {
            settings.insert((*name).to_owned(), (*value).to_owned());
        }
        let mut nodes: Vec<Node> = (0..3)
            .map(|_| Node {
                address: free().to_string(),
                settings: settings.clone(),
                process: None,
            })
            .collect();
        for node in &mut nodes {
            node.start();
        }
        let certificate = make_certificate(folder.path());
        let (https, http) = (free(), free());
        let site = site(&nodes, https, http, folder.path());
        let nginx = Nginx::start(&site).expect("nginx starts");
        Self {
            nodes,
            https,
            http,
            certificate,
            folder,
            _nginx: nginx,
            _postgres: postgres,
            _redis: redis,
        }
    }

    /// Somebody at this address of the machine.
    pub(super) fn client(&self, last_number: u8) -> Client {
        Client::builder()
            .no_proxy()
            .local_address(IpAddr::from(Ipv4Addr::new(127, 0, 0, last_number)))
            .resolve(HOST, self.https)
            .tls_certs_only([self.certificate.clone()])
            .timeout(Duration::from_mins(1))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client")
    }

    /// An endpoint as it is seen from outside.
    pub(super) fn url(&self, path: &str) -> String {
        format!("https://{HOST}:{}/api/auth{path}", self.https.port())
    }

    /// How many requests nginx gave to a node and nobody else, so far, and had answered well.
    pub(super) fn answered_by(&self, node: usize) -> usize {
        self.log().matches(&format!("from {} 200", self.nodes[node].address)).count()
    }

    /// What nginx has logged.
    pub(super) fn log(&self) -> String {
        let read = |name| fs::read_to_string(self.folder.path().join(name)).expect("a log");
        read("countersign.log") + &read("countersign-error.log")
    }
}

fn free() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, free_port().expect("a port")))
}

/// `nginx.conf` for this machine.
fn site(nodes: &[Node], https: SocketAddr, http: SocketAddr, folder: &Path) -> String {
    let folder = folder.display();
    let mut site = deployed("nginx.conf");
    for (there, here) in [
        ("10.0.0.11:4000", nodes[0].address.clone()),
        ("10.0.0.12:4000", nodes[1].address.clone()),
        ("10.0.0.13:4000", nodes[2].address.clone()),
        ("listen 443", format!("listen {https}")),
        ("listen 80", format!("listen {http}")),
        ("/etc/letsencrypt/live/auth.example.com/", format!("{folder}/")),
        ("/var/log/nginx/", format!("{folder}/")),
    ] {
        assert!(site.contains(there), "{there} is not in nginx.conf");
        site = site.replace(there, &here);
    }
    site
}

/// A certificate that the client trusts, and its key.
fn make_certificate(folder: &Path) -> Certificate {
    let (certificate, key) = (folder.join("fullchain.pem"), folder.join("privkey.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-days", "2", "-subj", "/CN=auth.example.com"])
        .args(["-addext", "subjectAltName=DNS:auth.example.com"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-out")
        .arg(&certificate)
        .arg("-keyout")
        .arg(&key)
        .output()
        .expect("openssl runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Certificate::from_pem(&fs::read(certificate).expect("a certificate")).expect("a certificate")
}
