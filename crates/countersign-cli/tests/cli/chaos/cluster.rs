//! Three servers on one PostgreSQL and one Redis, each behind lines of its own that can break.

use std::{
    net::SocketAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use countersign_testing::{
    Stopper, binaries::Countersign, postgres::Postgres, proxy::Proxy, redis::Redis,
};

use crate::wire::binary;

/// What all of them call themselves, whatever address they listen at.
pub(super) const ORIGIN: &str = "https://auth.test";

/// A resource server's, as the settings have it.
pub(super) const CREDENTIAL: &str = "tasks:the-secret-of-the-resource-server";

/// And as it is sent.
pub(super) const BASIC: &str = "Basic dGFza3M6dGhlLXNlY3JldC1vZi10aGUtcmVzb3VyY2Utc2VydmVy";

pub(super) const NODES: usize = 3;

pub(super) struct Cluster {
    postgres: Mutex<Postgres>,
    redis: Mutex<Redis>,
    pub(super) nodes: Vec<Node>,
}

/// One of the servers.
pub(super) struct Node {
    settings: Vec<(&'static str, String)>,
    /// `None` while it is down.
    server: Mutex<Option<Countersign>>,
    /// Where it is, or was last.
    address: Mutex<SocketAddr>,
    pub(super) to_database: Proxy,
    pub(super) to_redis: Proxy,
}

impl Cluster {
    /// All of them at work, with these settings beside their own.
    pub(super) fn start(settings: &[(&'static str, &str)]) -> Self {
        let postgres = Postgres::start().expect("PostgreSQL starts");
        let redis = Redis::start().expect("Redis starts");
        let node = |_| Node::start(&postgres, &redis, settings);
        let nodes = (0..NODES).map(node).collect();
        Self { postgres: Mutex::new(postgres), redis: Mutex::new(redis), nodes }
    }

    /// Where database and Redis are, for a command: without lines between that could break.
    pub(super) fn stores(&self) -> [(&'static str, String); 3] {
        [
            ("DATABASE_URL", locked(&self.postgres).url().to_owned()),
            ("REDIS_URL", locked(&self.redis).url()),
            ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true".to_owned()),
        ]
    }

    /// Ends the database in the middle of whatever it does.
    pub(super) fn crash_database(&self) {
        locked(&self.postgres).stop();
    }

    /// Starts it again with what it had.
    pub(super) fn start_database(&self) {
        locked(&self.postgres).start_again().expect("PostgreSQL recovers");
    }

    /// Redis forgets everything.
    pub(super) fn empty_redis(&self) {
        locked(&self.redis).run("FLUSHALL");
    }

    /// Redis ends; it begins again empty.
    pub(super) fn stop_redis(&self) {
        locked(&self.redis).stop();
    }

    pub(super) fn start_redis(&self) {
        locked(&self.redis).restart().expect("Redis starts");
    }
}

impl Node {
    fn start(postgres: &Postgres, redis: &Redis, settings: &[(&'static str, &str)]) -> Self {
        let (database, to_database) = behind(postgres.url());
        let (shared, to_redis) = behind(&redis.url());
        let own = [
            ("BETTER_AUTH_URL", ORIGIN.to_owned()),
            ("DATABASE_URL", database),
            ("REDIS_URL", shared),
            // Sessions that are in Redis only are gone with it.
            ("COUNTERSIGN_SESSION__STORE_IN_DATABASE", "true".to_owned()),
            ("COUNTERSIGN_RESOURCE_SERVERS__CREDENTIALS", CREDENTIAL.to_owned()),
            ("COUNTERSIGN_DELETE_USER__ENABLED", "true".to_owned()),
        ];
        let further = settings.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let settings = own.into_iter().chain(further).collect();
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
        let (server, address) = (Mutex::default(), Mutex::new(nowhere));
        let node = Self { settings, server, address, to_database, to_redis };
        node.start_again();
        node
    }

    /// Starts it on another port.
    pub(super) fn start_again(&self) {
        let settings: Vec<_> =
            self.settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let server = Countersign::start(binary(), &settings).expect("it starts");
        *locked(&self.address) = address_of(server.url());
        *locked(&self.server) = Some(server);
    }

    /// Kills it, and waits until it is gone.
    pub(super) fn kill(&self) {
        let Some(mut server) = locked(&self.server).take() else { return };
        server.process().stopper().kill();
        while server.process().next_line().is_some() {}
    }

    /// Has it stand still, or go on.
    pub(super) fn stopper(&self) -> Stopper {
        let mut server = locked(&self.server);
        server.as_mut().expect("it runs").process().stopper()
    }

    pub(super) fn address(&self) -> SocketAddr {
        *locked(&self.address)
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address())
    }
}

/// The same address by way of a line that can break.
fn behind(url: &str) -> (String, Proxy) {
    let address = address_of(url);
    let proxy = Proxy::start(address).expect("a port");
    (url.replace(&address.to_string(), &proxy.address().to_string()), proxy)
}

/// Host and port of an address.
fn address_of(url: &str) -> SocketAddr {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    host.parse().expect("an address with a port")
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
