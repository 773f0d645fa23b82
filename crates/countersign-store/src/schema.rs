//! Tables as data: what a table needs, and how it is created where it is missing.

use sea_query::{
    ColumnDef, ForeignKey, ForeignKeyAction, Index, SqliteQueryBuilder, Table as CreateTable,
};

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
#[derive(Clone, Copy, Debug)]
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
    /// True or false.
    Boolean,
    /// An instant, to the millisecond.
    Date,
}

/// What else is true of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The primary key.
    Key,
    /// Never NULL.
    Required,
    /// May be NULL.
    Optional,
    /// Never NULL, and no two rows share it.
    Unique,
    /// May be NULL; no two rows share another value.
    OptionalUnique,
    /// Never NULL, and the `id` of a row in that table; goes when that row goes.
    Of(&'static str),
}

const fn column(name: &'static str, kind: Kind, rule: Rule) -> Column {
    Column { name, kind, rule }
}

/// Better Auth's core tables, as its own migration makes them.
pub static BETTER_AUTH: [Table; 4] = {
    use Kind::{Boolean, Date, Text};
    use Rule::{Key, Of, Optional, Required, Unique};
    [
        Table {
            name: "user",
            columns: &[
                column("id", Text, Key),
                column("name", Text, Required),
                column("email", Text, Unique),
                column("emailVerified", Boolean, Required),
                column("image", Text, Optional),
                column("createdAt", Date, Required),
                column("updatedAt", Date, Required),
            ],
            indexes: &[],
        },
        Table {
            name: "session",
            columns: &[
                column("id", Text, Key),
                column("expiresAt", Date, Required),
                column("token", Text, Unique),
                column("createdAt", Date, Required),
                column("updatedAt", Date, Required),
                column("ipAddress", Text, Optional),
                column("userAgent", Text, Optional),
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
                column("accessToken", Text, Optional),
                column("refreshToken", Text, Optional),
                column("idToken", Text, Optional),
                column("accessTokenExpiresAt", Date, Optional),
                column("refreshTokenExpiresAt", Date, Optional),
                column("scope", Text, Optional),
                column("password", Text, Optional),
                column("createdAt", Date, Required),
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
                column("createdAt", Date, Required),
                column("updatedAt", Date, Required),
            ],
            indexes: &[&["identifier"]],
        },
    ]
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

impl Table {
    /// The statements that create the table and its indexes where they are missing.
    pub(crate) fn create_statements(&self) -> Vec<String> {
        let mut create = CreateTable::create();
        create.table(self.name).if_not_exists();
        for column in self.columns {
            create.col(column.definition());
            if let Rule::Of(parent) = column.rule {
                create.foreign_key(
                    ForeignKey::create()
                        .from(self.name, column.name)
                        .to(parent, "id")
                        .on_delete(ForeignKeyAction::Cascade),
                );
            }
        }
        let mut statements = vec![create.to_string(SqliteQueryBuilder)];
        statements.extend(self.indexes.iter().map(|columns| self.index_statement(columns)));
        statements
    }

    /// The statements that add a missing column. What is unique gets an index: a database may not
    /// be able to add a column that is unique by itself.
    pub(crate) fn add_statements(&self, column: &Column) -> Vec<String> {
        let mut definition = column.definition();
        let add = |definition: &mut ColumnDef| {
            CreateTable::alter()
                .table(self.name)
                .add_column(definition)
                .to_string(SqliteQueryBuilder)
        };
        if column.rule != Rule::OptionalUnique {
            return vec![add(&mut definition)];
        }
        let mut plain = Column { rule: Rule::Optional, ..*column }.definition();
        let index = Index::create()
            .unique()
            .if_not_exists()
            .name(format!("{}_{}_uidx", self.name, column.name))
            .table(self.name)
            .col(column.name)
            .to_string(SqliteQueryBuilder);
        vec![add(&mut plain), index]
    }

    fn index_statement(&self, columns: &[&'static str]) -> String {
        let mut index = Index::create();
        index.name(format!("{}_{}_idx", self.name, columns.join("_"))).table(self.name);
        for column in columns {
            index.col(*column);
        }
        index.if_not_exists().to_string(SqliteQueryBuilder)
    }
}

impl Column {
    fn definition(&self) -> ColumnDef {
        let mut definition = ColumnDef::new(self.name);
        match self.kind {
            Kind::Text => definition.text(),
            Kind::Boolean => definition.integer(),
            Kind::Date => definition.custom("date"),
        };
        match self.rule {
            Rule::Key => definition.not_null().primary_key(),
            Rule::Required | Rule::Of(_) => definition.not_null(),
            Rule::Unique => definition.not_null().unique_key(),
            Rule::OptionalUnique => definition.unique_key(),
            Rule::Optional => &mut definition,
        };
        definition
    }
}

/// A column that a database really has.
#[derive(Clone, Debug)]
pub(crate) struct FoundColumn {
    pub(crate) name: String,
    /// NOT NULL without a default: an insert that does not know the column fails.
    pub(crate) must_be_given: bool,
}
