//! `BETTER_AUTH_SECRETS`: secrets with numbers, `2:new,1:old`. The first is the current one.

use std::collections::BTreeSet;

use countersign_jwt::check_secret;

use super::SettingsError;
use crate::secret::{Secret, Secrets};

/// Reads the list; `plain` is `BETTER_AUTH_SECRET`, which opens what has no number.
///
/// The current secret has to be a good one. Older ones only open what they sealed, and are taken
/// as they are: being weak is a reason to replace them.
pub(super) fn parse(
    text: &str,
    plain: Option<&str>,
    development: bool,
) -> Result<Secrets, SettingsError> {
    let mut entries = text.split(',').enumerate().map(|(index, entry)| entry_of(index + 1, entry));
    let Some(current) = entries.next().transpose()? else {
        return Err(fault(1, "is not of the form NUMBER:SECRET"));
    };
    let older = entries.collect::<Result<Vec<_>, _>>()?;
    let mut seen = BTreeSet::from([current.0]);
    if let Some((number, _)) = older.iter().find(|(number, _)| !seen.insert(*number)) {
        return Err(SettingsError::SecretNumberTwice { number: *number });
    }
    if !development {
        let number = current.0;
        check_secret(current.1).map_err(|cause| SettingsError::NumberedSecret { number, cause })?;
    }
    let secret = |(number, text): (u32, &str)| (number, Secret::new(text));
    let older = older.into_iter().map(secret).collect();
    Ok(Secrets::numbered(secret(current), older, plain.map(Secret::new)))
}

fn entry_of(position: usize, entry: &str) -> Result<(u32, &str), SettingsError> {
    let (number, secret) =
        entry.split_once(':').ok_or_else(|| fault(position, "is not of the form NUMBER:SECRET"))?;
    let number = number.trim();
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let number = number
        .parse()
        .ok()
        .filter(|_| digits)
        .ok_or_else(|| fault(position, "has no whole number before its colon"))?;
    let secret = secret.trim();
    if secret.is_empty() {
        return Err(fault(position, "has no secret after its colon"));
    }
    Ok((number, secret))
}

/// Entries are named by their place: their text is a secret.
fn fault(position: usize, what: &'static str) -> SettingsError {
    SettingsError::SecretEntry { position, what }
}
