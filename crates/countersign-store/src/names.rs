//! Tables and columns under other names, in a database that somebody else laid out.
//!
//! Statements name tables and columns as Better Auth does by default. Where a database has other
//! names, they are exchanged in the text of a statement just before it runs. That is safe because
//! values are never part of a text: what stands between quotes is a name.

use std::collections::BTreeMap;

use crate::Dialect;

/// Which names a database has in place of Better Auth's.
///
/// ```
/// use countersign_store::Names;
///
/// let mut names = Names::in_snake_case();
/// names.call_table("user", "people");
/// assert_eq!(names.table("user"), "people");
/// assert_eq!(names.table("twoFactor"), "two_factor");
/// assert_eq!(names.column("user", "emailVerified"), "email_verified");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    snake_case: bool,
    tables: BTreeMap<String, String>,
    columns: BTreeMap<(String, String), String>,
}

impl Names {
    /// Names such as `email_verified`, as Drizzle's and other tools' schemas have them.
    pub fn in_snake_case() -> Self {
        Self { snake_case: true, ..Self::default() }
    }

    /// Our table `ours` has the name `theirs`.
    pub fn call_table(&mut self, ours: &str, theirs: &str) {
        self.tables.insert(ours.to_owned(), theirs.to_owned());
    }

    /// The column `ours` of our table `table` has the name `theirs`.
    pub fn call_column(&mut self, table: &str, ours: &str, theirs: &str) {
        self.columns.insert((table.to_owned(), ours.to_owned()), theirs.to_owned());
    }

    /// Whether every name is Better Auth's.
    pub fn are_usual(&self) -> bool {
        *self == Self::default()
    }

    /// What the table is called there.
    pub fn table(&self, ours: &str) -> String {
        self.tables.get(ours).cloned().unwrap_or_else(|| self.styled(ours))
    }

    /// What the column of our table is called there.
    pub fn column(&self, table: &str, ours: &str) -> String {
        let key = (table.to_owned(), ours.to_owned());
        self.columns.get(&key).cloned().unwrap_or_else(|| self.styled(ours))
    }

    fn styled(&self, ours: &str) -> String {
        if !self.snake_case {
            return ours.to_owned();
        }
        let mut styled = String::with_capacity(ours.len() + 2);
        for letter in ours.chars() {
            if letter.is_ascii_uppercase() {
                styled.push('_');
            }
            styled.push(letter.to_ascii_lowercase());
        }
        styled
    }

    /// The text of a statement with the names of the database; what is absent there is NULL.
    pub(crate) fn exchange(&self, text: &str, dialect: Dialect, absent: &[(&str, &str)]) -> String {
        let quote = dialect.quote();
        let pieces = Pieces::of(text, quote);
        let is_absent = |name: &Name<'_>| {
            name.is_listed && absent.contains(&(pieces.table_of(name), name.text))
        };
        let mut exchanged = String::with_capacity(text.len() + 16);
        for (place, (between, name)) in pieces.all.iter().enumerate() {
            let Some(name) = name else {
                exchanged.push_str(between);
                continue;
            };
            // The table in front of a column goes with it.
            let next = pieces.all.get(place + 1);
            if let Some((".", Some(next))) = next
                && is_absent(next)
            {
                exchanged.push_str(between);
                continue;
            }
            if is_absent(name) {
                exchanged.push_str(if name.of.is_some() { "" } else { between });
                exchanged.extend(["NULL AS ", quote.encode_utf8(&mut [0; 4]), name.text]);
                exchanged.push(quote);
                continue;
            }
            exchanged.push_str(between);
            let theirs = match name.role {
                Role::Table => self.table(name.text),
                Role::Column => self.column(pieces.table_of(name), name.text),
                Role::Other => name.text.to_owned(),
            };
            exchanged.push(quote);
            exchanged.push_str(&theirs);
            exchanged.push(quote);
            // Who reads the answer asks for our name.
            if name.is_listed && theirs != name.text {
                exchanged.push_str(" AS ");
                exchanged.push(quote);
                exchanged.push_str(name.text);
                exchanged.push(quote);
            }
        }
        exchanged
    }
}

/// A text in pieces: what stands before a name, and the name.
struct Pieces<'a> {
    all: Vec<(&'a str, Option<Name<'a>>)>,
    /// Per pair of parentheses: the table its columns are of, and the pair around it.
    scopes: Vec<Scope<'a>>,
}

