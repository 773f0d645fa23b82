//! The table `rateLimit`: how often something was asked for, counted by several servers together.
//!
//! A count is decided and raised by one guarded statement; who loses against another server looks again.

use jiff::{SignedDuration, Timestamp};

use crate::{
    Database, StoreError,
    sql::{DeleteStatement, Expr, ExprTrait, InsertStatement, Query, UpdateStatement},
};

/// So many in a window.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// How many.
    pub most: u32,
    /// In which time after the last one.
    pub window: SignedDuration,
    /// Counts that were not raised for so long are of no use to anybody.
    pub longest: SignedDuration,
}

struct Count {
    count: i64,
    raised: i64,
}

/// How often it is looked again before the database counts as busy.
const TRIES: usize = 16;

/// Counts one more for `key`, unless there were too many: then, until when. `id` is that of a new row.
pub async fn take(
    database: &Database,
    id: &str,
    key: &str,
    rule: Rule,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let now_ms = now.as_millisecond();
    for _ in 0..TRIES {
        let Some(found) = find(database, key).await? else {
            match database.execute(&insert(id, key, now_ms)).await {
                Ok(_) => return Ok(None),
                Err(error) if error.is_duplicate() => continue,
                Err(error) => return Err(error),
            }
        };
        let ends = found.raised + window_ms(rule.window);
        if now_ms >= ends {
            if database.execute(&begin_anew(key, found.raised, now_ms)).await? > 0 {
                let before = now_ms - window_ms(rule.longest);
                database.execute(&forget_older(before)).await?;
                return Ok(None);
            }
        } else if found.count >= i64::from(rule.most) {
            return Ok(Some(Timestamp::from_millisecond(ends).unwrap_or(now)));
        } else if database.execute(&raise(key, rule, now_ms)).await? > 0 {
            return Ok(None);
        }
    }
    Err(StoreError::Unavailable("too many counted at once".to_owned()))
}

/// Begins anew for this key.
pub fn forget(key: &str) -> DeleteStatement {
    Query::delete().from_table(TABLE).and_where(Expr::col("key").eq(key)).take()
}

const TABLE: &str = "rateLimit";

async fn find(database: &Database, key: &str) -> Result<Option<Count>, StoreError> {
    let select = Query::select()
        .columns(["count", "lastRequest"])
        .from(TABLE)
        .and_where(Expr::col("key").eq(key))
        .take();
    let row = database.fetch_optional(&select).await?;
    row.map(|row| Ok(Count { count: row.integer("count")?, raised: row.integer("lastRequest")? }))
        .transpose()
}

fn insert(id: &str, key: &str, now_ms: i64) -> InsertStatement {
    Query::insert()
        .into_table(TABLE)
        .columns(["id", "key", "count", "lastRequest"])
        .values_panic([id.into(), key.into(), 1_i64.into(), now_ms.into()])
        .take()
}

/// Only what was seen is begun anew: one server does it.
fn begin_anew(key: &str, seen: i64, now_ms: i64) -> UpdateStatement {
    Query::update()
        .table(TABLE)
        .value("count", 1_i64)
        .value("lastRequest", now_ms)
        .and_where(Expr::col("key").eq(key))
        .and_where(Expr::col("lastRequest").eq(seen))
        .take()
}

/// Decided and raised in one step: of many at once, as many as there is room for.
fn raise(key: &str, rule: Rule, now_ms: i64) -> UpdateStatement {
    Query::update()
        .table(TABLE)
        .value("count", Expr::col("count").add(1_i64))
        .value("lastRequest", now_ms)
        .and_where(Expr::col("key").eq(key))
        .and_where(Expr::col("lastRequest").gt(now_ms - window_ms(rule.window)))
        .and_where(Expr::col("count").lt(i64::from(rule.most)))
        .take()
}

fn forget_older(before: i64) -> DeleteStatement {
    Query::delete().from_table(TABLE).and_where(Expr::col("lastRequest").lt(before)).take()
}

fn window_ms(window: SignedDuration) -> i64 {
    i64::try_from(window.as_millis()).unwrap_or(i64::MAX)
}
