//! The body of a request: read once, checked against its schema, then a value.

use std::any::TypeId;

use bytes::Bytes;
use http::StatusCode;
use kernel::{Fault, FieldFault};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::problem::Problem;
use super::schema::Shape;

/// The deepest nesting of a JSON body.
const DEPTH_MAX: usize = 32;

/// Can be the body of a call: any type with serde and a JSON schema, `()` for no body,
/// [`Form`](super::Form) or [`RawBody`].
pub trait Input: Sized + Send + 'static {
    /// Whether the body is JSON, so that content type and depth matter.
    const JSON: bool = true;
    /// Whether the body is a form, so that its content type matters.
    const FORM: bool = false;

    /// What the body must look like; made once, when the first body arrives.
    #[doc(hidden)]
    fn shape() -> Shape;
    /// The value, or every reason why there is none.
    #[doc(hidden)]
    fn read(bytes: &Bytes, shape: &Shape) -> Result<Self, Problem>;
    /// The schema of the body, if there is one.
    fn schema(schemas: &mut SchemaGenerator) -> Option<Schema>;
}

/// The body as it came, for signatures that cover bytes. Neither parsed nor validated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawBody(pub Bytes);

impl Input for RawBody {
    const JSON: bool = false;

    fn shape() -> Shape {
        Shape::anything()
    }
    fn read(bytes: &Bytes, _: &Shape) -> Result<Self, Problem> {
        Ok(Self(bytes.clone()))
    }
    fn schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Input for T {
    fn shape() -> Shape {
        if is_unit::<T>() {
            Shape::empty_object()
        } else {
            Shape::of::<T>()
        }
    }

    fn read(bytes: &Bytes, shape: &Shape) -> Result<Self, Problem> {
        if is_unit::<T>() {
            if !bytes.trim_ascii().is_empty() {
                checked(bytes, shape)?;
            }
            return typed(Value::Null);
        }
        if bytes.trim_ascii().is_empty() {
            return Err(Fault::invalid("malformed_json", "this operation takes a JSON body").into());
        }
        typed(checked(bytes, shape)?)
    }

    fn schema(schemas: &mut SchemaGenerator) -> Option<Schema> {
        (!is_unit::<T>()).then(|| schemas.subschema_for::<T>())
    }
}

fn is_unit<T: 'static>() -> bool {
    TypeId::of::<T>() == TypeId::of::<()>()
}

fn checked(bytes: &Bytes, shape: &Shape) -> Result<Value, Problem> {
    let mut value: Value = serde_json::from_slice(bytes).map_err(|error| {
        let detail = format!(
            "the body is not JSON: line {}, column {}",
            error.line(),
            error.column()
        );
        Problem::from(Fault::invalid("malformed_json", detail))
    })?;
    let faults = shape.check(&mut value);
    if faults.is_empty() {
        Ok(value)
    } else {
        Err(Fault::invalid_fields(faults).into())
    }
}

/// The typed value. A type may refuse what its schema cannot say; its words then name the field.
pub(super) fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { "body".to_owned() } else { path };
        Fault::invalid_fields(vec![FieldFault::new(
            field,
            "malformed",
            error.inner().to_string(),
        )])
        .into()
    })
}

/// Refuses a body that is too large, or nested too deeply to be worth parsing.
pub(super) fn check_size(body: &[u8], bytes_max: usize, is_json: bool) -> Result<(), Problem> {
    if body.len() > bytes_max {
        let message = format!(
            "the body has {} bytes; this operation takes {bytes_max}",
            body.len()
        );
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            message,
        ));
    }
    if is_json && depth(body) > DEPTH_MAX {
        let message = format!("the body is nested more than {DEPTH_MAX} levels deep");
        return Err(Fault::invalid("too_deep", message).into());
    }
    Ok(())
}

/// The deepest nesting of arrays and objects, found without parsing.
fn depth(body: &[u8]) -> usize {
    let (mut deepest, mut level, mut in_string, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                level += 1;
                deepest = deepest.max(level);
            }
            b']' | b'}' => level = level.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
