//! A refresh token is used: the next one is made, or the same one given again, or all of them end.
//!
//! Everything is decided from one reading and done by one statement that names the generation it was decided
//! on. Who touches no row reads again. The next token and the generation are one transaction: a crash leaves
//! the old token live or the new one, never both or none.

use countersign_store::{
    refresh_families::{self, FoundToken, RefreshFamily, Rotation},
    sessions::{self, Session},
    users::User,
};
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{
    Tokens,
    answer::Granted,
    audit,
    error::{OAuthError, refusals},
    judgement::{Judgement, Patience, Standing},
    password::fingerprint,
    scope,
    secret::RefreshSecret,
};
use crate::{
    Auth,
    edge::Client,
    features::{
        Ended, commit,
        jwt::{allowed_scopes, user_of_token},
    },
    session::{extend_used, find_by_token},
    wire::ApiError,
};

/// How often it is read again before the database counts as busy.
const TRIES: usize = 16;

/// Why a refresh token gets nothing.
pub(super) enum NotRefreshed {
    /// It is not good and will not be.
    Over,
    /// Another request with it is being answered.
    NotNow,
    /// Something else.
    Other(OAuthError),
}

impl<E: Into<OAuthError>> From<E> for NotRefreshed {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

/// Who a family belongs to, now, and what its next access token is good for.
struct Holder {
    session: Session,
    user: User,
    scope: Option<String>,
    extended: bool,
}

impl Tokens {
    /// Uses a refresh token.
    pub(super) async fn refresh(
        &self,
        auth: &Auth,
        shown: &RefreshSecret,
        asked_scope: &str,
        client: &Client,
    ) -> Result<Granted, NotRefreshed> {
        let issued_at = auth.now();
        let (hash, patience) = (shown.hash(), Patience::of(&self.0.settings));
        let mut came_too_late = false;
        for _ in 0..TRIES {
            let found = refresh_families::find(auth.database(), &hash).await?;
            let found = found.ok_or(NotRefreshed::Over)?;
            match standing(&found).judged(patience, auth.now()) {
                Judgement::Use => {
                    let holder = self.holder(auth, &found, asked_scope).await?;
                    if let Some(next) = self.rotate(auth, &found.family, client).await? {
                        audit::moved(&found.family, client);
                        return Ok(granted(holder, &found.family, issued_at, next));
                    }
                    came_too_late = true;
                }
                Judgement::GiveAgain => {
                    let holder = self.holder(auth, &found, asked_scope).await?;
                    if let Some(live) = self.give_again(auth, &found.family, patience).await? {
                        return Ok(granted(holder, &found.family, issued_at, live));
                    }
                }
                // Live when it was read: its holder asked twice at once.
                Judgement::Stolen if came_too_late => return Err(NotRefreshed::NotNow),
                Judgement::Stolen => {
                    self.end_stolen(auth, &found, client).await?;
                    return Err(NotRefreshed::Over);
                }
                Judgement::Refuse => return Err(NotRefreshed::NotNow),
                Judgement::Over => return Err(NotRefreshed::Over),
            }
        }
        Err(ApiError::unavailable().into())
    }

    /// The family's session and user, if they and the password are as they were. A family that lost them is
    /// removed.
    async fn holder(
        &self,
        auth: &Auth,
        found: &FoundToken,
        asked_scope: &str,
    ) -> Result<Holder, NotRefreshed> {
        let family = &found.family;
        let Some((session, user)) = self.session_of(auth, found).await? else {
            auth.database().execute(&refresh_families::delete(&family.name)).await?;
            return Err(NotRefreshed::Over);
        };
        let user = user_of_token(auth, user).await?.ok_or(NotRefreshed::Over)?;
        let allowed = scope::still_allowed(family.scope.as_deref(), &allowed_scopes(auth, &user));
        let scope = scope::granted(asked_scope, &allowed)?;
        let before = session.expires_at;
        let session = if family.remembered {
            extend_used(auth, session, &user).await?.ok_or(NotRefreshed::Over)?
        } else {
            session
        };
        let extended = session.expires_at != before;
        Ok(Holder { session, user, scope, extended })
    }

    /// The family's session and its user, if both live and the password is the one it began with.
    pub(super) async fn session_of(
        &self,
        auth: &Auth,
        found: &FoundToken,
    ) -> Result<Option<(Session, User)>, ApiError> {
        let family = &found.family;
        if fingerprint(found.password.as_deref()) != family.password {
            return Ok(None);
        }
        let token = match self.0.sessions.open(&family.session) {
            Ok(token) => token,
            Err(error) => {
                tracing::error!(family = family.name, %error, "a family of refresh tokens is closed");
                return Ok(None);
            }
        };
        let now = auth.now();
        let live = find_by_token(auth, &token).await?;
        Ok(live.filter(|(session, user)| session.expires_at > now && user.id == family.user_id))
    }

