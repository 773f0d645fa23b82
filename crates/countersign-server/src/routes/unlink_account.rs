//! `POST /unlink-account`: one way less to sign in, for a session that began recently.
//!
//! `accountId` is the id of the account's row. The last account stays: without it nobody could
//! sign in. Counting and removing are one transaction that keeps the user's row, so that two
//! requests at once cannot remove two accounts of two.

use axum::extract::State;
use countersign_store::{accounts, users};

use super::status::Status;
use crate::{
    Auth,
    session::PostedFreshlyBy,
    wire::{ApiError, Body, Fields, Reply, refusals},
};

pub(crate) struct UnlinkAccount {
    account_id: String,
}

impl Body for UnlinkAccount {
    fn read(fields: &mut Fields<'_>) -> Self {
        fields.object(&["object"]);
        Self { account_id: fields.text("accountId") }
    }
}

pub(crate) async fn unlink_account(
    State(auth): State<Auth>,
    PostedFreshlyBy { body, by }: PostedFreshlyBy<UnlinkAccount>,
) -> Result<Reply, ApiError> {
    match unlink(&auth, &by.user.id, &body.account_id).await {
        Ok(()) => Ok(Reply::json(&Status { status: true })?.with_cookies(by.cookies)),
        Err(error) => Err(error.with_cookies(by.cookies)),
    }
}

async fn unlink(auth: &Auth, user_id: &str, account_id: &str) -> Result<(), ApiError> {
    let mut transaction = auth.database().begin().await?;
    transaction.fetch_optional(&users::lock(user_id)).await?;
    let own = transaction.fetch_all(&accounts::ids_of(user_id)).await?;
    if own.len() == 1 {
        return Err((&refusals::FAILED_TO_UNLINK_LAST_ACCOUNT).into());
    }
    let own: Vec<_> = own.iter().map(|row| row.text("id")).collect::<Result<_, _>>()?;
    if !own.iter().any(|id| id == account_id) {
        return Err((&refusals::ACCOUNT_NOT_FOUND).into());
    }
    if transaction.execute(&accounts::delete_of_user(user_id, account_id)).await? == 0 {
        return Err((&refusals::ACCOUNT_NOT_FOUND).into());
    }
    transaction.commit().await?;
    Ok(())
}
