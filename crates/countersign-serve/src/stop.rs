//! Ctrl-C and SIGTERM.

use tokio::signal::unix::{SignalKind, signal};

/// Ctrl-C or SIGTERM, listened for from this call on.
pub fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}
