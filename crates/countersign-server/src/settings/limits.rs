//! Settings of rate limits.

use jiff::SignedDuration;

use super::{SettingsError, reader::Reader, span};

/// How often is too often.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RateLimitSettings {
    /// Where requests are counted.
    pub storage: LimitStorage,
    /// For paths without a rule of their own.
    pub usual: Limit,
    /// Rules that come before those that are built in; the first that matches counts.
    pub rules: Vec<PathRule>,
    /// How many sign-ins may fail for one account, wherever they come from; `None` for any number.
    pub account: Option<Limit>,
}

/// So many in a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many.
    pub most: u32,
    /// In which time.
    pub window: SignedDuration,
}

/// Where requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitStorage {
    /// In this process.
    Memory,
    /// In Redis: servers count together.
    Redis,
    /// In the table `rateLimit`: servers count together.
    Database,
}

/// A rule for some paths.
#[derive(Clone, Debug)]
pub struct PathRule {
    /// A path below the base path; `*` stands for any characters.
    pub path: String,
    /// `None` where requests are not counted.
    pub limit: Option<Limit>,
}

impl RateLimitSettings {
    pub(super) fn read(
        reader: &Reader<'_>,
        development: bool,
        has_redis: bool,
    ) -> Result<Option<Self>, SettingsError> {
        let enabled = match reader.text("rate_limit.enabled") {
            Some(_) => reader.boolean("rate_limit.enabled")?,
            None => !development,
        };
        let storage = match reader.text("rate_limit.storage") {
            None | Some("redis") if has_redis => LimitStorage::Redis,
            None | Some("memory") => LimitStorage::Memory,
            Some("redis") => {
                return Err(SettingsError::invalid(
                    "rate_limit.storage",
                    "redis.url to be set, too",
                ));
            }
            Some("database") => LimitStorage::Database,
            Some(_) => {
                return Err(SettingsError::invalid(
                    "rate_limit.storage",
                    "memory, redis or database",
                ));
            }
        };
        let attempts = count(reader, "rate_limit.account_attempts", 0)?;
        let account_window = window(reader, "rate_limit.account_window")?;
        let settings = Self {
            storage,
            usual: Limit {
                most: count(reader, "rate_limit.max", 1)?,
                window: window(reader, "rate_limit.window")?,
            },
            rules: rules(reader)?,
            account: (attempts > 0).then_some(Limit { most: attempts, window: account_window }),
        };
        Ok(enabled.then_some(settings))
    }
}

fn count(reader: &Reader<'_>, key: &'static str, least: usize) -> Result<u32, SettingsError> {
    let number = reader.number(key, least, 1_000_000)?;
    Ok(u32::try_from(number).unwrap_or(u32::MAX))
}

fn window(reader: &Reader<'_>, key: &'static str) -> Result<SignedDuration, SettingsError> {
    let window = reader.span(key)?;
    if window < SignedDuration::from_secs(1) {
        return Err(SettingsError::invalid(key, "a second or more"));
    }
    Ok(window)
}

/// `/sign-in/* 5/1m`, `/get-session off`.
fn rules(reader: &Reader<'_>) -> Result<Vec<PathRule>, SettingsError> {
    let rules = reader.list("rate_limit.rules").into_iter().map(rule).collect::<Option<_>>();
    rules.ok_or_else(|| {
        SettingsError::invalid(
            "rate_limit.rules",
            "a path and a limit each, such as /sign-in/* 5/1m, or off",
        )
    })
}

fn rule(text: &str) -> Option<PathRule> {
    let (path, limit) = text.split_once(' ')?;
    if !path.starts_with('/') {
        return None;
    }
    let limit = match limit.trim() {
        "off" => None,
        limit => {
            let (most, window) = limit.split_once('/')?;
            let most = most.parse().ok().filter(|most| *most > 0)?;
            let window = span::parse(window)?;
            (window >= SignedDuration::from_secs(1)).then_some(())?;
            Some(Limit { most, window })
        }
    };
    Some(PathRule { path: path.to_owned(), limit })
}
