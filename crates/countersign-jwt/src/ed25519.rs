//! Which 32 bytes are a public key of Ed25519 (RFC 8032 §5.1.3).
//!
//! Refused are points of small order, under which one signature fits many messages, and second
//! spellings of a point: a number of p or more, p = 2^255 - 19. There are eight points of small order
//! and a few more spellings of them; five numbers y and either sign cover all.

const SIZE: usize = 32;
const SIGN: u8 = 0x80;

/// Numbers y of the points of small order, little-endian: of order 4, 1, 8, 8 and 2.
const SMALL_ORDER: [[u8; SIZE]; 5] = [
    [0; SIZE],
    *b"\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    *b"\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0\
       \xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05",
    *b"\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f\
       \x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a",
    *b"\xec\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\
       \xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
];

/// Whether the bytes spell a point as only one spelling does, and not one of small order. Whether
/// there is such a point on the curve is not asked.
pub(crate) fn is_sound(point: &[u8]) -> bool {
    let Ok(mut y) = <[u8; SIZE]>::try_from(point) else { return false };
    y[SIZE - 1] &= !SIGN;
    is_below_p(&y) && !SMALL_ORDER.contains(&y)
}

/// p is `ed ff … ff 7f`, little-endian.
fn is_below_p(y: &[u8; SIZE]) -> bool {
    y[0] < 0xed || y[SIZE - 1] < 0x7f || y[1..SIZE - 1].iter().any(|byte| *byte != 0xff)
}
