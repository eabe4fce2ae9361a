//! As much of CBOR as an authenticator writes.

/// A whole number.
pub(crate) fn integer(number: i64) -> Vec<u8> {
    match u64::try_from(number) {
        Ok(number) => head(0, number),
        Err(_) => head(1, number.unsigned_abs() - 1),
    }
}

/// Bytes.
pub(crate) fn bytes(bytes: &[u8]) -> Vec<u8> {
    let mut item = head(2, bytes.len() as u64);
    item.extend(bytes);
    item
}

/// A text.
pub(crate) fn text(text: &str) -> Vec<u8> {
    let mut item = head(3, text.len() as u64);
    item.extend(text.as_bytes());
    item
}

/// A map, in the order given.
pub(crate) fn map(entries: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut item = head(5, entries.len() as u64);
    for (key, value) in entries {
        item.extend(key);
        item.extend(value);
    }
    item
}

fn head(major: u8, argument: u64) -> Vec<u8> {
    let bytes = argument.to_be_bytes();
    let first = |short: u8| major << 5 | short;
    match argument {
        0..=23 => vec![first(bytes[7])],
        24..=0xff => vec![first(24), bytes[7]],
        0x100..=0xffff => [&[first(25)], &bytes[6..]].concat(),
        0x1_0000..=0xffff_ffff => [&[first(26)], &bytes[4..]].concat(),
        _ => [&[first(27)], &bytes[..]].concat(),
    }
}