    /// Makes the next token; `None` when somebody else did, or the family is gone.
    async fn rotate(
        &self,
        auth: &Auth,
        family: &RefreshFamily,
        client: &Client,
    ) -> Result<Option<RefreshSecret>, ApiError> {
        let (now, next) = (auth.now(), RefreshSecret::new(auth.entropy()));
        let sealed = self.0.successors.seal(next.reveal(), auth.entropy());
        let sealed = sealed
            .map_err(|error| ApiError::internal("a refresh token could not be sealed", &error))?;
        let rotation = Rotation {
            family: &family.name,
            from: family.generation,
            successor: &sealed,
            at: now,
            ip_address: &client.address,
            user_agent: &client.user_agent,
        };
        let row = self.row(auth, family, family.generation + 1, &next, now);
        let mut transaction = auth.database().begin().await?;
        if transaction.execute(&refresh_families::rotate(&rotation)).await? == 0 {
            return Ok(None);
        }
        transaction.execute(&row).await?;
        transaction.commit().await?;
        Ok(Some(next))
    }

    /// The live token once more; `None` when it was used meanwhile or given too often.
    async fn give_again(
        &self,
        auth: &Auth,
        family: &RefreshFamily,
        patience: Patience,
    ) -> Result<Option<RefreshSecret>, ApiError> {
        let Some(sealed) = &family.successor else { return Ok(None) };
        let opened = self.0.successors.open(sealed).map_err(|error| {
            ApiError::internal("the newest refresh token of a family could not be opened", &error)
        })?;
        let (name, generation) = (&family.name, family.generation);
        let count = refresh_families::count_retry(name, generation, patience.retries());
        if auth.database().execute(&count).await? == 0 {
            return Ok(None);
        }
        Ok(RefreshSecret::parse(&opened))
    }

    /// The token of a family's session; `None` where there is no such session any more.
    async fn session_to_end(
        &self,
        auth: &Auth,
        family: &RefreshFamily,
    ) -> Result<Option<Zeroizing<String>>, ApiError> {
        let error = match self.0.sessions.open(&family.session) {
            Ok(token) => return Ok(Some(token)),
            Err(error) => error,
        };
        tracing::error!(family = family.name, %error, "the session of stolen refresh tokens is looked for by its id");
        let sessions = auth.sessions();
        if sessions.have_rows() {
            let found = sessions::token_and_user_of(auth.database(), &family.session_id).await?;
            return Ok(found.map(|(token, _)| token.into()));
        }
        let mut live = sessions.list(&family.user_id, auth.now()).await?.into_iter();
        let found = live.find(|session| session.id == family.session_id);
        Ok(found.map(|session| session.token.into()))
    }

    /// Family and session end together, once, however many notice.
    async fn end_stolen(
        &self,
        auth: &Auth,
        found: &FoundToken,
        client: &Client,
    ) -> Result<(), ApiError> {
        let (family, now) = (&found.family, auth.now());
        let session = self.session_to_end(auth, family).await?;
        let mut transaction = auth.database().begin().await?;
        if let Some(row) = session.as_ref().and_then(|token| auth.sessions().end_row(token, now)) {
            transaction.execute(&row).await?;
        }
        if transaction.execute(&refresh_families::delete(&family.name)).await? == 0 {
            return Ok(());
        }
        let (id, user_id) = (family.session_id.clone(), family.user_id.clone());
        commit(auth, transaction, &[Ended::Session { id, user_id: Some(user_id) }]).await?;
        audit::reused(family, found.generation, client);
        if let Some(token) = session {
            auth.sessions().end_shared(&token, now).await?;
        }
        Ok(())
    }
}

pub(super) fn standing(found: &FoundToken) -> Standing {
    let family = &found.family;
    Standing {
        generation: found.generation,
        expires_at: found.expires_at,
        live: family.generation,
        rotated_at: family.rotated_at,
        retries: family.retries,
        family_expires_at: family.expires_at,
    }
}

fn granted(
    holder: Holder,
    family: &RefreshFamily,
    issued_at: Timestamp,
    refresh: RefreshSecret,
) -> Granted {
    let Holder { session, user, scope, extended } = holder;
    let (ends, remembered) = (family.expires_at, family.remembered);
    Granted { session, user, issued_at, scope, refresh, ends, remembered, extended }
}

/// What a refresh token that is not good gets, whatever is wrong with it.
pub(super) fn not_good() -> OAuthError {
    (&refusals::INVALID_GRANT).into()
}
