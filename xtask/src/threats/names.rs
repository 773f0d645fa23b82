//! Tests in sources, by their names.

/// What a source is written in.
#[derive(Clone, Copy)]
pub(super) enum Language {
    Rust,
    Python,
    TypeScript,
}

impl Language {
    pub(super) fn of(file: &str) -> Option<Self> {
        let (_, ending) = file.rsplit_once('.')?;
        match ending {
            "rs" => Some(Self::Rust),
            "py" => Some(Self::Python),
            "ts" => Some(Self::TypeScript),
            _ => None,
        }
    }

    /// The names of everything that could be a test; [`cases`] of other names are none.
    pub(super) fn tests(self, source: &str) -> Vec<String> {
        let lines = source.lines().map(str::trim_start).filter(|line| !line.starts_with("//"));
        match self {
            Self::Rust => lines.filter_map(|line| function(line, "fn ")).collect(),
            Self::Python => lines
                .filter_map(|line| function(line, "def "))
                .filter_map(|name| name.strip_prefix("test_").map(str::to_owned))
                .collect(),
            Self::TypeScript => lines.flat_map(texts).collect(),
        }
    }
}

/// The name behind `fn` or `def`, which only visibility and `async` may stand before.
fn function(line: &str, keyword: &str) -> Option<String> {
    let (before, rest) = line.split_once(keyword)?;
    let mut before = before.split_whitespace();
    if !before.all(|word| ["pub", "pub(crate)", "pub(super)", "async"].contains(&word)) {
        return None;
    }
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    Some(rest[..end].to_owned())
}

/// What stands behind each quotation mark, as far as its words matter here.
fn texts(line: &str) -> Vec<String> {
    let quoted = line.split(['"', '`']).skip(1);
    quoted.map(|text| text.replace(' ', "_")).collect()
}

/// The numbers at the beginning of a name: `t091_t092_the_subject…` has two.
pub(super) fn cases(name: &str) -> Vec<u16> {
    let mut cases = Vec::new();
    for word in name.split('_') {
        let (letter, digits) = word.split_at(usize::from(!word.is_empty() && word.is_ascii()));
        let number = digits.parse().ok().filter(|_| digits.len() >= 2);
        match (letter, number) {
            ("t", Some(case)) => cases.push(case),
            // Numbers of requirements stand between those of cases.
            ("r", Some(_)) => {}
            _ => break,
        }
    }
    cases
}

#[cfg(test)]
mod tests {
    use super::{Language, cases};

    #[test]
    fn names_say_which_cases_they_answer() {
        assert_eq!(cases("t091_t092_the_subject_is_a_plain_text"), [91, 92]);
        assert_eq!(cases("t109_r10_t113_not_two_words"), [109, 113]);
        for none in ["a_t091_in_the_middle", "title", "t_1", "tests", "ü", ""] {
            assert_eq!(cases(none), [0; 0], "{none}");
        }
    }

    #[test]
    fn tests_are_found_in_three_languages() {
        let rust =
            "    pub(crate) async fn t001_x(a: u8) {\n// fn t002_x() {\nlet f = fn t003_x();";
        assert_eq!(Language::Rust.tests(rust), ["t001_x"]);
        let python = "async def test_t004_x() -> None:\ndef t005_x():";
        assert_eq!(Language::Python.tests(python), ["t004_x"]);
        let typescript = r#"scenario("t006 t007 x", async () => {"#;
        let found = Language::TypeScript.tests(typescript);
        assert_eq!(found.iter().flat_map(|name| cases(name)).collect::<Vec<_>>(), [6, 7]);
    }
}
