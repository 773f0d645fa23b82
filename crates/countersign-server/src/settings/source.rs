//! Where settings come from: defaults, then the TOML file, then Better Auth's own variables, then
//! ours. Later ones win.

use std::{collections::BTreeMap, fs, path::PathBuf};

use toml::{Table, Value};

use super::{
    SettingsError,
    keys::{KEYS, Key},
    social,
};

/// The prefix of our variables. Only names with `__` are settings of this server; other programs
/// of the house share the prefix.
const PREFIX: &str = "COUNTERSIGN_";

/// The section whose parts are identity providers.
const SOCIAL: &str = "social";

/// A TOML file, where given, and the environment, as an argument.
#[derive(Clone, Default)]
pub struct Source {
    /// The file; `None` for defaults.
    pub file: Option<PathBuf>,
    /// Variables by name. Not printed: one of them is the secret.
    pub environment: BTreeMap<String, String>,
}

impl Source {
    /// The file, and the environment of this process. Variables that are not Unicode are skipped.
    pub fn of_process(file: Option<PathBuf>) -> Self {
        let unicode = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self { file, environment: std::env::vars_os().filter_map(unicode).collect() }
    }

    /// The same, with one more setting that wins over all: a flag of the command line.
    #[must_use]
    pub fn with(mut self, key: &str, value: String) -> Self {
        if let Some(key) = find(key) {
            self.environment.insert(key.variable(), value);
        }
        self
    }

    /// Every setting's text, by name.
    pub(super) fn values(&self) -> Result<BTreeMap<&'static str, String>, SettingsError> {
        let mut values: BTreeMap<_, _> =
            KEYS.iter().map(|key| (key.name, key.default.to_owned())).collect();
        self.read_file(&mut values)?;
        for key in KEYS {
            let alias = key.alias.and_then(|alias| self.environment.get(alias));
            let ours = self.environment.get(&key.variable());
            if let Some(value) = ours.or(alias) {
                values.insert(key.name, value.clone());
            }
        }
        self.refuse_unknown_variables()?;
        read_secret_file(&mut values)?;
        Ok(values)
    }

    /// The settings of identity providers, by provider and name.
    pub(super) fn social(&self) -> Result<social::Sections, SettingsError> {
        let mut sections = social::Sections::new();
        if let Some((table, place)) = self.table()? {
            let ids = table.get(SOCIAL).and_then(Value::as_table).into_iter().flatten();
            for (id, keys) in ids {
                let name = format!("{SOCIAL}.{id}");
                let keys = keys.as_table().ok_or_else(|| unknown(&name, &place))?;
                for (key, value) in keys {
                    let name = format!("{name}.{key}");
                    let text = plain(value).ok_or_else(|| SettingsError::Shape {
                        key: name.clone(),
                        place: place.clone(),
                    })?;
                    if !social::keep(&mut sections, id, key, text) {
                        return Err(unknown_of_provider(&name, key, &place));
                    }
                }
            }
        }
        for (variable, value) in &self.environment {
            let Some(name) = social_variable(variable) else { continue };
            let known = name
                .split_once("__")
                .is_some_and(|(id, key)| social::keep(&mut sections, id, key, value.clone()));
            if !known {
                let key = name.split_once("__").map_or(name.as_str(), |(_, key)| key);
                let place = format!("the environment ({variable})");
                let name = format!("{SOCIAL}.{}", name.replace("__", "."));
                return Err(unknown_of_provider(&name, key, &place));
            }
        }
        Ok(sections)
    }

    fn table(&self) -> Result<Option<(Table, String)>, SettingsError> {
        let Some(path) = &self.file else { return Ok(None) };
        let text = fs::read_to_string(path)
            .map_err(|cause| SettingsError::File { path: path.clone(), cause })?;
        let table: Table = text.parse().map_err(|cause| SettingsError::Syntax {
            path: path.clone(),
            cause: Box::new(cause),
        })?;
        Ok(Some((table, path.display().to_string())))
    }

    fn read_file(&self, values: &mut BTreeMap<&'static str, String>) -> Result<(), SettingsError> {
        let Some((table, place)) = self.table()? else { return Ok(()) };
        for (section, keys) in table.iter().filter(|(section, _)| *section != SOCIAL) {
            let Value::Table(keys) = keys else { return Err(unknown(section, &place)) };
            for (name, value) in keys {
                let name = format!("{section}.{name}");
                let key = find(&name).ok_or_else(|| unknown(&name, &place))?;
                let text = plain(value)
                    .ok_or_else(|| SettingsError::Shape { key: name, place: place.clone() })?;
                values.insert(key.name, text);
            }
        }
        Ok(())
    }

    fn refuse_unknown_variables(&self) -> Result<(), SettingsError> {
        for variable in self.environment.keys() {
            if social_variable(variable).is_some() {
                continue;
            }
            let Some(name) = variable.strip_prefix(PREFIX) else { continue };
            let Some((section, key)) = name.split_once("__") else { continue };
            let name = format!("{section}.{key}").to_lowercase();
            if find(&name).is_none() {
                return Err(unknown(&name, &format!("the environment ({variable})")));
            }
        }
        Ok(())
    }
}

fn read_secret_file(values: &mut BTreeMap<&'static str, String>) -> Result<(), SettingsError> {
    let path = values.get("server.secret_file").filter(|path| !path.is_empty());
    let Some(path) = path.map(PathBuf::from) else { return Ok(()) };
    if values.get("server.secret").is_some_and(|secret| !secret.is_empty()) {
        return Err(SettingsError::SecretTwice);
    }
    let secret = fs::read_to_string(&path).map_err(|cause| SettingsError::File { path, cause })?;
    values.insert("server.secret", secret);
    Ok(())
}

/// What stands behind `COUNTERSIGN_SOCIAL__`, in lower case.
fn social_variable(variable: &str) -> Option<String> {
    Some(variable.strip_prefix(PREFIX)?.strip_prefix("SOCIAL__")?.to_lowercase())
}

fn unknown_of_provider(name: &str, key: &str, place: &str) -> SettingsError {
    let likeness = |known: &str| strsim::jaro_winkler(known, key);
    let nearest = social::KEYS.iter().max_by(|(a, _), (b, _)| likeness(a).total_cmp(&likeness(b)));
    SettingsError::Unknown {
        key: name.to_owned(),
        place: place.to_owned(),
        nearest: nearest.map_or_else(String::new, |(key, _)| (*key).to_owned()),
    }
}

fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

fn unknown(name: &str, place: &str) -> SettingsError {
    let nearest = KEYS.iter().max_by(|a, b| {
        strsim::jaro_winkler(a.name, name).total_cmp(&strsim::jaro_winkler(b.name, name))
    });
    SettingsError::Unknown {
        key: name.to_owned(),
        place: place.to_owned(),
        nearest: nearest.map_or_else(String::new, |key| key.name.to_owned()),
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(yes) => Some(yes.to_string()),
        Value::Array(items) => Some(items.iter().map(plain).collect::<Option<Vec<_>>>()?.join(",")),
        Value::Float(_) | Value::Datetime(_) | Value::Table(_) => None,
    }
}
