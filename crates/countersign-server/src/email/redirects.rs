//! Where a link leads in the end: the caller's URL, with a word about what became of the link.
//!
//! The URL was held against the trusted origins before. What cannot be parsed is `None`.

use url::Url;

use crate::settings::BaseUrl;

/// Stands for the origin of a path while the path is worked on.
const NOWHERE: &str = "https://nowhere.invalid";

/// `url`, absolute, with this parameter in place of any of its name (JavaScript's
/// `searchParams.set`).
pub(crate) fn with_parameter(url: &str, base: &BaseUrl, name: &str, value: &str) -> Option<String> {
    let mut url = Url::parse(&base.endpoints()).ok()?.join(url).ok()?;
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    match pairs.iter().position(|(other, _)| other == name) {
        Some(first) => {
            value.clone_into(&mut pairs[first].1);
            let mut position = 0..;
            pairs.retain(|(other, _)| position.next() == Some(first) || other != name);
        }
        None => pairs.push((name.to_owned(), value.to_owned())),
    }
    url.query_pairs_mut().clear().extend_pairs(pairs);
    Some(url.into())
}

/// `url` with `error=CODE` after whatever query it has; a path stays a path.
pub(crate) fn with_error(url: &str, code: &str) -> Option<String> {
    let nowhere = Url::parse(NOWHERE).ok()?;
    let is_path = url.starts_with('/');
    let mut parsed = if is_path { nowhere.join(url).ok()? } else { Url::parse(url).ok()? };
    let query = match parsed.query() {
        None | Some("") => format!("error={code}"),
        Some(query) if query.ends_with('&') => format!("{query}error={code}"),
        Some(query) => format!("{query}&error={code}"),
    };
    parsed.set_query(Some(&query));
    let text = String::from(parsed);
    if is_path { text.strip_prefix(NOWHERE).map(str::to_owned) } else { Some(text) }
}

#[cfg(test)]
mod tests {
    use super::{with_error, with_parameter};
    use crate::settings::BaseUrl;

    #[test]
    fn a_parameter_takes_the_place_of_those_of_its_name() {
        let base = BaseUrl::parse("https://auth.test").expect("a base URL");
        for (url, expected) in [
            ("/reset", "https://auth.test/reset?token=T"),
            ("/reset?a=1#f", "https://auth.test/reset?a=1&token=T#f"),
            ("/r?token=x&a=b%20c&token=y", "https://auth.test/r?token=T&a=b+c"),
            ("https://app.test/r?", "https://app.test/r?token=T"),
            ("myapp://host/cb", "myapp://host/cb?token=T"),
        ] {
            assert_eq!(with_parameter(url, &base, "token", "T").as_deref(), Some(expected));
        }
    }

    #[test]
    fn an_error_is_said_after_the_query_that_is_there() {
        for (url, expected) in [
            ("/x", "/x?error=E"),
            ("/x?a=1", "/x?a=1&error=E"),
            ("/x?a=%20&#f", "/x?a=%20&error=E#f"),
            ("https://app.test", "https://app.test/?error=E"),
        ] {
            assert_eq!(with_error(url, "E").as_deref(), Some(expected));
        }
        assert_eq!(with_error("no url", "E"), None);
    }
}
