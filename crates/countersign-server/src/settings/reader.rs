//! From texts to values; what cannot be read is named.

use std::{collections::BTreeMap, net::IpAddr, str::FromStr, time::Duration};

use countersign_jwt::check_secret;
use countersign_store::{Names, PoolSize};
use ipnet::IpNet;
use jiff::SignedDuration;

use super::{SettingsError, secrets, span};
use crate::{
    Entropy,
    entropy::random_id,
    secret::{Secret, Secrets},
};

/// Turns texts into values, and names the setting when it cannot.
pub(super) struct Reader<'a> {
    pub(super) values: &'a BTreeMap<&'static str, String>,
}

impl<'a> Reader<'a> {
    /// The text, or `None` where the setting is absent or empty.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.values.get(key).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    pub(super) fn required(&self, key: &'static str) -> &'a str {
        self.text(key).unwrap_or_default()
    }

    pub(super) fn parsed<T: FromStr>(
        &self,
        key: &'static str,
        expected: &'static str,
    ) -> Result<T, SettingsError> {
        self.required(key).parse().map_err(|_| SettingsError::invalid(key, expected))
    }

    pub(super) fn boolean(&self, key: &'static str) -> Result<bool, SettingsError> {
        self.parsed(key, "true or false")
    }

    pub(super) fn number(
        &self,
        key: &'static str,
        least: usize,
        most: usize,
    ) -> Result<usize, SettingsError> {
        match self.required(key).parse() {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            _ => Err(SettingsError::OutOfRange { key, least, most }),
        }
    }

    pub(super) fn span(&self, key: &'static str) -> Result<SignedDuration, SettingsError> {
        span::parse(self.required(key))
            .ok_or_else(|| SettingsError::invalid(key, "seconds, or a span such as 15m, 12h or 7d"))
    }

    /// The life of a cookie or of what it stands for. Browsers keep none for longer.
    pub(super) fn cookie_life(&self, key: &'static str) -> Result<SignedDuration, SettingsError> {
        let life = self.span(key)?;
        if life <= SignedDuration::ZERO || life > SignedDuration::from_hours(400 * 24) {
            return Err(SettingsError::invalid(key, "from one second to 400 days"));
        }
        Ok(life)
    }

    pub(super) fn list(&self, key: &str) -> Vec<&'a str> {
        let items = self.text(key).unwrap_or_default().split(',').map(str::trim);
        items.filter(|item| !item.is_empty()).collect()
    }

    pub(super) fn networks(&self, key: &'static str) -> Result<Vec<IpNet>, SettingsError> {
        let address = |item: &str| item.parse::<IpAddr>().map(IpNet::from).map_err(|_| ());
        let parse = |item: &str| item.parse().or_else(|_| address(item));
        let networks = self.list(key).into_iter().map(parse).collect::<Result<_, ()>>();
        networks
            .map_err(|()| SettingsError::invalid(key, "addresses or networks such as 10.0.0.0/8"))
    }

    pub(super) fn database_pool(&self) -> Result<PoolSize, SettingsError> {
        let key = "database.connect_timeout";
        let patience = self.span(key)?.try_into().ok().filter(|span: &Duration| !span.is_zero());
        Ok(PoolSize {
            connections: self.number("database.pool_size", 1, 1024)?,
            patience: patience
                .ok_or_else(|| SettingsError::invalid(key, "at least one second, such as 5s"))?,
        })
    }

    pub(super) fn purge_every(&self) -> Result<Option<Duration>, SettingsError> {
        let key = "database.purge_every";
        if self.text(key) == Some("off") {
            return Ok(None);
        }
        let pause = Duration::try_from(self.span(key)?).ok();
        Ok(pause.filter(|pause| !pause.is_zero()))
    }

    pub(super) fn database_names(&self) -> Result<Names, SettingsError> {
        let mut names = match self.required("database.names") {
            "camelCase" => Names::default(),
            "snake_case" => Names::in_snake_case(),
            _ => return Err(SettingsError::invalid("database.names", "camelCase or snake_case")),
        };
        for (table, theirs) in self.pairs("database.tables", "pairs such as user=people")? {
            names.call_table(table, theirs);
        }
        let (key, expected) = ("database.columns", "pairs such as user.email=address");
        for (ours, theirs) in self.pairs(key, expected)? {
            let (table, column) =
                ours.split_once('.').ok_or_else(|| SettingsError::invalid(key, expected))?;
            names.call_column(table, column, theirs);
        }
        Ok(names)
    }

    fn pairs(
        &self,
        key: &'static str,
        expected: &'static str,
    ) -> Result<Vec<(&'a str, &'a str)>, SettingsError> {
        let is_name =
            |name: &str| !name.is_empty() && !name.contains(|c: char| "\"`\\\0".contains(c));
        let pair = |item: &'a str| {
            let (ours, theirs) = item.split_once('=')?;
            let (ours, theirs) = (ours.trim(), theirs.trim());
            (is_name(ours) && is_name(theirs)).then_some((ours, theirs))
        };
        let pairs: Option<Vec<_>> = self.list(key).into_iter().map(pair).collect();
        pairs.ok_or_else(|| SettingsError::invalid(key, expected))
    }

    pub(super) fn secrets(
        &self,
        development: bool,
        entropy: &dyn Entropy,
    ) -> Result<(Secrets, bool), SettingsError> {
        let plain = self.text("server.secret");
        if let Some(numbered) = self.text("server.secrets") {
            return Ok((secrets::parse(numbered, plain, development)?, false));
        }
        if plain.is_none() && development {
            return Ok((Secrets::plain(Secret::new(&random_id(entropy))), true));
        }
        let plain = plain.unwrap_or_default();
        if !development {
            check_secret(plain).map_err(SettingsError::Secret)?;
        }
        Ok((Secrets::plain(Secret::new(plain)), false))
    }
}
