//! What the audit log reads of bans, roles and others' sessions: on the target `countersign::audit`, field by field.
//!
//! What changed a user is told when it is committed, whatever becomes of the answer. The end of others' sessions and
//! a look at them are told before: who could not finish does it again, and that is told, too.

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

/// Who turns to sessions of somebody else.
pub(super) fn asked(event: &'static str, user_id: &str, by: &str, session_id: &str) {
    tracing::info!(
        target: "countersign::audit",
        event,
        user = user_id,
        by,
        session = session_id,
        "an administrator turns to the sessions of a user",
    );
}
