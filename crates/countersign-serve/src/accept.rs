//! The next connection.

use std::{io::ErrorKind, net::SocketAddr, time::Duration};

use tokio::net::{TcpListener, TcpStream};

/// How long to leave the system alone when it gives no connection.
const PAUSE: Duration = Duration::from_millis(100);

/// The next connection, whatever it takes: an error of one client is not the listener's, and a
/// system that is out of something may have it again a moment later.
pub(crate) async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Without it an answer in two parts waits for the client's acknowledgement. A
                // socket that refuses is closed already, which reading will say.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            Err(error) if is_the_clients(error.kind()) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted; trying again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// It was gone before it was accepted.
fn is_the_clients(kind: ErrorKind) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(kind, ConnectionAborted | ConnectionRefused | ConnectionReset)
}
