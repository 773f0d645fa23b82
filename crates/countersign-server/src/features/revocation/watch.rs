//! Triggers in PostgreSQL that see what an unmodified Better Auth ends on the same database.
//!
//! | What Better Auth does | In the inbox |
//! |---|---|
//! | deletes a session whose time is not over | the session, and its user up to now |
//! | deletes a user, sets `banned`, changes `role` | the user up to now |
//! | changes a password | the user up to the second before now |
//!
//! Its tokens have neither `sid` nor `jti`: of a session that ends, all tokens of its user are refused that
//! were issued until then. A trigger writes names, in the transaction it belongs to, and gives no number: that
//! would make every deletion wait for every other. A server that looks for news does it, and hashes the name.
//! Servers on which somebody waits are told to look when the transaction is committed.

use countersign_store::{Database, Dialect, Names, StoreError, schema::REVOCATION_INBOX};

use super::wake_up::CHANNEL;

/// Why nothing is watched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// Another kind of database.
    #[error("--watch-better-auth needs PostgreSQL: its triggers are written for no other database")]
    NotPostgres,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes the inbox and the triggers that write into it; those that are there are made anew.
pub async fn watch_better_auth(database: &Database, names: &Names) -> Result<(), WatchError> {
    if database.dialect() != Dialect::Postgres {
        return Err(WatchError::NotPostgres);
    }
    database.create(&REVOCATION_INBOX).await?;
    Ok(database.install(&triggers(names)).await?)
}

/// The statements that make the triggers.
pub fn triggers(names: &Names) -> Vec<String> {
    let names = &Quoted(names);
    let second = "floor(extract(epoch FROM clock_timestamp()))::bigint";
    let of = |table, column| format!("OLD.{}", names.column(table, column));
    let session_ended = format!(
        "IF {} > clock_timestamp() THEN {} {} END IF;",
        of("session", "expiresAt"),
        put(names, "s", &of("session", "id"), "NULL"),
        put(names, "u", &of("session", "userId"), second),
    );
    let user_ended = put(names, "u", &of("user", "id"), second);
    // Whoever looked before the commit saw the user as they were, and may still issue a token.
    let rights_ended = put(names, "u", &of("user", "id"), &format!("{second} + 1"));
    // Without the plugin `admin` there are no such columns.
    let member = |row: &str, column| format!("to_jsonb({row})->>{}", names.text("user", column));
    let is_banned = |row| format!("({})::boolean IS TRUE", member(row, "banned"));
    let user_changed = format!(
        "IF ({} AND NOT {}) OR {} IS DISTINCT FROM {} THEN {rights_ended} END IF;",
        is_banned("NEW"),
        is_banned("OLD"),
        member("NEW", "role"),
        member("OLD", "role"),
    );
    let password = names.column("account", "password");
    let password_changed = format!(
        "IF NEW.{password} IS DISTINCT FROM OLD.{password} THEN {} END IF;",
        put(names, "u", &of("account", "userId"), &format!("{second} - 1")),
    );
    let all = [
        ("session_ended", "session", "DELETE", session_ended),
        ("user_deleted", "user", "DELETE", user_ended),
        ("user_changed", "user", "UPDATE", user_changed),
        ("password_changed", "account", "UPDATE", password_changed),
    ];
    all.into_iter()
        .flat_map(|(name, table, event, body)| trigger(name, &names.table(table), event, &body))
        .collect()
}

/// The names of the database, quoted.
struct Quoted<'a>(&'a Names);

impl Quoted<'_> {
    fn table(&self, ours: &str) -> String {
        format!("\"{}\"", self.0.table(ours).replace('"', "\"\""))
    }

    fn column(&self, table: &str, ours: &str) -> String {
        format!("\"{}\"", self.0.column(table, ours).replace('"', "\"\""))
    }

    /// The name of a column as a text.
    fn text(&self, table: &str, ours: &str) -> String {
        format!("'{}'", self.0.column(table, ours).replace('\'', "''"))
    }
}

/// Puts a name into the inbox.
fn put(names: &Quoted<'_>, kind: &str, name: &str, before: &str) -> String {
    let inbox = |column| names.column("revocationInbox", column);
    format!(
        "INSERT INTO {} ({}, {}, {}, {}, {}) \
         VALUES (gen_random_uuid()::text, '{kind}', {name}::text, {before}, clock_timestamp()); \
         NOTIFY {CHANNEL};",
        names.table("revocationInbox"),
        inbox("id"),
        inbox("kind"),
        inbox("name"),
        inbox("before"),
        inbox("createdAt"),
    )
}

fn trigger(name: &str, table: &str, event: &str, body: &str) -> [String; 3] {
    let name = format!("\"countersign_{name}\"");
    [
        format!(
            "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql \
             SET search_path FROM CURRENT AS $countersign$ BEGIN {body} RETURN NULL; END $countersign$"
        ),
        format!("DROP TRIGGER IF EXISTS {name} ON {table}"),
        format!(
            "CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        ),
    ]
}
