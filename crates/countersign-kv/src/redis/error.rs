//! What can go wrong between us and Redis.

use redis::{ErrorKind, ServerErrorKind};

/// A call that Redis did not carry out. Keys and values are not in the text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RedisError {
    /// The address is none.
    #[error(
        "the address of Redis is not valid: expected redis://HOST:PORT/NUMBER, or rediss:// with TLS"
    )]
    Url,
    /// Redis is away, busy or still loading. Trying later may work.
    #[error("Redis cannot answer now: {0}")]
    Unavailable(String),
    /// Redis refused.
    #[error("Redis refused a command: {0}")]
    Refused(String),
}

impl RedisError {
    /// A stable name for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Url => "redis_url",
            Self::Unavailable(_) => "redis_unavailable",
            Self::Refused(_) => "redis_refused",
        }
    }

    /// Whether the same call may succeed later: the caller answers 503, not 500.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl From<redis::RedisError> for RedisError {
    fn from(error: redis::RedisError) -> Self {
        use ServerErrorKind::{BusyLoading, ClusterDown, MasterDown, ReadOnly, TryAgain};
        match error.kind() {
            ErrorKind::Io
            | ErrorKind::Server(BusyLoading | ClusterDown | MasterDown | ReadOnly | TryAgain) => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Refused(error.to_string()),
        }
    }
}
