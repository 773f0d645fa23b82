//! Tables as data: what a table needs, and how it is created where it is missing.

use crate::{Dialect, Row, StoreError};

/// A table with its columns, in the order of creation.
///
/// A program may name a table twice: what a feature adds to a table of the core is a table of the
/// same name with the added columns, after it in the list.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
    /// Columns that together get a plain index, one entry an index.
    pub indexes: &'static [&'static [&'static str]],
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What else is true of it.
    pub rule: Rule,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// Text that lists are sorted by; on MySQL it has at most 255 characters.
    ShortText,
    /// True or false.
    Boolean,
    /// An instant, to the millisecond.
    Date,
    /// A whole number of 32 bits.
    Integer,
    /// A whole number of 64 bits.
    BigInteger,
}

/// What else is true of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The primary key.
    Key,
    /// Never NULL.
    Required,
    /// Never NULL; a date that PostgreSQL and MySQL fill with the time of the insert when nothing is
    /// given.
    Stamped,
    /// May be NULL.
    Optional,
    /// May be NULL, and need not be there: then every row has NULL, and what is written is not kept.
    Spare,
    /// Never NULL, and no two rows share it.
    Unique,
    /// May be NULL; no two rows share another value.
    OptionalUnique,
    /// Never NULL, and the `id` of a row in that table; goes when that row goes.
    Of(&'static str),
}

/// A column, short enough for a table of them.
pub const fn column(name: &'static str, kind: Kind, rule: Rule) -> Column {
    Column { name, kind, rule }
}

/// Better Auth's core tables, as its own migration makes them.
pub static BETTER_AUTH: [Table; 4] = {
    use Kind::{Boolean, Date, ShortText, Text};
    use Rule::{Key, Of, Optional, Required, Spare, Stamped, Unique};
    [
        Table {
            name: "user",
            columns: &[
                column("id", Text, Key),
                column("name", ShortText, Required),
                column("email", Text, Unique),
                column("emailVerified", Boolean, Required),
                column("image", Text, Optional),
                column("createdAt", Date, Stamped),
                column("updatedAt", Date, Stamped),
            ],
            indexes: &[],
        },
        Table {
            name: "session",
            columns: &[
                column("id", Text, Key),
                column("expiresAt", Date, Required),
                column("token", Text, Unique),
                column("createdAt", Date, Stamped),
                column("updatedAt", Date, Required),
                column("ipAddress", Text, Spare),
                column("userAgent", Text, Spare),
                column("userId", Text, Of("user")),
            ],
            indexes: &[&["userId"]],
        },
        Table {
            name: "account",
            columns: &[
                column("id", Text, Key),
                column("accountId", Text, Required),
                column("providerId", Text, Required),
                column("userId", Text, Of("user")),
                column("accessToken", Text, Spare),
                column("refreshToken", Text, Spare),
                column("idToken", Text, Spare),
                column("accessTokenExpiresAt", Date, Spare),
                column("refreshTokenExpiresAt", Date, Spare),
                column("scope", Text, Spare),
                column("password", Text, Optional),
                column("createdAt", Date, Stamped),
                column("updatedAt", Date, Required),
            ],
            indexes: &[&["userId"]],
        },
        Table {
            name: "verification",
            columns: &[
                column("id", Text, Key),
                column("identifier", Text, Required),
                column("value", Text, Required),
                column("expiresAt", Date, Required),
                column("createdAt", Date, Stamped),
                column("updatedAt", Date, Stamped),
            ],
            indexes: &[&["identifier"]],
        },
    ]
};

/// What was taken back before its time, the head of its sequence, and the guards that follow it: not
/// Better Auth's. Their ids are texts, whatever ids the database has elsewhere; a key would be like those.
pub static REVOCATION: [Table; 3] = {
    use Kind::{BigInteger, Date, Text};
    use Rule::{Optional, Required, Unique};
    [
        Table {
            name: "revocation",
            columns: &[
                column("id", Text, Unique),
                column("sequence", BigInteger, Unique),
                column("kind", Text, Required),
                column("hash", Text, Required),
                column("until", BigInteger, Required),
                column("before", BigInteger, Optional),
                column("createdAt", Date, Required),
            ],
            indexes: &[&["until"], &["hash"]],
        },
        Table {
            name: "revocationHead",
            columns: &[
                column("id", Text, Unique),
                column("epoch", Text, Required),
                column("key", Text, Required),
                column("sequence", BigInteger, Required),
            ],
            indexes: &[],
        },
        Table {
            name: "revocationGuard",
            columns: &[
                column("id", Text, Unique),
                column("name", Text, Unique),
                column("resourceServer", Text, Required),
                column("epoch", Text, Required),
                column("sequence", BigInteger, Required),
                column("kids", Text, Optional),
                column("seenAt", Date, Required),
            ],
            indexes: &[],
        },
    ]
};

/// The servers that share the database, with what each was told, and the key under which that is compared: not Better
/// Auth's. Their ids are texts, whatever ids the database has elsewhere.
pub static NODES: [Table; 2] = {
    use Kind::{Date, Text};
    use Rule::{Required, Unique};
    [
        Table {
            name: "serverNode",
            columns: &[
                column("id", Text, Unique),
                column("name", Text, Unique),
                column("configuration", Text, Required),
                column("seenAt", Date, Required),
            ],
            indexes: &[],
        },
        Table {
            name: "serverNodeKey",
            columns: &[column("id", Text, Unique), column("key", Text, Required)],
            indexes: &[],
        },
    ]
};

