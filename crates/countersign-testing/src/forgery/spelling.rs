//! Bends text that is base64url with dots: parts that are signed afterwards, and whole tokens.

use base64ct::{Base64, Encoding};
use fastrand::Rng;

use super::bend::pick;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Characters that belong in no token.
const FOREIGN: [&str; 16] = [
    "=", "==", "+", "/", "?", "*", "%", " ", "\t", ".", "..", "\u{2024}", "\u{a0}", "\0", "😀",
    "%2E",
];

/// Bends the first two parts, to be signed as they then stand; says how.
pub(crate) fn bend_signed_text(text: &mut String, rng: &mut Rng) -> &'static str {
    let (header, payload) = text.split_once('.').unwrap_or((text, ""));
    let (mut header, mut payload) = (header.to_owned(), payload.to_owned());
    let part = if rng.bool() { &mut header } else { &mut payload };
    let story = bend_part(part, rng);
    *text = format!("{header}.{payload}");
    story
}

/// Bends a token that is signed already; says how.
pub(crate) fn bend_token(text: &mut String, rng: &mut Rng) -> &'static str {
    let mut parts: Vec<String> = text.split('.').map(str::to_owned).collect();
    let (one, other) = (rng.usize(..parts.len()), rng.usize(..parts.len()));
    let story = match rng.u8(..10) {
        0 => {
            parts.swap(one, other);
            "two parts change places"
        }
        1 => {
            parts.insert(one, parts[other].clone());
            "a part more"
        }
        2 => {
            parts.remove(one);
            "a part less"
        }
        3 => {
            parts[one].clear();
            "an empty part"
        }
        4 => {
            let joined = parts.join(".");
            parts = vec![format!("{joined}{}{joined}", pick(&["", ".", " ", ","], rng))];
            "twice in a row"
        }
        5 => {
            let mut joined = parts.join(".");
            let at = boundary(&joined, rng.usize(..=joined.len()));
            joined.truncate(at);
            parts = vec![joined];
            "the token cut short"
        }
        6 => {
            let around = pick(&FOREIGN, rng);
            let joined = parts.join(".");
            parts = vec![if rng.bool() { format!("{around}{joined}") } else { joined + around }];
            "something around the token"
        }
        _ => bend_part(&mut parts[one], rng),
    };
    *text = parts.join(".");
    story
}

fn bend_part(part: &mut String, rng: &mut Rng) -> &'static str {
    let at = boundary(part, rng.usize(..=part.len()));
    match rng.u8(..9) {
        0 | 1 => {
            respell_tail(part, rng);
            "other spare bits"
        }
        2 => {
            part.push_str(pick(&["=", "==", "===", "A", "AA", "AAA"], rng));
            "a longer tail"
        }
        3 => {
            part.insert_str(at, pick(&FOREIGN, rng));
            "a foreign character"
        }
        4 => {
            part.insert(at, char::from(pick(ALPHABET, rng)));
            "a character more"
        }
        5 => {
            if at < part.len() {
                part.remove(at);
            }
            "a character less"
        }
        6 => {
            if at < part.len() {
                let end = at + part[at..].chars().next().map_or(0, char::len_utf8);
                part.replace_range(at..end, &char::from(pick(ALPHABET, rng)).to_string());
            }
            "another character"
        }
        7 => {
            *part = part.replace('-', "+").replace('_', "/");
            "the standard alphabet"
        }
        _ => {
            *part = Base64::encode_string(part.as_bytes());
            "base64 of base64"
        }
    }
}

/// Another last character that decodes to the same bytes for a lenient reader.
fn respell_tail(part: &mut String, rng: &mut Rng) {
    let spare = match part.len() % 4 {
        2 => 4,
        3 => 2,
        _ => return,
    };
    let Some(last) = part.bytes().last() else { return };
    let Some(value) = ALPHABET.iter().position(|letter| *letter == last) else { return };
    let other = (value & !((1 << spare) - 1)) | rng.usize(1..1 << spare);
    part.pop();
    part.push(char::from(ALPHABET[other]));
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
