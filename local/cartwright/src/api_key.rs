//! The form of API keys, for the first staff key and for tests: `cw_sk_<id>_<secret><checksum>`.
//!
//! The shop's own code has it in `shared/authority`; the stack is outside of the shop and writes what
//! a deployment's first command would.

use serde_json::{Value, json};

use crate::{moment, random};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SECRET_CHARS: usize = 43;
const CHECKSUM_CHARS: usize = 6;

/// A new key that opens nothing before its [`row`] is kept.
pub fn mint() -> String {
    let secret = random::alphanumeric(SECRET_CHARS);
    let checked = format!("cw_sk_{}_{secret}", random::id_body());
    let sum = checksum(&checked);
    format!("{checked}{sum}")
}

/// The row of a key in the table `authority`, as DynamoDB's JSON; `None` when the text is no key.
pub fn row(key: &str, name: &str, scopes: &[&str]) -> Option<Value> {
    let (checked, sum) = key.split_at_checked(key.len().checked_sub(CHECKSUM_CHARS)?)?;
    let (id, secret) = checked.strip_prefix("cw_sk_")?.split_once('_')?;
    if sum != checksum(checked) || secret.len() != SECRET_CHARS {
        return None;
    }
    let now = moment::now_text();
    let scopes: Vec<Value> = scopes.iter().map(|scope| json!({ "S": scope })).collect();
    Some(json!({
        "pk": { "S": format!("key#key_{id}") },
        "sk": { "S": "key" },
        "key_id": { "S": format!("key_{id}") },
        "kind": { "S": "secret" },
        "name": { "S": name },
        "secret_hash": { "S": random::sha256_hex(secret) },
        "scopes": { "L": scopes },
        "created_at": { "S": now },
        "list": { "S": "keys" },
        "list_at": { "S": format!("{now}#key_{id}") },
    }))
}

/// CRC-32 in base 62.
fn checksum(text: &str) -> String {
    let mut rest = u64::from(crc32fast::hash(text.as_bytes()));
    let mut digits = [b'0'; CHECKSUM_CHARS];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[usize::try_from(rest % 62).unwrap_or_default()];
        rest /= 62;
    }
    digits.into_iter().map(char::from).collect()
}
