//! A family begins: the first refresh token of a session on a device.

use countersign_store::{
    accounts,
    refresh_families::{self, RefreshFamily, RefreshToken},
    sessions::Session,
    sql::InsertStatement,
    users::{self, User},
};
use jiff::Timestamp;

use super::{
    Tokens, answer::Granted, lifetime::jittered, password::fingerprint, secret::RefreshSecret,
};
use crate::{Auth, edge::Client, entropy::random_id, wire::ApiError};

/// For whom a family begins, and what was granted.
pub(super) struct Beginning {
    pub(super) session: Session,
    pub(super) user: User,
    /// The time before the session was looked up.
    pub(super) issued_at: Timestamp,
    pub(super) scope: Option<String>,
    pub(super) remembered: bool,
    /// The family that this one replaces on the same device.
    pub(super) replaced: Option<String>,
}

impl Tokens {
    /// Begins a family. Where the user has as many as may be, those go that were not used for the longest
    /// time.
    pub(super) async fn begin(
        &self,
        auth: &Auth,
        beginning: Beginning,
        client: &Client,
    ) -> Result<Granted, ApiError> {
        let Beginning { session, user, issued_at, scope, remembered, replaced } = beginning;
        let settings = &self.0.settings;
        let (now, refresh) = (auth.now(), RefreshSecret::new(auth.entropy()));
        let sealed = self.0.sessions.seal(&session.token, auth.entropy());
        let sealed =
            sealed.map_err(|error| ApiError::internal("a session could not be sealed", &error))?;
        let stored = accounts::password_of(auth.database(), &user.id).await?;
        let family_id = auth.new_id("refreshFamily");
        let family = RefreshFamily {
            name: random_id(auth.entropy()),
            user_id: user.id.clone(),
            session_id: session.id.clone(),
            session: sealed,
            remembered,
            scope: scope.clone(),
            password: fingerprint(stored.as_deref()),
            generation: 0,
            rotated_at: now,
            successor: None,
            retries: 0,
            ip_address: Some(client.address.clone()),
            user_agent: Some(client.user_agent.clone()),
            created_at: now,
            expires_at: now + jittered(settings.absolute_lifetime, auth.entropy()),
        };
        let row = self.row(auth, &family, 0, &refresh, now);

        let mut transaction = auth.database().begin().await?;
        // Who begins another one at the same time waits and counts this one.
        transaction.fetch_optional(&users::lock(&user.id)).await?;
        let rows = transaction.fetch_all(&refresh_families::names_of_user(&user.id)).await?;
        let names = rows.iter().map(|row| row.text("name")).collect::<Result<Vec<_>, _>>()?;
        let (replaced, mut others): (Vec<_>, Vec<_>) =
            names.into_iter().partition(|name| Some(name) == replaced.as_ref());
        let too_many = (others.len() + 1).saturating_sub(settings.families_per_user);
        others.truncate(too_many);
        others.extend(replaced);
        if !others.is_empty() {
            transaction.execute(&refresh_families::delete_each(others)).await?;
        }
        transaction.execute(&refresh_families::insert(&family_id, &family)).await?;
        transaction.execute(&row).await?;
        transaction.commit().await?;
        let ends = family.expires_at;
        Ok(Granted { session, user, issued_at, scope, refresh, ends, remembered, extended: false })
    }

    /// The row of a token that is made now, for a family in this generation.
    pub(super) fn row(
        &self,
        auth: &Auth,
        family: &RefreshFamily,
        generation: i64,
        token: &RefreshSecret,
        now: Timestamp,
    ) -> InsertStatement {
        let lifetime = jittered(self.0.settings.lifetime, auth.entropy());
        refresh_families::insert_token(&RefreshToken {
            id: &auth.new_id("refreshToken"),
            family: &family.name,
            hash: &token.hash(),
            generation,
            created_at: now,
            expires_at: family.expires_at.min(now + lifetime),
        })
    }
}
