//! The database of a command that works on rows.

use std::error::Error;

use countersign_server::{Findings, inspect, settings::Settings};

/// What is in the settings' database. One that lacks what the server needs is an error, and is left as it is.
pub(crate) async fn look(settings: &Settings) -> Result<Findings, Box<dyn Error>> {
    let found = inspect(settings).await?;
    if !found.is_ready {
        let database = &settings.database;
        return Err(format!("{database} lacks tables; see `countersign migrate status`").into());
    }
    Ok(found)
}
