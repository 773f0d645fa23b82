//! Bends a header or a payload before it is signed.
//!
//! Every function here takes JSON text that may be bent already, and leaves it alone where it finds
//! nothing to bend.

use std::ops::Range;

use fastrand::Rng;

use super::{
    Draft, KeyRing,
    json_text::{Member, members, words},
    odd,
};

type Bend = fn(&mut Vec<u8>, &mut Rng);

/// For headers and payloads.
const COMMON: [(&str, Bend); 21] = [
    ("a member twice", repeat_member),
    ("a member twice", repeat_member),
    ("two members change places", swap_members),
    ("two values change places", swap_values),
    ("another value", change_value),
    ("another value", change_value),
    ("another number", change_number),
    ("a character as an escape", respell_character),
    ("a character as an escape", respell_character),
    ("an escape", insert_escape),
    ("white space", insert_space),
    ("white space", insert_space),
    ("a byte less", drop_byte),
    ("a byte more", insert_bytes),
    ("another byte", change_byte),
    ("a member more", add_member),
    ("a member less", remove_member),
    ("cut short", cut),
    ("something around it", surround),
    ("deeper", nest),
    ("wider", widen),
];

/// For payloads only.
const DATES: [(&str, Bend); 3] =
    [("a date", change_date), ("a date", change_date), ("a claim of a date", add_date)];

/// For headers only.
const HEADER: [(&str, Bend); 4] = [
    ("another alg", |json, rng| set(json, "alg", pick(&odd::ALGORITHMS, rng), rng)),
    ("another typ", |json, rng| set(json, "typ", pick(&odd::TYPES, rng), rng)),
    ("another kid", |json, rng| set(json, "kid", pick(&odd::KIDS, rng), rng)),
    ("a special member", |json, rng| add_text(json, pick(&odd::HEADERS, rng), rng)),
];

/// Bends something; says what.
pub(crate) fn bend(draft: &mut Draft, keys: &KeyRing, rng: &mut Rng) -> &'static str {
    match rng.u8(..100) {
        0..3 => {
            let names = keys.names();
            draft.signer = names[rng.usize(..names.len())];
            "signed by another key"
        }
        3..6 => {
            let name = pick(&keys.names(), rng);
            set(&mut draft.header, "kid", &format!("\"{name}\""), rng);
            "the name of another key"
        }
        6..14 => apply(&HEADER, &mut draft.header, rng),
        14..30 => apply(&COMMON, &mut draft.header, rng),
        30..45 => apply(&DATES, &mut draft.payload, rng),
        _ => apply(&COMMON, &mut draft.payload, rng),
    }
}

