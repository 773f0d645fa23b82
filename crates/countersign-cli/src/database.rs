//! The database of a command that works on rows.

use std::error::Error;

use countersign_server::{Findings, inspect, settings::Settings};

use crate::Outcome;

/// An error where the settings name a file that is not there: a look makes none.
pub(crate) fn is_there(settings: &Settings) -> Outcome {
    match settings.database.missing_file() {
        None => Ok(()),
        Some(file) => Err(format!(
            "there is no file {}; `countersign serve` makes a new database there",
            file.display()
        )
        .into()),
    }
}

/// What is in the settings' database. One that lacks what the server needs is an error, and is left as it is.
pub(crate) async fn look(settings: &Settings) -> Result<Findings, Box<dyn Error>> {
    is_there(settings)?;
    let found = inspect(settings).await?;
    if !found.is_ready {
        let database = &settings.database;
        return Err(format!("{database} lacks tables; see `countersign migrate status`").into());
    }
    Ok(found)
}
