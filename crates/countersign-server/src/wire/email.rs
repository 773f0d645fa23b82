//! What Better Auth (zod) takes as an e-mail address.

/// The most bytes of an address: 64 before the `@` and 255 behind it (RFC 5321 §4.5.3.1).
const MOST_BYTES: usize = 320;

/// ASCII only, nothing trimmed; the local part may not start with a dot, end with a dot or an
/// apostrophe, or hold two dots in a row; the domain has two labels or more, the last of letters.
///
/// Beyond that, at most [`MOST_BYTES`]: Better Auth takes any length.
///
/// The rule is
/// `^(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$`.
pub(crate) fn is_email(text: &str) -> bool {
    if text.len() > MOST_BYTES {
        return false;
    }
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    is_local_part(local) && is_domain(domain)
}

fn is_local_part(local: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_+-".contains(c);
    local.chars().all(|c| is_word(c) || c == '.' || c == '\'')
        && local.ends_with(is_word)
        && !local.starts_with('.')
        && !local.contains("..")
}

fn is_domain(domain: &str) -> bool {
    let Some((labels, top)) = domain.rsplit_once('.') else { return false };
    let is_label = |label: &str| {
        label.starts_with(|c: char| c.is_ascii_alphanumeric())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    top.len() >= 2
        && top.chars().all(|c| c.is_ascii_alphabetic())
        && labels.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn t184_t288_long_addresses_are_none_and_cost_nothing() {
        let domain = format!("{}.example", "b".repeat(247));
        assert!(is_email(&format!("{}@{domain}", "a".repeat(64))));
        let long = [
            format!("{}@{domain}", "a".repeat(65)),
            format!("{}@example.com", "a".repeat(10_000)),
            format!("a@{}", "a.".repeat(5_000)),
            format!("{}@", "a.".repeat(25_000)),
            format!("{}a", "'".repeat(50_000)),
            format!("a@{}!", "-".repeat(50_000)),
            "@".repeat(50_000),
        ];
        for address in long {
            assert!(!is_email(&address), "{address:.20}");
        }
    }

    #[test]
    fn t182_addresses_are_taken_and_refused_as_better_auth_does() {
        for good in ["a@b.co", "a+b'c@ex-ample.co", "first.last@mail.example.org", "_@x1.io"] {
            assert!(is_email(good), "{good}");
        }
        let bad = [
            "",
            "a",
            "a@b",
            "@b.co",
            "a@.co",
            " a@b.co",
            "a@b.co ",
            "ä@b.co",
            "a..b@c.co",
            ".a@b.co",
            "a.@b.co",
            "a'@b.co",
            "a@b@c.co",
            "a@b.c1",
            "a@b.c",
            "a@-b.co",
            "m\u{131}ke@b.co",
            "a\u{ff20}b.co",
            "us\u{200d}er@b.co",
            "\u{fb00}@b.co",
            "a@b\u{430}.co",
            "a@b.co.",
            "a@b..co",
        ];
        for bad in bad {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
