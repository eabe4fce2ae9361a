//! Bodies of HTML forms and of OAuth: `application/x-www-form-urlencoded`.

use bytes::Bytes;
use kernel::{Fault, FieldFault};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;

use super::input::Input;
use super::problem::Problem;
use super::query::{Query, pairs};
use super::schema::Shape;

/// A form as the body of a call. The type says, as for a query, which fields there are; whether an
/// unknown one is refused (`deny_unknown_fields`) or ignored, as RFC 6749 demands; and a field
/// without a value counts as absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form<B>(pub B);

impl<B: DeserializeOwned + JsonSchema + Send + 'static> Input for Form<B> {
    const JSON: bool = false;
    const FORM: bool = true;

    fn shape() -> Shape {
        <B as Query>::shape()
    }

    fn read(bytes: &Bytes, shape: &Shape) -> Result<Self, Problem> {
        let text = std::str::from_utf8(bytes).map_err(|_| {
            let fault = FieldFault::new("body", "malformed", "a form is percent-encoded text");
            Problem::from(Fault::invalid_fields(vec![fault]))
        })?;
        let mut fields = pairs(text.trim_end_matches(['\r', '\n']))?;
        fields.retain(|(_, value)| !value.is_empty());
        <B as Query>::read(fields, shape).map(Self)
    }

    fn schema(schemas: &mut SchemaGenerator) -> Option<Schema> {
        <B as Query>::schema(schemas)
    }
}