struct Name<'a> {
    text: &'a str,
    role: Role,
    /// The table in front of it, where there is one.
    of: Option<&'a str>,
    scope: usize,
    /// It is one of the columns that a select gives.
    is_listed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Table,
    Column,
    /// An index, a constraint, a name that an answer gives something.
    Other,
}

#[derive(Default)]
struct Scope<'a> {
    table: Option<&'a str>,
    around: usize,
    lists: bool,
}

impl<'a> Pieces<'a> {
    fn of(text: &'a str, quote: char) -> Self {
        let mut pieces = Self { all: Vec::new(), scopes: vec![Scope::default()] };
        let mut scope = 0;
        let mut before = Words::default();
        let mut rest = text;
        let mut last: Option<&'a str> = None;
        while let Some(start) = rest.find(quote) {
            let (between, behind) = rest.split_at(start);
            let behind = &behind[1..];
            let (name, after) = behind.split_once(quote).unwrap_or((behind, ""));
            let referenced = last.filter(|_| before.is("REFERENCES"));
            scope = pieces.walk(between, scope, referenced);
            let is_qualified = between == ".";
            if !is_qualified {
                before.read(between);
            }
            let qualifies = after.starts_with('.');
            let role = if qualifies { Role::Table } else { before.role(is_qualified) };
            let is_subject = role == Role::Table && !qualifies && !before.is("REFERENCES");
            if is_subject && pieces.scopes[scope].table.is_none() {
                pieces.scopes[scope].table = Some(name);
            }
            let is_listed = role == Role::Column
                && pieces.scopes[scope].lists
                && !after.trim_start().starts_with("AS ");
            let of = last.filter(|_| is_qualified);
            pieces.all.push((between, Some(Name { text: name, role, of, scope, is_listed })));
            last = Some(name);
            rest = after;
        }
        pieces.all.push((rest, None));
        pieces
    }

    /// Goes through what stands between two names; the scope behind it.
    fn walk(&mut self, between: &str, mut scope: usize, referenced: Option<&'a str>) -> usize {
        let words = between.split_inclusive(|c: char| "() ,".contains(c));
        for word in words {
            match word.trim_end_matches(|c: char| "() ,".contains(c)) {
                "SELECT" => self.scopes[scope].lists = true,
                "FROM" => self.scopes[scope].lists = false,
                _ => {}
            }
            if word.ends_with('(') {
                self.scopes.push(Scope { table: referenced, around: scope, lists: false });
                scope = self.scopes.len() - 1;
            } else if word.ends_with(')') {
                scope = self.scopes[scope].around;
            }
        }
        scope
    }

    fn table_of(&self, name: &Name<'a>) -> &'a str {
        let mut scope = name.scope;
        let known = |table: &&str| *table != "excluded";
        if let Some(table) = name.of.filter(known) {
            return table;
        }
        while self.scopes[scope].table.is_none() && scope != 0 {
            scope = self.scopes[scope].around;
        }
        self.scopes[scope].table.unwrap_or_default()
    }
}

/// The words before a name, which say what it names.
#[derive(Default)]
struct Words {
    last: String,
    last_but_one: String,
    /// Whether what is made here is an index.
    makes_index: bool,
}

impl Words {
    fn read(&mut self, between: &str) {
        self.last.clear();
        for word in
            between.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty())
        {
            self.makes_index = match word {
                "INDEX" | "KEY" => true,
                "TABLE" => false,
                _ => self.makes_index,
            };
            self.last_but_one = std::mem::replace(&mut self.last, word.to_owned());
        }
        if between.trim_end().ends_with(['(', ',', '=']) {
            self.last.clear();
        }
    }

    fn is(&self, word: &str) -> bool {
        self.last == word
    }

    fn role(&self, is_qualified: bool) -> Role {
        match self.last.as_str() {
            _ if is_qualified => Role::Column,
            "UPDATE" if self.last_but_one == "KEY" => Role::Column,
            "FROM" | "INTO" | "UPDATE" | "JOIN" | "TABLE" | "REFERENCES" => Role::Table,
            "EXISTS" if !self.makes_index => Role::Table,
            "ON" if self.makes_index => Role::Table,
            "EXISTS" | "INDEX" | "CONSTRAINT" | "AS" => Role::Other,
            "KEY" if self.last_but_one != "FOREIGN" && self.last_but_one != "PRIMARY" => {
                Role::Other
            }
            _ => Role::Column,
        }
    }
}
