//! An entry's canonical form: the same text for the same row, whoever reads it.

use kernel::Fault;
use platform::stream::Change;
use serde_json::{Map, Value};

use crate::chain::{Sealed, sha256};

/// The entry that a record of the table `trail` is about, sealed as it is now, or as it was before
/// it was removed; `None` when the record is about something else.
pub(crate) fn sealed(change: &Change) -> Result<Option<Sealed>, Fault> {
    let (pk, sk) = change.key();
    let Some(shard) = shard_of(pk) else {
        return Ok(None);
    };
    let row: Option<Map<String, Value>> = change.new()?;
    let row = match row {
        Some(row) => Some(row),
        None => change.old()?,
    };
    Ok(row.map(|row| Sealed {
        shard,
        pk: pk.to_owned(),
        sk: sk.to_owned(),
        hash: sha256(&canonical(&Value::Object(row))),
    }))
}

/// `day#2026-01-31#2` belongs to shard 2.
fn shard_of(pk: &str) -> Option<u8> {
    let (_, shard) = pk.strip_prefix("day#")?.rsplit_once('#')?;
    shard.parse().ok()
}

/// JSON without spaces, the names of every object in order.
pub(crate) fn canonical(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let mut names: Vec<&String> = object.keys().collect();
            names.sort();
            let fields = names
                .into_iter()
                .map(|name| format!("{}:{}", Value::String(name.clone()), canonical(&object[name])));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}
