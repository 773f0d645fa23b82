//! The password with which a family began: when it is another one, the family is over, whoever changed it.
//!
//! A fingerprint of what is stored is compared, so a reset by this server, by the command line or by Better
//! Auth on the same database counts alike.

use aws_lc_rs::digest;
use countersign_store::{StoreError, Transaction, refresh_families};

/// What is kept of a stored password; `None` for no password.
pub(super) fn fingerprint(stored: Option<&str>) -> Option<String> {
    let stored = stored.filter(|stored| !stored.is_empty())?;
    Some(hex::encode(digest::digest(&digest::SHA256, stored.as_bytes())))
}

/// The same password is stored in another form: nothing ends.
pub(super) async fn renewed(
    transaction: &mut Transaction,
    user_id: &str,
    old: &str,
    new: &str,
) -> Result<(), StoreError> {
    let (Some(old), Some(new)) = (fingerprint(Some(old)), fingerprint(Some(new))) else {
        return Ok(());
    };
    transaction.execute(&refresh_families::move_password(user_id, &old, &new)).await?;
    Ok(())
}
