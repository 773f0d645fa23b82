//! Connections from their beginning to their end.

use std::{iter, net::SocketAddr, time::Duration};

use axum::{Router, extract::ConnectInfo, middleware};
use hyper::{Request, body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;
use tower_http::timeout::RequestBodyDeadlineLayer;

use crate::{Limits, accept::accept, head::refuse_ambiguous};

/// The most bytes of the first line and the headers together.
const LARGEST_HEAD: usize = 32 * 1024;

/// How long requests that were sent before the end began may take to be read.
const LAST_REQUESTS: Duration = Duration::from_millis(100);

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
    let app = app
        .layer(RequestBodyDeadlineLayer::new(limits.body))
        .layer(middleware::from_fn(refuse_ambiguous));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head).max_header_size(LARGEST_HEAD);
    let watch = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    let serve_one = |(stream, peer): (TcpStream, SocketAddr)| {
        let answers = app.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request
        });
        let io = TokioIo::new(Box::pin(with_stall(stream, &limits)));
        let connection = http.serve_connection(io, TowerToHyperService::new(answers));
        let connection = watch.watch(connection);
        async move {
            if let Err(error) = connection.await {
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
    for accepted in waiting(listener) {
        connections.spawn(serve_one(accepted));
    }
    let in_good_order = async {
        // What was sent before the end began is read; a connection that has said nothing is closed.
        sleep(LAST_REQUESTS).await;
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

/// Who connected and was not accepted yet; nobody after them is let in.
fn waiting(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let Ok(listener) = listener.into_std() else { return Vec::new() };
    let accepted = iter::from_fn(|| listener.accept().ok());
    let streams = accepted.filter_map(|(stream, peer)| {
        stream.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(stream).ok()?, peer))
    });
    streams.collect()
}

fn with_stall(stream: TcpStream, limits: &Limits) -> TimeoutStream<TcpStream> {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.stall));
    stream
}
