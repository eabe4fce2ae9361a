//! Alternatives: an optional reference, an enum, a union told apart by a tag.

use serde_json::Value;

use super::Check;

/// The alternatives of a schema, if it has any.
pub(super) fn of(schema: &Value) -> Option<&[Value]> {
    schema
        .get("anyOf")
        .or_else(|| schema.get("oneOf"))
        .and_then(Value::as_array)
        .map(Vec::as_slice)
}

impl<'a> Check<'a> {
    /// Takes the first alternative that fits. When none does, the faults of the one that was meant
    /// are named: a list of everything that other alternatives would have wanted helps nobody.
    pub(super) fn branches(&mut self, branches: &'a [Value], value: &mut Value) {
        for branch in branches {
            let mut candidate = value.clone();
            let mut attempt = Check {
                shape: self.shape,
                path: self.path.clone(),
                faults: Vec::new(),
            };
            attempt.value(branch, &mut candidate);
            if attempt.faults.is_empty() {
                *value = candidate;
                return;
            }
        }
        if let Some(tag) = self.tag(branches) {
            return self.tagged(branches, tag, value);
        }
        let constants = self.constants(branches);
        if !constants.is_empty() && !value.is_object() {
            return self.fault("not_allowed", format!("one of {}", constants.join(", ")));
        }
        let fitting = |branch: &&Value| {
            let types = self.shape.types(branch);
            types.is_empty() || super::leaves::is_one_of(&types, value)
        };
        if let Some(meant) = branches.iter().find(fitting) {
            return self.value(meant, value);
        }
        let types: Vec<&str> = branches
            .iter()
            .flat_map(|branch| self.shape.types(branch))
            .collect();
        self.fault("wrong_type", format!("expected {}", types.join(" or ")));
    }

    /// The property that tells the alternatives apart: each of them has it, with a constant.
    fn tag(&self, branches: &'a [Value]) -> Option<&'a str> {
        let constant_properties = |branch: &'a Value| {
            let properties = self.shape.resolve(branch).get("properties")?.as_object()?;
            Some(
                properties
                    .iter()
                    .filter(|(_, schema)| schema.get("const").is_some())
                    .map(|(name, _)| name.as_str()),
            )
        };
        let (first, rest) = branches.split_first()?;
        constant_properties(first)?.find(|name| {
            rest.iter().all(|branch| {
                constant_properties(branch).is_some_and(|mut names| names.any(|other| other == *name))
            })
        })
    }

    fn tagged(&mut self, branches: &'a [Value], tag: &'a str, value: &mut Value) {
        let shape = self.shape;
        let constant = |branch: &'a Value| shape.resolve(branch).get("properties")?.get(tag)?.get("const");
        let Some(fields) = value.as_object() else {
            return self.fault("wrong_type", "expected object");
        };
        let Some(given) = fields.get(tag).cloned() else {
            return self.within(tag, |check| {
                check.fault("missing_field", "this field is required");
            });
        };
        if let Some(meant) = branches.iter().find(|branch| constant(branch) == Some(&given)) {
            return self.value(meant, value);
        }
        let allowed: Vec<String> = branches
            .iter()
            .filter_map(constant)
            .map(super::leaves::plain)
            .collect();
        self.within(tag, |check| {
            check.fault("not_allowed", format!("one of {}", allowed.join(", ")));
        });
    }

    /// The constants among the alternatives, as `enum`s with documented variants are written.
    fn constants(&self, branches: &'a [Value]) -> Vec<String> {
        let of_branch = |branch: &'a Value| {
            let schema = self.shape.resolve(branch);
            let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
            let nested = of(schema).map(|inner| self.constants(inner)).unwrap_or_default();
            schema
                .get("const")
                .into_iter()
                .chain(listed)
                .map(super::leaves::plain)
                .chain(nested)
                .collect::<Vec<_>>()
        };
        branches.iter().flat_map(of_branch).collect()
    }
}
