//! Sessions that end before their time: rows, what was issued in them, and copies in Redis.
//!
//! If something cannot be written, the caller is told so and may do it again. What ends sessions and can be done
//! once only (a reset of a password spends its token) ends them in Redis first, and nothing happens if that fails.
//! Everything else is in the database, with its revocation, before Redis is asked. A session whose time is over
//! ends by itself.

use countersign_jwt::Clock;
use countersign_store::{
    StoreError, Transaction,
    sessions::{self, Session, SessionEnd},
};
use jiff::Timestamp;

use super::SessionStore;
use crate::{
    Auth,
    features::{Ended, commit},
    settings::Settings,
    wire::ApiError,
};

/// Sessions that are ended with one statement.
const ENDED_AT_ONCE: usize = 500;

/// Ends one session, whoever's it is: for a token that the caller holds.
pub(crate) async fn end(auth: &Auth, token: &str) -> Result<(), ApiError> {
    let Some(session) = find_to_end(auth, token).await? else {
        return auth.sessions().clear(token, auth.now()).await;
    };
    end_known(auth, token, session.id, session.user_id).await
}

/// Ends one session of which somebody knows all names, whether it lives or not.
pub(crate) async fn end_known(
    auth: &Auth,
    token: &str,
    id: String,
    user_id: String,
) -> Result<(), ApiError> {
    let ended = [Ended::Session { id, user_id: Some(user_id) }];
    let mut transaction = auth.database().begin().await?;
    if let Some(row) = auth.sessions().end_row(token, auth.now()) {
        transaction.execute(&row).await?;
    }
    commit(auth, transaction, &ended).await?;
    Ok(auth.sessions().end_shared(token, auth.now()).await?)
}

/// Ends one session of this user; somebody else's stays.
pub(crate) async fn end_of_user(auth: &Auth, user_id: &str, token: &str) -> Result<(), ApiError> {
    match find_to_end(auth, token).await? {
        Some(session) if session.user_id == user_id => {
            end_known(auth, token, session.id, session.user_id).await
        }
        _ => Ok(()),
    }
}

/// The session with this token, for whoever is to end it. One that Redis holds to be over may have given tokens before: while its row
/// lives there is something to end.
pub(crate) async fn find_to_end(auth: &Auth, token: &str) -> Result<Option<Session>, ApiError> {
    if let Some((session, _)) = auth.sessions().find(token).await? {
        return Ok(Some(session));
    }
    let row = auth.sessions().find_row(token).await?;
    Ok(row.filter(|session| session.expires_at > auth.now()))
}

/// Ends every session of a user.
pub(crate) async fn end_all(auth: &Auth, user_id: &str) -> Result<(), ApiError> {
    let mut transaction = auth.database().begin().await?;
    // The table first: a sign-in that comes between finds nothing there to copy to Redis.
    let mut ended = end_all_in(auth, &mut transaction, user_id).await?;
    if !auth.sessions().have_rows() {
        // Redis' list of them may be short of one.
        ended.push(Ended::User { id: user_id.to_owned() });
    }
    commit(auth, transaction, &ended).await?;
    let ended = auth.sessions().end_all_shared(user_id, auth.now()).await?;
    auth.sessions().forget_shared(ended, auth.now()).await;
    Ok(())
}

/// Ends every row of a user's sessions, for a transaction that ends them for a reason of its own; what
/// ended. Before it comes [`SessionStore::end_all_shared`](super::SessionStore::end_all_shared).
pub(crate) async fn end_all_in(
    auth: &Auth,
    transaction: &mut Transaction,
    user_id: &str,
) -> Result<Vec<Ended>, ApiError> {
    end_in(auth, transaction, user_id, None).await
}

/// Ends every session of a user but the one with this token.
pub(crate) async fn end_others(auth: &Auth, user_id: &str, token: &str) -> Result<(), ApiError> {
    let mut transaction = auth.database().begin().await?;
    let ended = end_in(auth, &mut transaction, user_id, Some(token)).await?;
    commit(auth, transaction, &ended).await?;
    Ok(auth.sessions().end_others_shared(user_id, token, auth.now()).await?)
}

/// Ends a user's sessions as far as they have rows, one of them excepted; what ended. Of those in Redis only, it says
/// which there are.
async fn end_in(
    auth: &Auth,
    transaction: &mut Transaction,
    user_id: &str,
    except: Option<&str>,
) -> Result<Vec<Ended>, ApiError> {
    let (store, now) = (auth.sessions(), auth.now());
    if !store.have_rows() {
        let sessions = store.list(user_id, now).await?.into_iter();
        let sessions = sessions.filter(|session| except != Some(&*session.token));
        return Ok(sessions.map(|session| ended(session.id, user_id)).collect());
    }
    // Tokens of a session that ended just now by itself may still be good.
    let recently = now - auth.settings().revocation.retention;
    Ok(end_rows(store, transaction, user_id, except, (recently, now)).await?)
}

/// Ends all rows of a user's sessions, for who has no server.
pub(crate) async fn end_all_rows(
    settings: &Settings,
    store: &SessionStore,
    transaction: &mut Transaction,
    user_id: &str,
    clock: &dyn Clock,
) -> Result<Vec<Ended>, StoreError> {
    if !store.have_rows() {
        return Ok(Vec::new());
    }
    let now = clock.now();
    let recently = now - settings.revocation.retention;
    end_rows(store, transaction, user_id, None, (recently, now)).await
}

/// Ends rows of a user's sessions, one of them excepted; those that ended now, or after the first of these times.
async fn end_rows(
    store: &SessionStore,
    transaction: &mut Transaction,
    user_id: &str,
    except: Option<&str>,
    (recently, now): (Timestamp, Timestamp),
) -> Result<Vec<Ended>, StoreError> {
    // A session that began since the rows were read is read the next time: each ends by its name, and
    // nothing else of the user does.
    let mut found: Vec<SessionEnd> = Vec::new();
    loop {
        let rows = transaction.fetch_all(&sessions::ends_of_user(user_id)).await?;
        let rows = rows.into_iter().map(sessions::read_end).collect::<Result<Vec<_>, _>>()?;
        let is_new = |row: &SessionEnd| {
            except != Some(&*row.token) && !found.iter().any(|known| known.id == row.id)
        };
        let begun: Vec<SessionEnd> = rows.into_iter().filter(is_new).collect();
        if begun.is_empty() {
            break;
        }
        let tokens: Vec<&str> = begun.iter().map(|session| &*session.token).collect();
        for tokens in tokens.chunks(ENDED_AT_ONCE) {
            if let Some(rows) = store.end_these_rows(tokens, now) {
                transaction.execute(&rows).await?;
            }
        }
        found.extend(begun);
    }
    found.retain(|session| session.expires_at > recently);
    Ok(found.into_iter().map(|session| ended(session.id, user_id)).collect())
}

fn ended(id: String, user_id: &str) -> Ended {
    Ended::Session { id, user_id: Some(user_id.to_owned()) }
}
