//! Slow clients, many clients, and the end, over real sockets.

use std::{io::ErrorKind, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, Request},
    routing::{get, post},
};
use countersign_serve::{Ended, Limits, came_too_slowly, serve};
use futures_util::{StreamExt, future::join_all, stream};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot},
    task::JoinHandle,
    time::timeout,
};

const SHORT: Duration = Duration::from_millis(300);
const NEVER: Duration = Duration::from_hours(1);

/// Limits that no test meets, unless it sets one of them otherwise.
const PATIENT: Limits = Limits { head: NEVER, body: NEVER, stall: NEVER, drain: NEVER };

/// A router behind a socket.
struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Ended>,
}

impl Served {
    async fn start(app: Router, limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, told) = oneshot::channel();
        let told = async {
            let _ = told.await;
        };
        let ended = tokio::spawn(serve(listener, app, limits, told));
        Self { address, stop, ended }
    }

    /// A connection on which these bytes were sent.
    async fn sent(&self, bytes: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.expect("the server listens");
        stream.write_all(bytes.as_bytes()).await.expect("the bytes go out");
        stream
    }

    /// What comes back until the server closes the connection.
    async fn answer(&self, bytes: &str) -> String {
        all_of(self.sent(bytes).await).await
    }

    async fn stop(self) -> Ended {
        self.stop.send(()).expect("it serves");
        self.ended.await.expect("no panic")
    }
}

/// All that comes until the other side ends the connection, in whichever way.
async fn all_of(mut stream: TcpStream) -> String {
    let (mut said, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        said.extend_from_slice(&buffer[..length]);
    }
    String::from_utf8_lossy(&said).into_owned()
}

const GOOD: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

fn greeting() -> Router {
    Router::new().route("/", get(async || "hello"))
}

#[tokio::test]
async fn t279_two_hundred_halves_of_a_head_are_closed_and_a_good_client_is_served() {
    let served = Served::start(greeting(), Limits { head: SHORT, ..PATIENT }).await;
    let halves = ["GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", "G", "", "GET / HTTP/1.1\r\n"];
    let slow = (0..200).map(|index| served.sent(halves[index % halves.len()]));
    let slow = join_all(slow).await;
    assert!(served.answer(GOOD).await.ends_with("hello"));
    for said in join_all(slow.into_iter().map(all_of)).await {
        assert_eq!(said, "", "nothing was asked, nothing is answered");
    }
    assert_eq!(served.stop().await, Ended { cut: 0 });
}

#[tokio::test]
async fn t279_a_connection_that_was_served_and_then_says_nothing_is_closed() {
    let served = Served::start(greeting(), Limits { head: SHORT, ..PATIENT }).await;
    let twice = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(2);
    let said = served.answer(&twice).await;
    assert_eq!(said.matches("200 OK").count(), 2, "{said}");
}

#[tokio::test]
async fn t280_a_body_that_does_not_end_ends_with_an_error_that_says_why() {
    let read = post(async |request: Request| {
        match axum::body::to_bytes(request.into_body(), 1000).await {
            Ok(_) => "complete",
            Err(error) if came_too_slowly(&error) => "too slow",
            Err(_) => "broken",
        }
    });
    let app = Router::new().route("/", read);
    let served = Served::start(app, Limits { body: SHORT, ..PATIENT }).await;
    let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n";
    let mut dripping = served.sent(head).await;
    dripping.write_all(b"12345").await.expect("half of it goes out");
    // The rest never comes: the answer does, and the end of the connection.
    assert!(all_of(dripping).await.ends_with("too slow"));
    let complete = [head, "1234567890"].concat().replace("Host", "Connection: close\r\nHost");
    assert!(served.answer(&complete).await.ends_with("complete"));
}

