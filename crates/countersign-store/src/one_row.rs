//! An insert of one row, taken apart, so that something can be put into it or left out of it.

use crate::{Dialect, sql::Value};

/// `INSERT INTO table (columns) VALUES (values)`.
pub(crate) struct OneRow<'a> {
    pub(crate) table: &'a str,
    columns: Vec<(&'a str, Value)>,
}

impl<'a> OneRow<'a> {
    /// `None` when the statement is another.
    pub(crate) fn of(text: &'a str, values: &[Value], dialect: Dialect) -> Option<Self> {
        let quote = dialect.quote();
        let (table, rest) =
            text.strip_prefix("INSERT INTO ")?.strip_prefix(quote)?.split_once(quote)?;
        let (columns, places) = rest.strip_prefix(" (")?.split_once(") VALUES (")?;
        let names = columns.split(", ").map(|column| column.trim_matches(quote));
        let places = places.strip_suffix(')')?.split(", ").count();
        let columns: Vec<_> = names.zip(values.iter().cloned()).collect();
        (columns.len() == places && places == values.len()).then_some(Self { table, columns })
    }

    pub(crate) fn value_of(&self, column: &str) -> Option<&Value> {
        self.columns.iter().find(|(name, _)| *name == column).map(|(_, value)| value)
    }

    pub(crate) fn put(&mut self, column: &'a str, value: Value) {
        self.columns.push((column, value));
    }

    pub(crate) fn leave_out(&mut self, column: &str) {
        self.columns.retain(|(name, _)| *name != column);
    }

    /// The statement again.
    pub(crate) fn into_statement(self, dialect: Dialect) -> (String, Vec<Value>) {
        let quote = dialect.quote();
        let (names, values): (Vec<_>, Vec<_>) = self.columns.into_iter().unzip();
        let names: Vec<_> = names.iter().map(|name| format!("{quote}{name}{quote}")).collect();
        let place = |number: usize| match dialect {
            Dialect::Postgres => format!("${number}"),
            Dialect::Sqlite | Dialect::MySql => "?".to_owned(),
        };
        let places: Vec<_> = (1..=values.len()).map(place).collect();
        let (table, names, places) = (self.table, names.join(", "), places.join(", "));
        (format!("INSERT INTO {quote}{table}{quote} ({names}) VALUES ({places})"), values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Statement, sql::Query};

    #[test]
    fn what_is_taken_apart_is_put_together_again() {
        for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::MySql] {
            let insert = Query::insert()
                .into_table("note")
                .columns(["id", "text"])
                .values_panic(["1".into(), "a) VALUES (b".into()])
                .take();
            let (text, values) = insert.render(dialect);
            let row = OneRow::of(&text, &values, dialect).expect("an insert");
            assert_eq!((row.table, row.value_of("id")), ("note", Some(&"1".into())));
            assert_eq!(row.into_statement(dialect), (text.to_string(), values.to_vec()));
        }
    }

    #[test]
    fn a_column_is_left_out_and_another_put_in() {
        let (text, values) =
            ("INSERT INTO \"note\" (\"id\", \"text\") VALUES ($1, $2)", ["1".into(), "a".into()]);
        let mut row = OneRow::of(text, &values, Dialect::Postgres).expect("an insert");
        row.leave_out("id");
        row.put("done", true.into());
        let (text, values) = row.into_statement(Dialect::Postgres);
        assert_eq!(text, "INSERT INTO \"note\" (\"text\", \"done\") VALUES ($1, $2)");
        assert_eq!(values, ["a".into(), true.into()]);
    }
}
