//! One cookie of a name, or all of its chunks.

use countersign_cookies::{CookieError, RequestCookies};
use http::{HeaderMap, HeaderValue, header::COOKIE};

const NAME: &str = "better-auth.session_data";

fn whole(line: &str) -> Result<Option<String>, CookieError> {
    let mut headers = HeaderMap::new();
    headers.insert(COOKIE, HeaderValue::from_str(line).unwrap());
    let cookies = RequestCookies::of(&headers);
    cookies.whole(NAME).map(|value| value.map(std::borrow::Cow::into_owned))
}

fn chunks(numbers: &[&str]) -> String {
    let chunk = |number: &&str| format!("{NAME}.{number}=<{number}>");
    numbers.iter().map(chunk).collect::<Vec<_>>().join("; ")
}

#[test]
fn t148_chunks_are_joined_by_number_not_by_place() {
    assert_eq!(whole(&chunks(&["1", "0"])), Ok(Some("<0><1>".to_owned())));
    let eleven = ["10", "0", "9", "8", "7", "6", "5", "4", "3", "2", "1"];
    let joined = whole(&chunks(&eleven)).unwrap().unwrap();
    assert!(joined.starts_with("<0><1><2>") && joined.ends_with("<9><10>"));
}

#[test]
fn t148_a_cookie_in_one_piece_wins_over_chunks() {
    let line = format!("{}; {NAME}=whole; {}", chunks(&["0"]), chunks(&["1"]));
    assert_eq!(whole(&line), Ok(Some("whole".to_owned())));
    assert_eq!(whole(&format!("{NAME}=; {}", chunks(&["0"]))), Ok(Some(String::new())));
}

#[test]
fn t148_missing_chunks_are_refused() {
    for numbers in [&["1"][..], &["0", "2"], &["1", "2"], &["99"], &["0", "1", "3"]] {
        assert_eq!(whole(&chunks(numbers)), Err(CookieError::Chunks), "{numbers:?}");
    }
    let many: Vec<String> = (0..101).map(|number| number.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(whole(&chunks(&many)), Err(CookieError::Chunks));
    assert!(whole(&chunks(&many[..100])).is_ok());
}

#[test]
fn other_spellings_of_a_number_are_other_cookies() {
    for number in ["00", "01", "+0", "-0", "0.0", "0x0", "1e0", " 0", "", "a", "٠"] {
        assert_eq!(whole(&chunks(&[number])), Ok(None), "{number}");
    }
}

#[test]
fn t130_two_cookies_of_one_name_are_refused_in_any_order() {
    for line in [
        format!("{NAME}=good; {NAME}=evil"),
        format!("{NAME}=evil; a=b; {NAME}=good"),
        format!("{NAME}=good; {NAME}=good"),
        format!("{NAME}={NAME}; {NAME}="),
        chunks(&["0", "1", "0"]),
    ] {
        assert_eq!(whole(&line), Err(CookieError::Duplicate), "{line}");
    }
}

#[test]
fn t133_junk_is_no_cookie() {
    for line in ["", ";;;", "=x", "x", "a=b;;=;x", NAME, "xbetter-auth.session_data=evil"] {
        assert_eq!(whole(line), Ok(None), "{line}");
    }
}