/// What triggers of the database saw ending, by its name, until a server gives it a number.
pub static REVOCATION_INBOX: [Table; 1] = {
    use Kind::{BigInteger, Date, Text};
    use Rule::{Optional, Required, Unique};
    [Table {
        name: "revocationInbox",
        columns: &[
            column("id", Text, Unique),
            column("kind", Text, Required),
            column("name", Text, Required),
            column("before", BigInteger, Optional),
            column("createdAt", Date, Required),
        ],
        indexes: &[],
    }]
};

/// Names of tokens that count once and were spent, as hashes: not Better Auth's. The id is the name, so no two
/// rows share it; it is a text, whatever ids the database has elsewhere.
pub static SPENT_TOKEN: [Table; 1] = {
    use Kind::{Date, Text};
    use Rule::{Required, Unique};
    [Table {
        name: "spentToken",
        columns: &[
            column("id", Text, Unique),
            column("attempt", Text, Required),
            column("expiresAt", Date, Required),
        ],
        indexes: &[],
    }]
};

/// What identity providers give, in the table `account`: where there are providers, it is not spare.
pub static PROVIDER_TOKENS: [Table; 1] = {
    use Kind::{Date, Text};
    use Rule::Optional;
    [Table {
        name: "account",
        columns: &[
            column("accessToken", Text, Optional),
            column("refreshToken", Text, Optional),
            column("idToken", Text, Optional),
            column("accessTokenExpiresAt", Date, Optional),
            column("refreshTokenExpiresAt", Date, Optional),
            column("scope", Text, Optional),
        ],
        indexes: &[],
    }]
};

/// The table of Better Auth's plugin `jwt`.
pub static JWKS: [Table; 1] = {
    use Kind::{Date, Text};
    use Rule::{Key, Optional, Required};
    [Table {
        name: "jwks",
        columns: &[
            column("id", Text, Key),
            column("publicKey", Text, Required),
            column("privateKey", Text, Required),
            column("createdAt", Date, Required),
            column("expiresAt", Date, Optional),
            column("alg", Text, Optional),
            column("crv", Text, Optional),
        ],
        indexes: &[],
    }]
};

/// The table that counts requests when they are counted in the database.
pub static RATE_LIMIT: [Table; 1] = {
    use Kind::{BigInteger, Integer, Text};
    use Rule::{Key, Required, Unique};
    [Table {
        name: "rateLimit",
        columns: &[
            column("id", Text, Key),
            column("key", Text, Unique),
            column("count", Integer, Required),
            column("lastRequest", BigInteger, Required),
        ],
        indexes: &[],
    }]
};

/// A table that a database really has.
#[derive(Clone, Debug)]
pub(crate) struct FoundTable {
    pub(crate) name: String,
    pub(crate) columns: Vec<FoundColumn>,
}

/// A column that a database really has.
#[derive(Clone, Debug)]
pub(crate) struct FoundColumn {
    pub(crate) name: String,
    /// Its type, in small letters.
    pub(crate) kind: String,
    /// NOT NULL without a default: an insert that does not know the column fails.
    pub(crate) must_be_given: bool,
}

impl Kind {
    /// Whether a column of this type holds what we write, and gives it back.
    pub(crate) fn fits(self, found: &str, dialect: Dialect) -> bool {
        let any = |kinds: &[&str]| kinds.iter().any(|kind| found.contains(kind));
        match (self, dialect) {
            (Self::Text | Self::ShortText, Dialect::Sqlite) => {
                !any(&["int", "real", "num", "blob"])
            }
            (Self::Text | Self::ShortText, _) => any(&["char", "text", "user-defined", "enum"]),
            (Self::Boolean, _) => {
                any(&["bool", "int"]) && (dialect != Dialect::Postgres || any(&["bool"]))
            }
            (Self::Integer, _) | (Self::BigInteger, Dialect::Sqlite) => any(&["int"]),
            (Self::BigInteger, _) => any(&["bigint", "int8"]),
            // A number of milliseconds is no date to whoever compares texts.
            (Self::Date, Dialect::Sqlite) => !any(&["int", "real"]),
            (Self::Date, _) => any(&["timestamp", "datetime"]),
        }
    }
}

impl Kind {
    /// What a column of this kind may be in such a database, in words.
    pub(crate) fn wanted(self, dialect: Dialect) -> &'static str {
        match (self, dialect) {
            (Self::Text | Self::ShortText, Dialect::Sqlite) => "text",
            (Self::Text | Self::ShortText, _) => "text or varchar",
            (Self::Integer, _) | (Self::Boolean | Self::BigInteger, Dialect::Sqlite) => {
                "an integer"
            }
            (Self::Boolean, _) => "a boolean",
            (Self::BigInteger, _) => "bigint",
            (Self::Date, Dialect::Sqlite) => "date or text",
            (Self::Date, Dialect::Postgres) => "timestamptz or timestamp",
            (Self::Date, Dialect::MySql) => "timestamp(3) or datetime(3)",
        }
    }
}

impl FoundTable {
    /// Reads table, column, type and whether it must be given, ordered by table.
    pub(crate) fn read(rows: Vec<Row>) -> Result<Vec<Self>, StoreError> {
        let mut tables: Vec<Self> = Vec::new();
        for row in rows {
            let mut cells = row.into_cells();
            let table = cells.text()?;
            let column = FoundColumn {
                name: cells.text()?,
                kind: cells.text()?.to_lowercase(),
                must_be_given: cells.boolean()?,
            };
            match tables.last_mut().filter(|last| last.name == table) {
                Some(last) => last.columns.push(column),
                None => tables.push(Self { name: table, columns: vec![column] }),
            }
        }
        Ok(tables)
    }
}
