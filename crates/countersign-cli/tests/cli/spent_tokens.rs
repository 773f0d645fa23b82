//! Tokens that count once, in two services before two nodes: with Redis emptied and away, with PostgreSQL away, and
//! with nodes that are killed as they answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use countersign::{Clock, Guard, KeySource, Policy, Refusal, SharedSpentTokens, SystemClock};
use countersign_jwt::{Algorithm, SigningKey};
use countersign_testing::{
    binaries::Countersign, file_in, postgres::Postgres, proxy::Proxy, redis::Redis,
};
use serde_json::json;
use tokio::{task::JoinSet, time::timeout};

use crate::{wire::binary, writers::rounds};

const ISSUER: &str = "https://auth.test";
const SECRET: &str = "4f1d0c9b8a7e6f5d4c3b2a19087f6e5d4c3b2a1908f7e6d5";

/// What nobody waits longer for.
const PATIENCE: Duration = Duration::from_mins(1);

fn node(settings: &[(&str, &str)]) -> Countersign {
    let credential = format!("tasks:{SECRET}");
    let own = [
        ("COUNTERSIGN_RESOURCE_SERVERS__CREDENTIALS", credential.as_str()),
        ("BETTER_AUTH_URL", "http://auth.test"),
    ];
    Countersign::start(binary(), &[&own[..], settings].concat()).expect("it starts")
}

/// A service whose tokens are signed by a key of the test.
struct Services {
    key: SigningKey,
}

impl Services {
    fn new() -> Self {
        Self { key: SigningKey::generate(Algorithm::EdDsa).expect("a key") }
    }

    /// A process that shares its spent tokens at this node.
    fn process(&self, origin: &str) -> Arc<Guard> {
        let policy = Policy::new(ISSUER, "tasks").expect("an issuer");
        let keys = KeySource::keys(self.key.key_set().expect("keys"));
        let shared = format!("{origin}/api/auth/spent-tokens");
        let shared = SharedSpentTokens::at(&shared, "tasks", SECRET).expect("an address");
        // However busy the machine is.
        let shared = shared.with_patience(Duration::from_secs(10)).expect("a patience");
        let guard = Guard::builder(policy, keys).spent_tokens_shared(shared).build();
        Arc::new(guard.expect("a guard"))
    }

    fn token(&self, jti: &str) -> String {
        let now = SystemClock.now().as_second();
        let claims = json!({
            "iss": ISSUER, "aud": "tasks", "sub": "ann", "jti": jti, "iat": now, "exp": now + 900,
        });
        self.key.sign(&claims).expect("a token")
    }
}

/// A request that takes its token once: whether it passed.
async fn passes(guard: &Guard, token: &str) -> Result<(), Refusal> {
    let request = http::Request::post("/vote").header("authorization", format!("Bearer {token}"));
    let mut request = request.body(()).expect("a request").into_parts().0;
    let identity = guard.admit(&request).await.expect("the token is good");
    guard.spend(&identity, &mut request).await.map_err(|refused| refused.refusal().clone())
}

/// How many of a hundred at once pass, how many are refused as replays, and how many are told to come back.
async fn of_a_hundred(guards: &[Arc<Guard>; 2], token: &str) -> (usize, usize, usize) {
    let mut running = JoinSet::new();
    for number in 0..100 {
        let (guard, token) = (Arc::clone(&guards[number % 2]), token.to_owned());
        running.spawn(async move { passes(&guard, &token).await });
    }
    let answers = running.join_all().await;
    let with = |wanted: Result<(), Refusal>| answers.iter().filter(|own| **own == wanted).count();
    (with(Ok(())), with(Err(Refusal::Replayed)), with(Err(Refusal::SpentTokensUnavailable)))
}

/// The same until nobody is told to come back, as on a machine where a second is short.
async fn passed_at_last(guards: &[Arc<Guard>; 2], token: &str) -> usize {
    let trying = async {
        let mut passed = 0;
        loop {
            let (more, _, unavailable) = of_a_hundred(guards, token).await;
            passed += more;
            if unavailable == 0 {
                return passed;
            }
        }
    };
    timeout(PATIENCE, trying).await.expect("they are answered")
}

