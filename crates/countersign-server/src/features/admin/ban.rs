//! A ban, as the columns of a user say it.

use countersign_store::{
    ColumnValue, Dialect, UserColumn, date,
    sql::{Expr, ExprTrait, UpdateStatement},
    users::{self, User},
};
use jiff::Timestamp;

use super::schema::{BAN_EXPIRES, BAN_REASON, BANNED};
use crate::settings::AdminSettings;

/// What stands in the three columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ban {
    /// Nobody keeps the user out.
    None,
    /// Somebody does.
    Until {
        reason: String,
        /// `None` for good.
        end: Option<Timestamp>,
    },
}

impl Ban {
    /// The one that was asked for, with what the settings say where nobody said it.
    pub(super) fn wished(
        settings: Option<&AdminSettings>,
        reason: Option<String>,
        end: Option<Timestamp>,
        now: Timestamp,
    ) -> Self {
        let default_reason = || settings.map(|settings| settings.default_ban_reason.clone());
        let default_span = || settings.and_then(|settings| settings.default_ban_expires_in);
        let default_end = || default_span().and_then(|span| now.checked_add(span).ok());
        Self::Until {
            reason: reason.or_else(default_reason).unwrap_or_default(),
            end: end.or_else(default_end),
        }
    }

    /// Whether such a database can say when it is over: `timestamp` of MySQL ends in January 2038.
    pub(super) fn fits(&self, dialect: Dialect) -> bool {
        match self {
            Self::Until { end: Some(end), .. } if dialect == Dialect::MySql => {
                end.as_second() <= i64::from(i32::MAX)
            }
            Self::Until { .. } | Self::None => true,
        }
    }

    /// Why; empty where nobody is kept out.
    pub(super) fn reason(&self) -> &str {
        match self {
            Self::None => "",
            Self::Until { reason, .. } => reason,
        }
    }

    /// When the ban of this user is over, if it has an end.
    pub(super) fn end_of(user: &User) -> Option<Timestamp> {
        match BAN_EXPIRES.value_of(user) {
            Some(ColumnValue::Date(end)) => Some(*end),
            _ => None,
        }
    }

    fn values(&self) -> [(&'static UserColumn, Option<ColumnValue>); 3] {
        let (banned, reason, end) = match self {
            Self::None => (false, None, None),
            Self::Until { reason, end } => (true, Some(reason.clone()), *end),
        };
        [
            (&BANNED, Some(ColumnValue::Boolean(banned))),
            (&BAN_REASON, reason.map(ColumnValue::Text)),
            (&BAN_EXPIRES, end.map(ColumnValue::Date)),
        ]
    }

    /// The statement that writes it.
    pub(super) fn write(&self, user_id: &str, now: Timestamp) -> UpdateStatement {
        users::put(user_id, &self.values(), now)
    }

    /// The user with it.
    pub(super) fn of(&self, mut user: User, now: Timestamp) -> User {
        for (column, value) in self.values() {
            column.set_value(&mut user, value);
        }
        User { updated_at: now, ..user }
    }
}

/// The statement that takes away a ban whose time is over. One that was set meanwhile stays.
pub(super) fn lift(user_id: &str, now: Timestamp) -> UpdateStatement {
    Ban::None.write(user_id, now).and_where(Expr::col(BAN_EXPIRES.name()).lt(date(now))).take()
}

/// Whether the user's row says that they are banned, for how long it may.
pub(super) fn says_banned(user: &User) -> bool {
    BANNED.value_of(user) == Some(&ColumnValue::Boolean(true))
}

/// Whether the time of the user's ban is over. What has no end never is.
pub(super) fn is_over(user: &User, now: Timestamp) -> bool {
    Ban::end_of(user).is_some_and(|end| end < now)
}
