//! Texts in quotes and their escapes (RFC 8259 §7).

/// How many bytes from here on stand for themselves: up to a quote, a backslash or a control character.
pub(super) fn plain_part(rest: &str) -> usize {
    let (eights, tail) = rest.as_bytes().as_chunks::<8>();
    for (index, eight) in eights.iter().enumerate() {
        let special = special_among(u64::from_le_bytes(*eight));
        if special != 0 {
            return index * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    let plain = tail.iter().position(special).unwrap_or(tail.len());
    eights.len() * 8 + plain
}

/// Eight bytes at once: the highest bit of each that is a quote, a backslash or below 0x20 is set. A bit
/// above the lowest one may be set wrongly, by a borrow; the lowest is right.
fn special_among(eight: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHEST: u64 = ONES * 0x80;
    let zero = |bytes: u64| bytes.wrapping_sub(ONES) & !bytes;
    let quote = zero(eight ^ (ONES * 0x22));
    let backslash = zero(eight ^ (ONES * 0x5c));
    let control = eight.wrapping_sub(ONES * 0x20) & !eight;
    (quote | backslash | control) & HIGHEST
}

/// A text with escapes, from behind its opening quote; and how far its closing quote reaches. `None`
/// also for NUL, which cuts the text short in C libraries and cannot be stored in `PostgreSQL`.
pub(super) fn unescape(rest: &str) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut at = 0;
    loop {
        let plain = plain_part(rest.get(at..)?);
        text.push_str(rest.get(at..at + plain)?);
        at += plain;
        match rest.as_bytes().get(at)? {
            b'"' => return Some((text, at + 1)),
            b'\\' => {
                let (character, length) = escape(rest.get(at + 1..)?)?;
                text.push(character);
                at += 1 + length;
            }
            _control => return None,
        }
    }
}

/// The character of an escape, from behind its backslash; and how many bytes it took.
fn escape(rest: &str) -> Option<(char, usize)> {
    let short = |character| Some((character, 1));
    match rest.as_bytes().first()? {
        b'"' => short('"'),
        b'\\' => short('\\'),
        b'/' => short('/'),
        b'b' => short('\u{8}'),
        b'f' => short('\u{c}'),
        b'n' => short('\n'),
        b'r' => short('\r'),
        b't' => short('\t'),
        b'u' => by_number(rest.get(1..)?).map(|(character, length)| (character, length + 1)),
        _ => None,
    }
}

/// `XXXX`, or for characters beyond the first plane the pair `XXXX\uXXXX`.
fn by_number(rest: &str) -> Option<(char, usize)> {
    let first = code_unit(rest)?;
    let (character, length) = match first {
        0 => return None,
        0xd800..=0xdbff => {
            let second = code_unit(rest.get(4..)?.strip_prefix("\\u")?)?;
            let character = char::decode_utf16([first, second]).next()?.ok()?;
            (character, 10)
        }
        _ => (char::from_u32(first.into())?, 4),
    };
    Some((character, length))
}

fn code_unit(rest: &str) -> Option<u16> {
    let digits = rest.get(..4)?;
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    hexadecimal.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}
