//! What a database has, beside what the settings need of it.

use std::time::Duration;

use countersign_store::{Database, Dialect, Inspection, Protection, StoreError, schema};

use crate::{
    features::{self, Chosen, Feature, FeatureState},
    settings::{LimitStorage, SessionRows, Settings},
    start_error::StartError,
};

/// What is in the settings' database, and what of it can be used.
#[non_exhaustive]
pub struct Findings {
    /// The database.
    pub database: Database,
    /// What it lacks.
    pub inspection: Inspection,
    /// What the server can do beyond e-mail and password, and what of it is on.
    pub features: Vec<FeatureState>,
    /// Whether everything is there that has to be.
    pub is_ready: bool,
    /// By what plugins of Better Auth keep somebody out whom this server would let in, and nobody said
    /// that this is wanted.
    pub protections: Vec<&'static Protection>,
}

/// Looks at the settings' database, and changes nothing.
pub async fn inspect(settings: &Settings) -> Result<Findings, StartError> {
    let Found { database, inspection, chosen, is_refused, protections } = look(settings).await?;
    let (features, is_ready) = (chosen.states, !is_refused);
    Ok(Findings { database, inspection, features, is_ready, protections })
}

pub(crate) struct Found {
    pub(crate) database: Database,
    pub(crate) inspection: Inspection,
    pub(crate) chosen: Chosen,
    pub(crate) is_refused: bool,
    pub(crate) protections: Vec<&'static Protection>,
}

impl Found {
    /// Whether another server may be making what is missing, so that it can be seen.
    fn is_half_made(&self) -> bool {
        let inspection = &self.inspection;
        let is_seen = self.database.dialect() == Dialect::MySql;
        is_seen && !inspection.is_empty && !inspection.is_complete()
    }

    fn missing(&self) -> usize {
        self.inspection.missing_tables.len() + self.inspection.missing_columns.len()
    }
}

/// Looks at the database when nobody is just making its tables. On MySQL they become visible one after
/// the other: what is missing may be there a moment later, and is, until nothing has come for half a second.
pub(crate) async fn look_when_settled(settings: &Settings) -> Result<Found, StartError> {
    let mut found = look(settings).await?;
    let mut calm = 0;
    while found.is_half_made() && calm < 5 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let next = look(settings).await?;
        let is_unchanged = next.missing() == found.missing();
        calm = if is_unchanged { calm + 1 } else { 0 };
        found = next;
    }
    Ok(found)
}

async fn look(settings: &Settings) -> Result<Found, StartError> {
    let mut wanted = features::all(settings)?;
    let database = Database::open_with(&settings.database, settings.database_pool)?
        .with_names(settings.database_names.clone());
    // As in Better Auth: what is in Redis only needs no table.
    let redis = settings.redis.as_ref();
    let is_needed = |table: &&schema::Table| match table.name {
        "session" => redis.is_none_or(|redis| redis.rows != SessionRows::No),
        "verification" => redis.is_none_or(|redis| redis.verifications_in_database),
        _ => true,
    };
    let mut needed: Vec<_> = schema::BETTER_AUTH.iter().filter(is_needed).collect();
    if !settings.providers.is_empty() {
        needed.extend(&schema::PROVIDER_TOKENS);
    }
    let limits = settings.rate_limit.as_ref();
    if limits.is_some_and(|limits| limits.storage == LimitStorage::Database) {
        needed.extend(&schema::RATE_LIMIT);
    }
    let mut unused = Vec::new();
    if wanted.iter().any(|feature| feature.follows_plugin()) {
        let used = database.inspect(&[]).await?.protections;
        let is_used = |feature: &dyn Feature| {
            !feature.follows_plugin() || used.iter().any(|one| one.plugin == feature.id())
        };
        unused = wanted.iter().filter(|one| !is_used(&***one)).map(|one| one.id()).collect();
        wanted.retain(|one| is_used(&**one));
    }
    let added = wanted.iter().flat_map(|feature| feature.tables()).filter(is_needed);
    let tables: Vec<_> = needed.iter().copied().chain(added).collect();
    let inspection = database.inspect(&tables).await?;
    let chosen = Chosen::of(wanted, &unused, &inspection);
    let lacks = needed.iter().any(|table| inspection.lack(table).is_some());
    let added_to = |name: &str| -> Vec<schema::Column> {
        let on = chosen.on.iter().flat_map(|feature| feature.tables());
        on.filter(|table| table.name == name).flat_map(|table| table.columns).copied().collect()
    };
    let (of_users, of_sessions) = (added_to("user"), added_to("session"));
    let database = database.with_added_columns(of_users, of_sessions).as_found(&inspection);
    let is_refused = lacks || chosen.is_refused;
    let given_up = &settings.without_protection_of;
    let protections = inspection.protections.iter().copied();
    let is_here = |one: &Protection| chosen.on.iter().any(|feature| feature.id() == one.plugin);
    let is_given_up = |one: &Protection| given_up.iter().any(|plugin| plugin == one.plugin);
    let protections = protections.filter(|one| !is_here(one) && !is_given_up(one)).collect();
    Ok(Found { database, inspection, chosen, is_refused, protections })
}

/// Whether the database has tables, but not all of these.
pub(crate) async fn lacks_any(
    database: &Database,
    tables: &'static [schema::Table],
) -> Result<bool, StoreError> {
    let inspection = database.inspect(&tables.iter().collect::<Vec<_>>()).await?;
    Ok(!inspection.is_empty && !inspection.is_complete())
}
