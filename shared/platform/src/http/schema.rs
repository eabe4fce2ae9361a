//! Checks JSON against the schema that a wire type derives.
//!
//! Written here and not taken from a crate for three reasons. The schema is the very one that
//! OpenAPI shows, so what is documented is what is enforced. It names every bad field, where serde
//! stops at the first. And it knows only what `schemars` emits: a general validator brings a regular
//! expression engine, URI and mail parsers and a resolver, megabytes that a cold start would load.

mod branches;
mod leaves;

use kernel::FieldFault;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// A schema with the definitions it refers to.
#[derive(Debug, Clone)]
pub struct Shape {
    root: Value,
    definitions: Map<String, Value>,
}

impl Shape {
    /// What a type promises to read.
    pub(super) fn of<T: JsonSchema>() -> Self {
        let mut schemas = SchemaSettings::draft2020_12().into_generator();
        let root = schemas.subschema_for::<T>().to_value();
        Self {
            root,
            definitions: schemas.take_definitions(true),
        }
    }

    /// Whatever it is, it is right.
    pub(super) fn anything() -> Self {
        Self {
            root: Value::Bool(true),
            definitions: Map::new(),
        }
    }

    /// Nothing but `{}`.
    pub(super) fn empty_object() -> Self {
        let root = json!({ "type": "object", "additionalProperties": false });
        Self {
            root,
            definitions: Map::new(),
        }
    }

    /// Every field that is not as it must be; none when all is well. On the way `5.0` becomes `5`
    /// where an integer is asked for, since both are that integer.
    pub(super) fn check(&self, value: &mut Value) -> Vec<FieldFault> {
        let mut check = Check {
            shape: self,
            path: String::new(),
            faults: Vec::new(),
        };
        check.value(&self.root, value);
        check.faults
    }

    /// The schema of one property of the root.
    pub(super) fn property(&self, name: &str) -> Option<&Value> {
        self.resolve(&self.root).get("properties")?.get(name)
    }

    /// The JSON types that a schema allows, through references and alternatives.
    pub(super) fn types<'a>(&'a self, schema: &'a Value) -> Vec<&'a str> {
        let schema = self.resolve(schema);
        let mut types: Vec<&str> = match schema.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        for branch in branches::of(schema).unwrap_or_default() {
            types.extend(self.types(branch));
        }
        types
    }

    /// The schema that a reference names, or the schema itself.
    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let name = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|path| path.strip_prefix("#/$defs/"));
        name.and_then(|name| self.definitions.get(name))
            .map_or(schema, |target| self.resolve(target))
    }
}

/// One walk over one value.
struct Check<'a> {
    shape: &'a Shape,
    path: String,
    faults: Vec<FieldFault>,
}

impl<'a> Check<'a> {
    fn value(&mut self, schema: &'a Value, value: &mut Value) {
        if schema.get("$ref").is_some() {
            let target = self.shape.resolve(schema);
            if !std::ptr::eq(target, schema) {
                self.value(target, value);
            }
        }
        if let Some(all) = schema.get("allOf").and_then(Value::as_array) {
            for part in all {
                self.value(part, value);
            }
        }
        if let Some(branches) = branches::of(schema) {
            self.branches(branches, value);
        }
        if !leaves::type_matches(schema, value) {
            self.fault("wrong_type", leaves::expected_type(schema));
            return;
        }
        if let Some((code, message)) = leaves::fault(schema, value) {
            self.fault(code, message);
            return;
        }
        match value {
            Value::Object(fields) => self.object(schema, fields),
            Value::Array(items) => self.array(schema, items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn object(&mut self, schema: &'a Value, fields: &mut Map<String, Value>) {
        let properties = schema.get("properties").and_then(Value::as_object);
        for name in schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            if !fields.contains_key(name) {
                self.within(name, |check| {
                    check.fault("missing_field", "this field is required");
                });
            }
        }
        for (name, value) in fields {
            let known = properties.and_then(|properties| properties.get(name));
            match (
                known.or_else(|| pattern_property(schema, name)),
                schema.get("additionalProperties"),
            ) {
                (Some(schema), _) => self.within(name, |check| check.value(schema, value)),
                (None, Some(Value::Bool(false))) => {
                    self.within(name, |check| {
                        check.fault("unknown_field", "there is no such field");
                    });
                }
                (None, Some(schema)) => self.within(name, |check| check.value(schema, value)),
                (None, None) => {}
            }
        }
    }

    fn array(&mut self, schema: &'a Value, items: &mut [Value]) {
        let Some(item_schema) = schema.get("items") else {
            return;
        };
        for (index, item) in items.iter_mut().enumerate() {
            let length = self.path.len();
            self.path.extend(["[", &index.to_string(), "]"]);
            self.value(item_schema, item);
            self.path.truncate(length);
        }
    }

    fn within(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        inner(self);
        self.path.truncate(length);
    }

    fn fault(&mut self, code: &'static str, message: impl Into<String>) {
        let field = if self.path.is_empty() {
            "body".to_owned()
        } else {
            self.path.clone()
        };
        self.faults.push(FieldFault::new(field, code, message));
    }
}

/// The schema for a property by the pattern of its name; maps with typed keys have these.
fn pattern_property<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    let patterns = schema.get("patternProperties")?.as_object()?;
    patterns
        .iter()
        .find(|(pattern, _)| leaves::pattern_matches(pattern, name))
        .map(|(_, schema)| schema)
}