/// Says when it is dropped.
struct Dropped(Arc<Notify>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[tokio::test]
async fn t280_a_client_that_takes_nothing_of_an_answer_is_cut() {
    let dropped = Arc::new(Notify::new());
    let witness = Arc::clone(&dropped);
    let endless = get(async move || {
        let alive = Dropped(Arc::clone(&witness));
        let parts = stream::repeat(Bytes::from_static(&[0; 16_384])).map(move |part| {
            let _ = &alive;
            Ok::<_, std::convert::Infallible>(part)
        });
        Body::from_stream(parts)
    });
    let app = Router::new().route("/", endless);
    let served = Served::start(app, Limits { stall: SHORT, ..PATIENT }).await;
    let never_reads = served.sent(GOOD).await;
    dropped.notified().await;
    drop(never_reads);
    assert_eq!(served.stop().await, Ended { cut: 0 });
}

#[tokio::test]
async fn t278_heads_that_are_too_large_are_refused_and_the_connection_is_closed() {
    let served = Served::start(greeting(), PATIENT).await;
    let large = "x".repeat(64 * 1024);
    let many = "X-Many: 1\r\n".repeat(101);
    for head in [
        format!("GET / HTTP/1.1\r\nHost: x\r\nX-Large: {large}\r\n\r\n"),
        format!("GET /{large} HTTP/1.1\r\nHost: x\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n"),
    ] {
        // The request that follows on the connection is not looked at.
        let said = served.answer(&[&head, GOOD].concat()).await;
        assert!(said.starts_with("HTTP/1.1 431 ") || said.is_empty(), "{said}");
        assert!(!said.contains("hello"), "{said}");
    }
    assert!(served.answer(GOOD).await.ends_with("hello"));
}

#[tokio::test]
async fn handlers_know_the_peer() {
    let peer = get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string());
    let served = Served::start(Router::new().route("/", peer), PATIENT).await;
    let stream = served.sent(GOOD).await;
    let own = stream.local_addr().expect("an address").to_string();
    assert!(all_of(stream).await.ends_with(&own));
}

#[tokio::test]
async fn told_to_stop_it_answers_what_is_under_way_and_takes_nothing_new() {
    let (arrived, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (arrive, wait) = (Arc::clone(&arrived), Arc::clone(&go_on));
    let slow = get(async move || {
        arrive.notify_one();
        wait.notified().await;
        "at last"
    });
    let served = Served::start(Router::new().route("/", slow), PATIENT).await;
    let (address, under_way, idle) =
        (served.address, served.sent(GOOD).await, served.sent("").await);
    arrived.notified().await;
    let ended = tokio::spawn(served.stop());
    // An idle connection is closed at once; that is how a client sees that the end has begun.
    assert_eq!(all_of(idle).await, "");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    go_on.notify_one();
    assert!(all_of(under_way).await.ends_with("at last"));
    assert_eq!(ended.await.expect("no panic"), Ended { cut: 0 });
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn who_connected_before_the_end_may_still_ask() {
    let served = Served::start(greeting(), PATIENT).await;
    let (address, mut connected) = (served.address, served.sent("").await);
    let ended = tokio::spawn(served.stop());
    tokio::task::yield_now().await;
    let late = timeout(SHORT, TcpStream::connect(address)).await;
    assert!(late.is_err(), "neither let in nor refused, so that the next server may let it in");
    connected.write_all(GOOD.as_bytes()).await.expect("the bytes go out");
    assert!(all_of(connected).await.ends_with("hello"));
    assert_eq!(ended.await.expect("no panic"), Ended { cut: 0 });
}

/// Asks on one connection after the other until nobody lets it in. Whether each request was answered.
async fn ask_on_and_on(address: SocketAddr) -> std::io::Result<()> {
    loop {
        let mut stream = match TcpStream::connect(address).await {
            Ok(stream) => stream,
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => return Ok(()),
            Err(error) => return Err(error),
        };
        stream.write_all(GOOD.as_bytes()).await?;
        let mut said = String::new();
        stream.read_to_string(&mut said).await?;
        assert!(said.ends_with("hello"), "{said}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t312_whoever_connected_before_the_end_is_answered_and_nobody_is_reset() {
    let end_one = async || {
        let served = Served::start(greeting(), PATIENT).await;
        let clients: Vec<_> =
            (0..32).map(|_| tokio::spawn(ask_on_and_on(served.address))).collect();
        for _ in 0..20 {
            assert!(served.answer(GOOD).await.ends_with("hello"));
        }
        assert_eq!(served.stop().await, Ended { cut: 0 });
        for client in clients {
            client.await.expect("no panic").expect("no request is lost");
        }
    };
    for _ in 0..2 {
        join_all((0..8).map(|_| end_one())).await;
    }
}

#[tokio::test]
async fn told_to_stop_it_cuts_what_does_not_end_and_counts_it() {
    let arrived = Arc::new(Notify::new());
    let arrive = Arc::clone(&arrived);
    let never = get(async move || {
        arrive.notify_one();
        std::future::pending::<&str>().await
    });
    let app = greeting().route("/never", never);
    let served = Served::start(app, Limits { drain: SHORT, ..PATIENT }).await;
    let half = served.sent("GET / HTTP/1.1\r\nHost: ").await;
    let stuck = served.sent("GET /never HTTP/1.1\r\nHost: x\r\n\r\n").await;
    arrived.notified().await;
    assert_eq!(served.stop().await, Ended { cut: 2 });
    assert_eq!((all_of(half).await, all_of(stuck).await), (String::new(), String::new()));
}
