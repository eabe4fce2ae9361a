//! What a message may hold, what it weighs, and the checksums that SDKs verify.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::refusal::Refusal;

/// Attributes by name: sorted, as the checksum wants them.
pub(crate) type Attributes = BTreeMap<String, Attribute>;

/// One message attribute, as requests and answers write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Attribute {
    pub(crate) data_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) string_value: Option<String>,
    /// Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) binary_value: Option<String>,
}

impl Attribute {
    /// How the checksum encodes the kind, and the value's bytes.
    fn value(&self) -> Option<(u8, Vec<u8>)> {
        match (&self.string_value, &self.binary_value) {
            (Some(text), None) => Some((1, text.clone().into_bytes())),
            (None, Some(base64)) => Some((2, STANDARD.decode(base64).ok()?)),
            _ => None,
        }
    }

    fn check(&self, name: &str) -> Result<usize, Refusal> {
        let invalid = |reason: &str| Refusal::invalid(format!("The message attribute '{name}' {reason}"));
        let kind = self.data_type.split('.').next().unwrap_or_default();
        let fits = match kind {
            "String" | "Number" => self.string_value.is_some(),
            "Binary" => self.binary_value.is_some(),
            _ => {
                return Err(invalid(
                    "has an invalid message attribute type, the set of supported type \
                     prefixes is Binary, Number, and String.",
                ));
            }
        };
        let value = self.value().filter(|(_, value)| fits && !value.is_empty());
        let (_, value) = value.ok_or_else(|| {
            invalid(&format!(
                "must contain a non-empty value of its type, '{}'.",
                self.data_type
            ))
        })?;
        if kind == "Number" && !self.string_value.as_deref().is_some_and(is_number) {
            return Err(invalid("is not a number."));
        }
        Ok(name.len() + self.data_type.len() + value.len())
    }
}

/// An optional sign, digits with at most one point, an optional exponent.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = |text: &str| {
        text.strip_prefix(['-', '+'])
            .map_or(text.to_owned(), ToOwned::to_owned)
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let mantissa = unsigned(mantissa);
    let plain = match mantissa.split_once('.') {
        Some((whole, rest)) => digits(whole) && digits(rest),
        None => digits(&mantissa),
    };
    plain && exponent.is_none_or(|exponent| digits(&unsigned(exponent)))
}

/// Checks a body and its attributes; says what they weigh together.
pub(crate) fn weigh(body: &str, attributes: &Attributes) -> Result<usize, Refusal> {
    if body.is_empty() {
        return Err(Refusal::missing("MessageBody"));
    }
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if !body.chars().all(allowed) {
        return Err(Refusal::invalid_contents());
    }
    if attributes.len() > 10 {
        let count = attributes.len();
        return Err(Refusal::invalid(format!(
            "Number of message attributes [{count}] exceeds the allowed maximum [10]."
        )));
    }
    let mut bytes = body.len();
    for (name, attribute) in attributes {
        check_attribute_name(name)?;
        bytes += attribute.check(name)?;
    }
    Ok(bytes)
}

fn check_attribute_name(name: &str) -> Result<(), Refusal> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let lower = name.to_ascii_lowercase();
    let reserved = lower.starts_with("aws.") || lower.starts_with("amazon.");
    let dots = name.starts_with('.') || name.ends_with('.') || name.contains("..");
    if name.is_empty() || name.len() > 256 || !name.chars().all(allowed) || reserved || dots {
        return Err(Refusal::invalid(format!(
            "The message attribute name '{name}' is invalid."
        )));
    }
    Ok(())
}

/// 1 to 128 letters, digits and punctuation: group ids and deduplication ids.
pub(crate) fn check_token(value: &str, parameter: &str) -> Result<(), Refusal> {
    if (1..=128).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    let reason =
        format!("{parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.");
    Err(Refusal::invalid_value(value, parameter, &reason))
}

/// `MD5OfMessageBody`.
pub(crate) fn md5_of(body: &str) -> String {
    format!("{:x}", md5::compute(body))
}

/// `MD5OfMessageAttributes`: for each, by name: name, type and value, each behind its length; before the
/// value one byte for its kind. None without attributes.
pub(crate) fn md5_of_attributes(attributes: &Attributes) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut bytes = Vec::new();
    let add = |bytes: &mut Vec<u8>, part: &[u8]| {
        bytes.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend(part);
    };
    for (name, attribute) in attributes {
        let (kind, value) = attribute.value()?;
        add(&mut bytes, name.as_bytes());
        add(&mut bytes, attribute.data_type.as_bytes());
        bytes.push(kind);
        add(&mut bytes, &value);
    }
    Some(format!("{:x}", md5::compute(bytes)))
}
