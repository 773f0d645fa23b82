//! JSON as text: where its words and members are, also in text that is not quite JSON.

use std::ops::Range;

/// Words of the text: a string, a number or literal, a single mark, or a run of white space.
pub(crate) fn words(json: &[u8]) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = 0;
    while at < json.len() {
        let end = at + length_of_word(&json[at..]);
        words.push(at..end);
        at = end;
    }
    words
}

fn length_of_word(rest: &[u8]) -> usize {
    let until = |stop: fn(&u8) -> bool| rest.iter().position(stop).unwrap_or(rest.len());
    match rest[0] {
        b'"' => {
            let mut at = 1;
            while at < rest.len() && rest[at] != b'"' {
                at += if rest[at] == b'\\' { 2 } else { 1 };
            }
            (at + 1).min(rest.len())
        }
        byte if is_mark(byte) => 1,
        byte if byte.is_ascii_whitespace() => until(|byte| !byte.is_ascii_whitespace()),
        _ => until(|byte| is_mark(*byte) || byte.is_ascii_whitespace() || *byte == b'"'),
    }
}

fn is_mark(byte: u8) -> bool {
    b"{}[],:".contains(&byte)
}

/// A member of an object, at any depth.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) name: Range<usize>,
    pub(crate) value: Range<usize>,
}

impl Member {
    pub(crate) fn whole(&self) -> Range<usize> {
        self.name.start..self.value.end
    }
}

pub(crate) fn members(json: &[u8]) -> Vec<Member> {
    let words: Vec<_> =
        words(json).into_iter().filter(|word| !json[word.start].is_ascii_whitespace()).collect();
    let mut members = Vec::new();
    for (index, name) in words.iter().enumerate() {
        let colon = words.get(index + 1).is_some_and(|word| json[word.start] == b':');
        if json[name.start] == b'"'
            && colon
            && let Some(value) = value_at(json, &words[index + 2..])
        {
            members.push(Member { name: name.clone(), value });
        }
    }
    members
}

/// The value that starts here: a word, or everything up to the closing bracket.
fn value_at(json: &[u8], words: &[Range<usize>]) -> Option<Range<usize>> {
    let first = words.first()?;
    let mut depth = 0_usize;
    for word in words {
        match json[word.start] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(first.start..word.end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_at_every_depth() {
        let json = br#"{ "a" : [1, {"b\"": "x"}], "c":-1e3 }"#;
        let found = members(json).into_iter().map(|member| {
            let text = |range: Range<usize>| String::from_utf8_lossy(&json[range]).into_owned();
            (text(member.name), text(member.value))
        });
        let expected =
            [(r#""a""#, r#"[1, {"b\"": "x"}]"#), (r#""b\"""#, r#""x""#), (r#""c""#, "-1e3")];
        assert!(found.eq(expected.map(|(name, value)| (name.to_owned(), value.to_owned()))));
        assert!(members(br#"{"a":[1"#).is_empty());
    }
}