#[tokio::test(flavor = "multi_thread")]
async fn t235_t236_of_a_hundred_at_two_nodes_one_passes_whatever_becomes_of_redis() {
    let mut postgres = Postgres::start().expect("PostgreSQL starts");
    let mut redis = Redis::start().expect("Redis starts");
    let (database, redis_url) = (postgres.url().to_owned(), redis.url());
    let settings = [("DATABASE_URL", database.as_str()), ("REDIS_URL", redis_url.as_str())];
    let nodes = [node(&settings), node(&settings)];
    let services = Services::new();
    let two = || [services.process(nodes[0].url()), services.process(nodes[1].url())];

    let guards = two();
    let tokens: Vec<_> = (0..3).map(|number| services.token(&format!("t{number}"))).collect();
    for token in &tokens {
        assert_eq!(passed_at_last(&guards, token).await, 1);
    }
    redis.run("FLUSHALL");
    // As after a restart: the services remember nothing.
    let guards = two();
    for token in &tokens {
        assert_eq!(passed_at_last(&guards, token).await, 0);
    }
    redis.stop();
    assert_eq!(passed_at_last(&two(), &tokens[0]).await, 0);
    assert_eq!(passed_at_last(&two(), &services.token("without Redis")).await, 1);
    redis.restart().expect("Redis starts again");

    postgres.stop();
    let (guards, token) = (two(), services.token("without PostgreSQL"));
    assert_eq!(of_a_hundred(&guards, &token).await, (0, 0, 100));
    postgres.start_again().expect("PostgreSQL starts again");
    assert_eq!(passed_at_last(&guards, &token).await, 1);
}

/// Spends tokens one after the other until the node that is asked is gone; those that passed, and the last one.
async fn spend_until_it_is_gone(
    services: &Services,
    guard: &Guard,
    round: usize,
    count: &AtomicUsize,
) -> (Vec<String>, String) {
    let mut passed = Vec::new();
    loop {
        let token = services.token(&format!("{round}-{}", passed.len()));
        match passes(guard, &token).await {
            Ok(()) => {
                passed.push(token);
                count.fetch_add(1, Ordering::Relaxed);
            }
            Err(Refusal::SpentTokensUnavailable) => return (passed, token),
            Err(other) => panic!("{other:?}"),
        }
    }
}

async fn killed_as_it_answers(database_url: &str) {
    let services = Services::new();
    let settings = [("DATABASE_URL", database_url)];
    let address =
        |node: &Countersign| node.url().trim_start_matches("http://").parse().expect("an address");
    let mut server = node(&settings);
    let line = Proxy::start(address(&server)).expect("a line");
    let origin = format!("http://{}", line.address());
    let guard = services.process(&origin);
    let mut spent = 0;
    for round in 0..rounds(3) {
        // One right after its answer,
        let token = services.token(&format!("{round}-first"));
        passes(&guard, &token).await.expect("nobody spent it");
        server.process().stopper().kill();
        server = node(&settings);
        line.lead_to(address(&server));
        let another = services.process(&origin);
        assert_eq!(passes(&another, &token).await, Err(Refusal::Replayed));

        // and many until it is killed at some moment.
        let killer = server.process().stopper();
        let mut random = fastrand::Rng::with_seed(round as u64);
        let (count, enough, breath) =
            (AtomicUsize::new(0), random.usize(1..40), random.usize(0..20));
        let ended = AtomicBool::new(false);
        let kill = async {
            // Where the machine is too busy for an answer, spending ends before there are enough.
            while count.load(Ordering::Relaxed) < enough && !ended.load(Ordering::Relaxed) {
                tokio::task::yield_now().await;
            }
            for _ in 0..breath {
                tokio::task::yield_now().await;
            }
            killer.kill();
        };
        let spending = async {
            let spent = spend_until_it_is_gone(&services, &guard, round, &count).await;
            ended.store(true, Ordering::Relaxed);
            spent
        };
        let ((passed, last), ()) = tokio::join!(spending, kill);
        server = node(&settings);
        line.lead_to(address(&server));
        let another = services.process(&origin);
        for token in &passed {
            assert_eq!(passes(&another, token).await, Err(Refusal::Replayed));
        }
        // Whoever got no answer comes again, to the same service: it passes, and once.
        passes(&guard, &last).await.expect("it is this service's, or nobody's");
        assert_eq!(passes(&another, &last).await, Err(Refusal::Replayed));
        spent += passed.len() + 2;
    }
    println!("{spent} tokens were spent, and are");
}

#[tokio::test]
async fn t235_t296_what_was_spent_stays_spent_after_a_kill_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    killed_as_it_answers(&file_in(&folder, "a.db")).await;
}

#[tokio::test]
async fn t235_t296_what_was_spent_stays_spent_after_a_kill_on_postgresql() {
    let database = Postgres::start().expect("PostgreSQL starts");
    killed_as_it_answers(database.url()).await;
}
