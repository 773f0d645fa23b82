//! `*` stands for any run of characters, dots included; `?` for one character.

/// Whether `text` is of the form `pattern`. Takes time proportional to the product of the two
/// lengths at worst.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && pattern[p] == '*' {
            last_star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == '?' || pattern[p] == text[t]) {
            p += 1;
            t += 1;
        } else if let Some((star, taken)) = last_star {
            // Let the star take one character more.
            last_star = Some((star, taken + 1));
            p = star + 1;
            t = taken + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn t288_no_text_makes_a_pattern_slow() {
        // Where every star tried every place anew, this would not end in a lifetime.
        let pattern = "*a".repeat(30) + "b";
        assert!(!matches(&pattern, &"a".repeat(50_000)));
        assert!(matches(&pattern, &("a".repeat(50_000) + "b")));
    }

    #[test]
    fn stars_cross_dots_and_question_marks_take_one_character() {
        assert!(matches("https://*.example.com", "https://a.b.example.com"));
        assert!(matches("https://app-?.example.com", "https://app-1.example.com"));
        assert!(!matches("https://*.example.com", "https://example.com"));
        assert!(!matches("https://*.example.com", "http://a.example.com"));
        assert!(!matches("https://*.example.com", "https://a.example.com.evil"));
    }
}
