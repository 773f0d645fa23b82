//! The statements that make tables, as Better Auth's own migration makes them on each database.

use sea_query::{
    ColumnDef, Expr, ForeignKey, ForeignKeyAction, Index, IndexCreateStatement, MysqlQueryBuilder,
    PostgresQueryBuilder, SchemaStatementBuilder, SqliteQueryBuilder, Table as CreateTable,
};

use crate::{
    Dialect, IdKind,
    schema::{Column, Kind, Rule, Table},
};

impl Table {
    /// The statements that create the table and its indexes where they are missing.
    pub(crate) fn create_statements(&self, dialect: Dialect, ids: IdKind) -> Vec<String> {
        let mut create = CreateTable::create();
        create.table(self.name).if_not_exists();
        for column in self.columns {
            create.col(self.definition(column, dialect, ids));
            if let Rule::Of(parent) = column.rule {
                create.foreign_key(
                    ForeignKey::create()
                        .from(self.name, column.name)
                        .to(parent, "id")
                        .on_delete(ForeignKeyAction::Cascade),
                );
            }
        }
        // MySQL cannot make an index where it is missing; there it is part of the table.
        if dialect == Dialect::MySql {
            for columns in self.indexes {
                create.index(&mut self.index(columns));
            }
            return vec![text(&create, dialect)];
        }
        let mut statements = vec![text(&create, dialect)];
        let indexes =
            self.indexes.iter().map(|columns| text(self.index(columns).if_not_exists(), dialect));
        statements.extend(indexes);
        statements
    }

    /// The statements that add a missing column. What is unique gets an index: a database may not be
    /// able to add a column that is unique by itself.
    pub(crate) fn add_statements(
        &self,
        column: &Column,
        dialect: Dialect,
        ids: IdKind,
    ) -> Vec<String> {
        let add = |definition: ColumnDef| {
            text(CreateTable::alter().table(self.name).add_column(definition), dialect)
        };
        if column.rule != Rule::OptionalUnique {
            return vec![add(self.definition(column, dialect, ids))];
        }
        let plain = Column { kind: Kind::ShortText, rule: Rule::Optional, ..*column };
        let mut index = Index::create();
        index.unique().name(format!("{}_{}_uidx", self.name, column.name));
        index.table(self.name).col(column.name);
        vec![add(self.definition(&plain, dialect, ids)), text(&index, dialect)]
    }

    fn index(&self, columns: &[&'static str]) -> IndexCreateStatement {
        let mut index = Index::create();
        index.name(format!("{}_{}_idx", self.name, columns.join("_"))).table(self.name);
        for column in columns {
            index.col(*column);
        }
        index.take()
    }

    fn definition(&self, column: &Column, dialect: Dialect, ids: IdKind) -> ColumnDef {
        let mut definition = ColumnDef::new(column.name);
        match (column.kind, dialect) {
            _ if ids != IdKind::Text && matches!(column.rule, Rule::Key | Rule::Of(_)) => {
                id_type(&mut definition, column.rule == Rule::Key, dialect, ids)
            }
            (Kind::Text | Kind::ShortText, Dialect::MySql) => match self.length(column) {
                Some(length) => definition.string_len(length),
                None => definition.text(),
            },
            (Kind::Text | Kind::ShortText, _) => definition.text(),
            (Kind::Boolean, Dialect::Sqlite) | (Kind::Integer, _) => definition.integer(),
            (Kind::Boolean, _) => definition.boolean(),
            (Kind::BigInteger, Dialect::Sqlite) => definition.custom("bigint"),
            (Kind::BigInteger, _) => definition.big_integer(),
            (Kind::Date, Dialect::Sqlite) => definition.custom("date"),
            (Kind::Date, Dialect::Postgres) => definition.custom("timestamptz"),
            (Kind::Date, Dialect::MySql) => definition.custom("timestamp(3)"),
        };
        match column.rule {
            Rule::Key => definition.not_null().primary_key(),
            Rule::Required | Rule::Of(_) => definition.not_null(),
            Rule::Stamped => match dialect {
                Dialect::Sqlite => definition.not_null(),
                Dialect::Postgres => definition.default(Expr::cust("CURRENT_TIMESTAMP")).not_null(),
                Dialect::MySql => definition.default(Expr::cust("CURRENT_TIMESTAMP(3)")).not_null(),
            },
            Rule::Unique => definition.not_null().unique_key(),
            Rule::OptionalUnique => definition.unique_key(),
            Rule::Optional | Rule::Spare => &mut definition,
        };
        definition
    }

    /// How long a text may be on MySQL, where one that is compared by an index has to say so.
    fn length(&self, column: &Column) -> Option<u32> {
        let is_indexed = self.indexes.iter().any(|columns| columns.contains(&column.name));
        match column.rule {
            Rule::Key | Rule::Of(_) => Some(36),
            Rule::Unique | Rule::OptionalUnique => Some(255),
            _ if is_indexed || column.kind == Kind::ShortText => Some(255),
            _ => None,
        }
    }
}

/// A key, or what refers to one, that is no text.
fn id_type(
    definition: &mut ColumnDef,
    is_key: bool,
    dialect: Dialect,
    ids: IdKind,
) -> &mut ColumnDef {
    match ids {
        IdKind::Integer => definition.integer(),
        IdKind::BigInteger => definition.big_integer(),
        IdKind::Text | IdKind::Uuid => definition.custom("uuid"),
    };
    match dialect {
        Dialect::Postgres if is_key && ids.is_counted() => {
            definition.extra("GENERATED BY DEFAULT AS IDENTITY")
        }
        Dialect::Postgres if is_key => {
            definition.default(Expr::cust("pg_catalog.gen_random_uuid()"))
        }
        Dialect::MySql if is_key && ids.is_counted() => definition.auto_increment(),
        _ => definition,
    }
}

fn text(statement: &impl SchemaStatementBuilder, dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite => statement.to_string(SqliteQueryBuilder),
        Dialect::Postgres => statement.to_string(PostgresQueryBuilder),
        Dialect::MySql => statement.to_string(MysqlQueryBuilder),
    }
}
