//! What can go wrong between us and Redis.

use redis::ErrorKind;

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

/// What Redis answers to a command that it carries out at another time, or once its operator has mended
/// something: it is loading or busy, its memory or disk is full, it is no master any more, it wants a
/// password, or another one.
const LATER: [&str; 12] = [
    "BUSY",
    "CLUSTERDOWN",
    "LOADING",
    "MASTERDOWN",
    "MISCONF",
    "MOVED",
    "NOAUTH",
    "NOREPLICAS",
    "OOM",
    "READONLY",
    "TRYAGAIN",
    "WRONGPASS",
];

impl From<redis::RedisError> for RedisError {
    fn from(error: redis::RedisError) -> Self {
        let later = error.code().is_some_and(|code| LATER.contains(&code));
        if later || error.kind() == ErrorKind::Io {
            Self::Unavailable(error.to_string())
        } else {
            Self::Refused(error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use redis::{RedisResult, from_redis_value, parse_redis_value};

    use super::*;

    fn error_of(answer: &str) -> RedisError {
        let value = parse_redis_value(format!("-{answer}\r\n").as_bytes()).expect("an answer");
        let read: RedisResult<String> =
            value.extract_error().and_then(|value| Ok(from_redis_value(value)?));
        read.expect_err("an error").into()
    }

    #[test]
    fn t229_what_redis_does_at_another_time_is_not_refused() {
        for answer in [
            "LOADING Redis is loading the dataset in memory",
            "READONLY You can't write against a read only replica.",
            "OOM command not allowed when used memory > 'maxmemory'.",
            "NOAUTH Authentication required.",
            "MOVED 3999 127.0.0.1:6381",
            "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to",
            "BUSY Redis is busy running a script. You can only call SCRIPT KILL",
            "NOREPLICAS Not enough good replicas to write.",
            "WRONGPASS invalid username-password pair or user is disabled.",
        ] {
            assert!(error_of(answer).is_unavailable(), "{answer}: {}", error_of(answer));
        }
        for answer in ["WRONGTYPE Operation against a key", "NOPERM this user has no permissions"] {
            assert!(!error_of(answer).is_unavailable(), "{answer}");
        }
    }
}
