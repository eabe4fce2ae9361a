//! CBOR (RFC 8949) as authenticators write it: the canonical form of CTAP2, and nothing beside it.
//!
//! Definite lengths in their shortest form, no floats, no tags, keys not repeated, little depth. A
//! text that this reader refuses is not from an authenticator.

/// Deeper nesting is refused: attestation statements, the deepest there is, need three.
const DEPTH_MAX: u8 = 4;

/// One item, borrowed from what was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// A whole number from -2⁶⁴ to 2⁶⁴-1.
    Integer(i128),
    Bytes(&'a [u8]),
    Text(&'a str),
    Array(Vec<Value<'a>>),
    Map(Vec<(Value<'a>, Value<'a>)>),
    Bool(bool),
    Null,
}

/// The bytes are not canonical CBOR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotCbor;

/// Reads one item and says what follows it.
pub(super) fn read(bytes: &[u8]) -> Result<(Value<'_>, &[u8]), NotCbor> {
    let mut reader = Reader { rest: bytes };
    let value = reader.value(DEPTH_MAX)?;
    Ok((value, reader.rest))
}

/// Reads one item that is all there is.
pub(super) fn read_whole(bytes: &[u8]) -> Result<Value<'_>, NotCbor> {
    match read(bytes)? {
        (value, []) => Ok(value),
        _ => Err(NotCbor),
    }
}

impl<'a> Value<'a> {
    /// The value beside a text key.
    pub(super) fn named(&self, key: &str) -> Option<&Value<'a>> {
        self.entry(&Value::Text(key))
    }

    /// The value beside a number key.
    pub(super) fn numbered(&self, key: i128) -> Option<&Value<'a>> {
        self.entry(&Value::Integer(key))
    }

    pub(super) fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&'a str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn integer(&self) -> Option<i128> {
        match self {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// How many entries a map has.
    pub(super) fn entries(&self) -> Option<usize> {
        match self {
            Value::Map(entries) => Some(entries.len()),
            _ => None,
        }
    }

    fn entry(&self, key: &Value<'_>) -> Option<&Value<'a>> {
        let Value::Map(entries) = self else { return None };
        entries
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: u8) -> Result<Value<'a>, NotCbor> {
        let first = self.take(1)?[0];
        let (major, short) = (first >> 5, first & 31);
        if major == 7 {
            return match short {
                20 => Ok(Value::Bool(false)),
                21 => Ok(Value::Bool(true)),
                22 => Ok(Value::Null),
                _ => Err(NotCbor),
            };
        }
        let argument = self.argument(short)?;
        match major {
            0 => Ok(Value::Integer(i128::from(argument))),
            1 => Ok(Value::Integer(-1 - i128::from(argument))),
            2 => self.run(argument).map(Value::Bytes),
            3 => std::str::from_utf8(self.run(argument)?)
                .map(Value::Text)
                .map_err(|_| NotCbor),
            4 => self.array(argument, depth),
            5 => self.map(argument, depth),
            _ => Err(NotCbor),
        }
    }

    fn array(&mut self, count: u64, depth: u8) -> Result<Value<'a>, NotCbor> {
        let depth = depth.checked_sub(1).ok_or(NotCbor)?;
        let mut items = Vec::new();
        for _ in 0..self.plausible(count)? {
            items.push(self.value(depth)?);
        }
        Ok(Value::Array(items))
    }

    fn map(&mut self, count: u64, depth: u8) -> Result<Value<'a>, NotCbor> {
        let depth = depth.checked_sub(1).ok_or(NotCbor)?;
        let mut entries: Vec<(Value<'a>, Value<'a>)> = Vec::new();
        for _ in 0..self.plausible(count)? {
            let key = self.value(0)?;
            if entries.iter().any(|(known, _)| *known == key) {
                return Err(NotCbor);
            }
            entries.push((key, self.value(depth)?));
        }
        Ok(Value::Map(entries))
    }

    /// The number behind an initial byte, which must be written as short as it can be.
    fn argument(&mut self, short: u8) -> Result<u64, NotCbor> {
        let (length, least) = match short {
            0..=23 => return Ok(u64::from(short)),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            _ => return Err(NotCbor),
        };
        let number = self
            .take(length)?
            .iter()
            .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        if number >= least { Ok(number) } else { Err(NotCbor) }
    }

    /// An item takes a byte at least: a count beyond what is left is a lie, and reserves nothing.
    fn plausible(&self, count: u64) -> Result<usize, NotCbor> {
        let count = usize::try_from(count).map_err(|_| NotCbor)?;
        if count <= self.rest.len() {
            Ok(count)
        } else {
            Err(NotCbor)
        }
    }

    fn run(&mut self, length: u64) -> Result<&'a [u8], NotCbor> {
        self.take(usize::try_from(length).map_err(|_| NotCbor)?)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], NotCbor> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(NotCbor)?;
        self.rest = rest;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_texts_bytes_lists_and_maps_are_read() {
        let check =
            |bytes: &[u8], expected: Value<'_>| assert_eq!(read_whole(bytes), Ok(expected), "{bytes:02x?}");
        check(&[0x00], Value::Integer(0));
        check(&[0x17], Value::Integer(23));
        check(&[0x18, 0x18], Value::Integer(24));
        check(&[0x19, 0x01, 0x00], Value::Integer(256));
        check(
            &[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            Value::Integer(i128::from(u64::MAX)),
        );
        check(&[0x26], Value::Integer(-7));
        check(&[0x39, 0x01, 0x00], Value::Integer(-257));
        check(&[0x42, 1, 2], Value::Bytes(&[1, 2]));
        check(&[0x63, b'f', b'm', b't'], Value::Text("fmt"));
        check(
            &[0x82, 0x01, 0xf5],
            Value::Array(vec![Value::Integer(1), Value::Bool(true)]),
        );
        check(
            &[0xa1, 0x61, b'a', 0xf6],
            Value::Map(vec![(Value::Text("a"), Value::Null)]),
        );
    }

    #[test]
    fn what_is_not_canonical_is_refused() {
        let refused: [&[u8]; 14] = [
            &[],
            &[0x18, 0x17],                                           // 23 in two bytes
            &[0x19, 0x00, 0xff],                                     // 255 in three bytes
            &[0x5f, 0x41, 0x00, 0xff],                               // bytes without a length
            &[0x9f, 0xff],                                           // a list without a length
            &[0xbf, 0xff],                                           // a map without a length
            &[0xc0, 0x00],                                           // a tag
            &[0xf9, 0x00, 0x00],                                     // a float
            &[0xf7],                                                 // undefined
            &[0x42, 0x00],                                           // shorter than it says
            &[0x61, 0xff],                                           // a text that is none
            &[0xa2, 0x01, 0x01, 0x01, 0x02],                         // a key twice
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], // a count beyond all memory
            &[0x81, 0x81, 0x81, 0x81, 0x81, 0x00],                   // too deep
        ];
        for bytes in refused {
            assert_eq!(read(bytes), Err(NotCbor), "{bytes:02x?}");
        }
    }

    #[test]
    fn what_follows_is_left_or_refused() {
        assert_eq!(read(&[0x01, 0x02]), Ok((Value::Integer(1), &[0x02][..])));
        assert_eq!(read_whole(&[0x01, 0x02]), Err(NotCbor));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            drop(read(&bytes));
        }
    }
}
