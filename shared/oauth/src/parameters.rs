//! Parameters as they came: names the provider does not know are ignored (RFC 6749 §3.1), repeated
//! and empty ones are what the RFC says they are.

use percent_encoding::percent_decode;

use crate::refusal::Refusal;

/// How many parameters a request may have, and how long one may be.
const COUNT_MAX: usize = 64;
const CHARS_MAX: usize = 4_096;

/// The parameters of one request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Takes decoded pairs. A parameter without a value counts as not sent; one that comes twice is
    /// refused.
    pub fn new(pairs: Vec<(String, String)>) -> Result<Self, Refusal> {
        if pairs.len() > COUNT_MAX {
            return Err(Refusal::invalid("too many parameters"));
        }
        let mut known: Vec<(String, String)> = Vec::with_capacity(pairs.len());
        for (name, value) in pairs {
            if value.len() > CHARS_MAX {
                return Err(Refusal::invalid("a parameter is too long"));
            }
            if known.iter().any(|(other, _)| *other == name) {
                return Err(Refusal::invalid("a parameter is repeated"));
            }
            known.push((name, value));
        }
        known.retain(|(_, value)| !value.is_empty());
        Ok(Self(known))
    }

    /// Reads `application/x-www-form-urlencoded`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let decode = |text: &str| {
            let spaced = text.replace('+', " ");
            let decoded = percent_decode(spaced.as_bytes()).decode_utf8();
            decoded
                .map(std::borrow::Cow::into_owned)
                .map_err(|_| Refusal::invalid("a parameter is not UTF-8"))
        };
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        });
        Self::new(pairs.collect::<Result<_, Refusal>>()?)
    }

    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value of this name, which must be there.
    pub fn need(&self, name: &'static str) -> Result<&str, Refusal> {
        self.get(name)
            .ok_or_else(|| Refusal::invalid(format!("`{name}` is missing")))
    }

    /// Whether this name was sent with a value.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}
