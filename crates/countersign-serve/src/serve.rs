//! Connections from their beginning to their end.

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{
    Request,
    body::{Body as _, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, mpsc},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower_http::timeout::DeadlineBody;

use crate::{
    Limits,
    accept::{accept, refuse_handshakes, waiting},
    head::answer_unless_ambiguous,
};

/// The most bytes of the first line and the headers together.
const LARGEST_HEAD: usize = 32 * 1024;

/// How long requests that were sent before the end began may take to be read.
const LAST_REQUESTS: Duration = Duration::from_millis(100);

/// How long who connected before the end began may take to send the first request.
const FIRST_REQUEST: Duration = Duration::from_secs(1);

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Ended {
    /// Connections that were cut because they had not ended in time; zero when everybody who had
    /// sent a request has its answer.
    pub cut: usize,
}

/// Answers what comes to the listener with the router, until `stop` is ready and then until the
/// connections have ended or the time for that is over.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) -> Ended {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head).max_header_size(LARGEST_HEAD);
    let watch = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    // Who has not asked anything yet holds a sender; nobody sends.
    let (not_asked, mut all_asked) = mpsc::channel::<Infallible>(1);
    let serve_one = |(stream, peer): (TcpStream, SocketAddr)| {
        let (asks, not_asked) = (Arc::new(Notify::new()), not_asked.clone());
        let asked = Arc::clone(&asks);
        let app = app.clone();
        let answers = service_fn(move |request: Request<Incoming>| {
            asks.notify_one();
            let mut request = request.map(|body| with_deadline(body, limits.body));
            request.extensions_mut().insert(ConnectInfo(peer));
            let app = app.clone();
            async { Ok::<_, Infallible>(answer_unless_ambiguous(request, app).await) }
        });
        let io = TokioIo::new(Box::pin(with_stall(stream, &limits)));
        let connection = http.serve_connection(io, answers);
        let connection = watch.watch(connection);
        async move {
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = &mut connection => ended,
                () = asked.notified() => {
                    drop(not_asked);
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%peer, %error, "a connection ended early");
            }
        }
    };
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener) => {
                connections.spawn(serve_one(accepted));
            }
            // Those that ended are let go, so that the set holds what is open and no more.
            Some(_) = connections.join_next() => {}
        }
    }
    // Who has connected is let in and may ask, and what was sent is read.
    refuse_handshakes(&listener);
    let mut last_requests = pin!(sleep(LAST_REQUESTS));
    loop {
        tokio::select! {
            () = &mut last_requests => break,
            accepted = accept(&listener) => {
                connections.spawn(serve_one(accepted));
            }
        }
    }
    for accepted in waiting(listener) {
        connections.spawn(serve_one(accepted));
    }
    drop(not_asked);
    let _ = timeout(FIRST_REQUEST, all_asked.recv()).await;
    let in_good_order = async {
        watch.shutdown().await;
        while connections.join_next().await.is_some() {}
    };
    if timeout(limits.drain, in_good_order).await.is_ok() {
        return Ended { cut: 0 };
    }
    while connections.try_join_next().is_some() {}
    let cut = connections.len();
    connections.shutdown().await;
    Ended { cut }
}

fn with_deadline(body: Incoming, limit: Duration) -> Body {
    if body.is_end_stream() { Body::empty() } else { Body::new(DeadlineBody::new(limit, body)) }
}

fn with_stall(stream: TcpStream, limits: &Limits) -> TimeoutStream<TcpStream> {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.stall));
    stream
}
