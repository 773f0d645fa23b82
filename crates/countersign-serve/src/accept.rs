//! The next connection, and the last ones.

use std::{io::ErrorKind, iter, net::SocketAddr, time::Duration};

#[cfg(any(target_os = "linux", target_os = "android"))]
use socket2::{SockFilter, SockRef};
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

/// Lets nobody begin to connect any more; who has begun still can be accepted.
///
/// A listener that is closed resets the connections which it was not asked for yet, and some client
/// has sent a request on one of them. So the packets that begin a connection (SYN) are dropped from
/// here on, as if they were lost: their senders try again a second later and find what is here then,
/// nobody or the next server. Where the system cannot do that, those few are reset.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn refuse_handshakes(listener: &TcpListener) {
    // Load the flags of the TCP header; with SYN among them nothing of the packet is kept, else all.
    const LOAD_BYTE: u16 = 0x30;
    const JUMP_IF_SET: u16 = 0x45;
    const RETURN: u16 = 0x06;
    const FLAGS: u32 = 13;
    const SYN: u32 = 2;
    let filter = [
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS),
        SockFilter::new(JUMP_IF_SET, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ];
    if let Err(error) = SockRef::from(listener).attach_filter(&filter) {
        tracing::debug!(%error, "who connects in the very last moment may be reset");
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn refuse_handshakes(_: &TcpListener) {}

/// Who connected and was not accepted yet; nobody after them is let in.
pub(crate) fn waiting(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let Ok(listener) = listener.into_std() else { return Vec::new() };
    let accepted = iter::from_fn(|| listener.accept().ok());
    let streams = accepted.filter_map(|(stream, peer)| {
        stream.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(stream).ok()?, peer))
    });
    streams.collect()
}
