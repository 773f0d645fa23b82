//! What the audit log reads of bans and roles: on the target `countersign::audit`, field by field.

/// Who changed something: a user by id, or who runs the command line.
pub(super) fn changed(event: &'static str, user_id: &str, by: &str, detail: &str) {
    tracing::info!(
        target: "countersign::audit",
        event,
        user = user_id,
        by,
        detail,
        "the rights of a user were changed",
    );
}
