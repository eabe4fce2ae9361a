//! Guards taken away on purpose: a test that passes without the guard it relies on proves nothing.
//!
//! A sabotage changes the requests of one function on their way to DynamoDB, as if its code had
//! left out a condition or a write. The code itself stays as it is.

use serde_json::{Map, Value};

/// What is taken away from a function's requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theft {
    /// Writes lose their conditions, alone or in a transaction.
    Conditions,
    /// Writes are answered with success and never happen.
    Writes,
}

/// Takes something away from the requests of one function that concern one kind of row.
#[derive(Debug, Clone, Copy)]
pub struct Sabotage {
    /// The function, or `*`.
    pub function: &'static str,
    /// The table, by its logical name.
    pub table: &'static str,
    /// Rows whose sort key begins so.
    pub sk: &'static str,
    /// What is taken.
    pub theft: Theft,
}

impl Sabotage {
    fn concerns(&self, action: &Value) -> bool {
        let key = action
            .get("Key")
            .or_else(|| action.get("Item"))
            .unwrap_or(&Value::Null);
        let sk = key["sk"]["S"].as_str().unwrap_or_default();
        let table = action["TableName"].as_str().unwrap_or_default();
        table.ends_with(&format!("-{}", self.table)) && sk.starts_with(self.sk)
    }

    /// The request without what is taken; `None` when the whole request is to be swallowed.
    pub(crate) fn apply(&self, function: &str, operation: &str, body: &[u8]) -> Option<Vec<u8>> {
        let untouched = || Some(body.to_vec());
        if self.function != "*" && self.function != function {
            return untouched();
        }
        let Ok(mut request) = serde_json::from_slice::<Value>(body) else {
            return untouched();
        };
        match operation {
            "TransactWriteItems" => {
                if let Some(items) = request["TransactItems"].as_array_mut() {
                    self.thin_out(items);
                    if items.is_empty() {
                        return None;
                    }
                }
            }
            "PutItem" | "UpdateItem" | "DeleteItem" if self.concerns(&request) => match self.theft {
                Theft::Conditions => unguard(&mut request),
                Theft::Writes => return None,
            },
            _ => {}
        }
        Some(request.to_string().into_bytes())
    }

    fn thin_out(&self, items: &mut Vec<Value>) {
        let concerns = |item: &Value| {
            item.as_object()
                .and_then(|item| item.values().next())
                .is_some_and(|action| self.concerns(action))
        };
        match self.theft {
            Theft::Writes => items.retain(|item| !concerns(item)),
            Theft::Conditions => {
                for item in items.iter_mut().filter(|item| concerns(item)) {
                    if let Some(action) = item.as_object_mut().and_then(|item| item.values_mut().next()) {
                        unguard(action);
                    }
                }
            }
        }
    }
}

/// Removes the condition, and the names and values that only it used: DynamoDB refuses spare ones.
fn unguard(action: &mut Value) {
    let Some(action) = action.as_object_mut() else {
        return;
    };
    action.remove("ConditionExpression");
    let rest = action
        .get("UpdateExpression")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let uses = |placeholder: &str| {
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '#' | ':' | '_');
        rest.split(|c| !word(c)).any(|used| used == placeholder)
    };
    for field in ["ExpressionAttributeNames", "ExpressionAttributeValues"] {
        if let Some(spare) = action.get_mut(field).and_then(Value::as_object_mut) {
            let kept: Map<String, Value> = std::mem::take(spare)
                .into_iter()
                .filter(|(placeholder, _)| uses(placeholder))
                .collect();
            *spare = kept;
        }
        if action
            .get(field)
            .and_then(Value::as_object)
            .is_some_and(Map::is_empty)
        {
            action.remove(field);
        }
    }
}