fn apply(bends: &[(&'static str, Bend)], json: &mut Vec<u8>, rng: &mut Rng) -> &'static str {
    let (name, bend) = bends[rng.usize(..bends.len())];
    bend(json, rng);
    name
}

pub(crate) fn pick<T: Copy>(items: &[T], rng: &mut Rng) -> T {
    items[rng.usize(..items.len())]
}

fn replace(json: &mut Vec<u8>, range: Range<usize>, with: impl AsRef<[u8]>) {
    json.splice(range, with.as_ref().iter().copied());
}

fn any_member(json: &[u8], rng: &mut Rng) -> Option<Member> {
    let members = members(json);
    (!members.is_empty()).then(|| members[rng.usize(..members.len())].clone())
}

fn any_value(rng: &mut Rng) -> &'static str {
    if rng.u8(..3) == 0 { pick(&odd::NUMBERS, rng) } else { pick(&odd::VALUES, rng) }
}

/// Sets a member of the outer object, or adds it.
fn set(json: &mut Vec<u8>, name: &str, value: &str, rng: &mut Rng) {
    let quoted = format!("\"{name}\"");
    let found = members(json).into_iter().find(|m| json[m.name.clone()] == *quoted.as_bytes());
    match found {
        Some(member) => replace(json, member.value, value),
        None => add_text(json, &format!("{quoted}:{value}"), rng),
    }
}

/// Adds the text of a member at the front or the end of the outer object.
fn add_text(json: &mut Vec<u8>, text: &str, rng: &mut Rng) {
    if rng.bool() {
        if let Some(open) = json.iter().position(|byte| *byte == b'{') {
            replace(json, open + 1..open + 1, format!("{text},"));
        }
    } else if let Some(close) = json.iter().rposition(|byte| *byte == b'}') {
        replace(json, close..close, format!(",{text}"));
    }
}

fn repeat_member(json: &mut Vec<u8>, rng: &mut Rng) {
    let Some(member) = any_member(json, rng) else { return };
    let mut name = json[member.name.clone()].to_vec();
    if rng.bool() {
        respell_character(&mut name, rng);
    }
    let value = if rng.bool() {
        json[member.value.clone()].to_vec()
    } else {
        any_value(rng).as_bytes().to_vec()
    };
    let text = [&name[..], b":", &value].concat();
    if rng.bool() {
        replace(json, member.name.start..member.name.start, [&text[..], b","].concat());
    } else {
        replace(json, member.value.end..member.value.end, [b",", &text[..]].concat());
    }
}

fn swap(json: &mut Vec<u8>, rng: &mut Rng, part: fn(&Member) -> Range<usize>) {
    let (Some(one), Some(other)) = (any_member(json, rng), any_member(json, rng)) else { return };
    let (mut first, mut second) = (part(&one), part(&other));
    if second.start < first.start {
        (first, second) = (second, first);
    }
    if first.end <= second.start {
        let (left, right) = (json[first.clone()].to_vec(), json[second.clone()].to_vec());
        replace(json, second, left);
        replace(json, first, right);
    }
}

fn swap_members(json: &mut Vec<u8>, rng: &mut Rng) {
    swap(json, rng, Member::whole);
}

fn swap_values(json: &mut Vec<u8>, rng: &mut Rng) {
    swap(json, rng, |member| member.value.clone());
}

fn change_value(json: &mut Vec<u8>, rng: &mut Rng) {
    if let Some(member) = any_member(json, rng) {
        replace(json, member.value, any_value(rng));
    }
}

fn change_number(json: &mut Vec<u8>, rng: &mut Rng) {
    let mut found = members(json);
    found.retain(|member| json[member.value.start].is_ascii_digit());
    if !found.is_empty() {
        let member = &found[rng.usize(..found.len())];
        replace(json, member.value.clone(), pick(&odd::NUMBERS, rng));
    }
}

fn change_date(json: &mut Vec<u8>, rng: &mut Rng) {
    let name = pick(&["exp", "nbf", "iat"], rng);
    set(json, name, &odd::date(pick(&odd::OFFSETS, rng), rng.u8(..10)), rng);
}

fn add_date(json: &mut Vec<u8>, rng: &mut Rng) {
    let date = odd::date(pick(&odd::OFFSETS, rng), rng.u8(..7));
    add_text(json, &format!("\"{}\":{date}", pick(&["nbf", "iat", "auth_time"], rng)), rng);
}

/// A place inside a string: behind its opening quote, before its closing one.
fn inside_string(json: &[u8], rng: &mut Rng) -> Option<usize> {
    let mut strings = words(json);
    strings.retain(|word| json[word.start] == b'"' && word.len() >= 2);
    if strings.is_empty() {
        return None;
    }
    let string = &strings[rng.usize(..strings.len())];
    Some(rng.usize(string.start + 1..string.end))
}

fn respell_character(json: &mut Vec<u8>, rng: &mut Rng) {
    let Some(at) = inside_string(json, rng) else { return };
    let byte = json[at];
    let plain = byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    if plain && json[at - 1] != b'\\' {
        let escape = if rng.bool() { format!("\\u{byte:04x}") } else { format!("\\u{byte:04X}") };
        replace(json, at..at + 1, escape);
    }
}

fn insert_escape(json: &mut Vec<u8>, rng: &mut Rng) {
    if let Some(at) = inside_string(json, rng) {
        replace(json, at..at, pick(&odd::ESCAPES, rng));
    }
}

fn insert_space(json: &mut Vec<u8>, rng: &mut Rng) {
    let words = words(json);
    if words.is_empty() {
        return;
    }
    let at = words[rng.usize(..words.len())].start;
    let space =
        if rng.u8(..4) == 0 { pick(&odd::SPACES, rng) } else { pick(&odd::SPACES[..6], rng) };
    replace(json, at..at, space);
}

fn drop_byte(json: &mut Vec<u8>, rng: &mut Rng) {
    if !json.is_empty() {
        json.remove(rng.usize(..json.len()));
    }
}

fn insert_bytes(json: &mut Vec<u8>, rng: &mut Rng) {
    let at = rng.usize(..=json.len());
    if rng.bool() {
        replace(json, at..at, pick(&odd::BYTES, rng));
    } else {
        json.insert(at, rng.u8(b' '..=b'~'));
    }
}

fn change_byte(json: &mut Vec<u8>, rng: &mut Rng) {
    if !json.is_empty() {
        let at = rng.usize(..json.len());
        let byte = if rng.bool() { rng.u8(b' '..=b'~') } else { json[at] ^ (1 << rng.u8(..8)) };
        replace(json, at..at + 1, [byte]);
    }
}

fn add_member(json: &mut Vec<u8>, rng: &mut Rng) {
    let long = "n".repeat(usize::from(rng.u8(255..)) + rng.usize(..3));
    let name = if rng.u8(..30) == 0 { long.as_str() } else { pick(&odd::NAMES, rng) };
    add_text(json, &format!("\"{name}\":{}", any_value(rng)), rng);
}

fn remove_member(json: &mut Vec<u8>, rng: &mut Rng) {
    let Some(member) = any_member(json, rng) else { return };
    let mut range = member.whole();
    if json.get(range.end) == Some(&b',') {
        range.end += 1;
    } else if json[..range.start].last() == Some(&b',') {
        range.start -= 1;
    }
    replace(json, range, "");
}

fn cut(json: &mut Vec<u8>, rng: &mut Rng) {
    json.truncate(rng.usize(..=json.len()));
}

fn surround(json: &mut Vec<u8>, rng: &mut Rng) {
    let at = if rng.bool() { 0 } else { json.len() };
    replace(json, at..at, pick(&odd::ENDS, rng));
}

fn nest(json: &mut Vec<u8>, rng: &mut Rng) {
    let Some(member) = any_member(json, rng) else { return };
    let depth = pick(&[1, 2, 13, 14, 15, 16, 17, 40], rng);
    let (open, close) = if rng.bool() { ("[", "]") } else { ("{\"d\":", "}") };
    let inner = json[member.value.clone()].to_vec();
    let text = [open.repeat(depth).as_bytes(), &inner, close.repeat(depth).as_bytes()].concat();
    replace(json, member.value, text);
}

fn widen(json: &mut Vec<u8>, rng: &mut Rng) {
    let Some(member) = any_member(json, rng) else { return };
    let length = pick(&[1, 2, 255, 256, 257, 2_000, 6_000], rng);
    let text = match rng.u8(..3) {
        0 => format!("[{}]", vec!["0"; length].join(",")),
        1 => format!("\"{}\"", "w".repeat(length)),
        _ => {
            let members: Vec<_> = (0..length.min(300)).map(|i| format!("\"{i}\":0")).collect();
            format!("{{{}}}", members.join(","))
        }
    };
    replace(json, member.value, text);
}
