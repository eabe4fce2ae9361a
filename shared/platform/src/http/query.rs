//! The query string: a documented list of parameters; anything else is refused.

use kernel::{Fault, FieldFault, Limit, Time};
use percent_encoding::percent_decode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::call::PageRequest;
use super::input::typed;
use super::problem::Problem;
use super::schema::Shape;
use crate::token::Sealer;

/// Can be the query of a call: any struct with serde and a JSON schema whose fields are texts,
/// numbers, booleans or lists of them; `()` for none; or [`RawQuery`].
pub trait Query: Sized + Send + 'static {
    /// What the query must look like; made once.
    #[doc(hidden)]
    fn shape() -> Shape;
    /// The value, or every reason why there is none.
    #[doc(hidden)]
    fn read(pairs: Vec<(String, String)>, shape: &Shape) -> Result<Self, Problem>;
    /// The schema of the parameters, if there are any.
    fn schema(schemas: &mut SchemaGenerator) -> Option<Schema>;
}

/// The query as it came: nothing is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawQuery(pub Vec<(String, String)>);

impl Query for RawQuery {
    fn shape() -> Shape {
        Shape::anything()
    }
    fn read(pairs: Vec<(String, String)>, _: &Shape) -> Result<Self, Problem> {
        Ok(Self(pairs))
    }
    fn schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Query for T {
    fn shape() -> Shape {
        if is_unit::<T>() {
            Shape::empty_object()
        } else {
            Shape::of::<T>()
        }
    }

    fn read(pairs: Vec<(String, String)>, shape: &Shape) -> Result<Self, Problem> {
        let mut value = Value::Object(object(pairs, shape)?);
        let faults = shape.check(&mut value);
        if !faults.is_empty() {
            return Err(Fault::invalid_fields(faults).into());
        }
        typed(if is_unit::<T>() { Value::Null } else { value })
    }

    fn schema(schemas: &mut SchemaGenerator) -> Option<Schema> {
        (!is_unit::<T>()).then(|| schemas.subschema_for::<T>())
    }
}

fn is_unit<T: 'static>() -> bool {
    std::any::TypeId::of::<T>() == std::any::TypeId::of::<()>()
}

/// The parameters as a JSON object: each text becomes what its schema asks for, where it can.
fn object(pairs: Vec<(String, String)>, shape: &Shape) -> Result<Map<String, Value>, Problem> {
    let mut object = Map::new();
    for (name, text) in pairs {
        let types = shape
            .property(&name)
            .map(|schema| shape.types(schema))
            .unwrap_or_default();
        if types.contains(&"array") {
            let list = object.entry(name).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(items) = list {
                items.extend(text.split(',').map(|item| Value::String(item.to_owned())));
            }
        } else if object.contains_key(&name) {
            let fault = FieldFault::new(name, "repeated", "give this parameter once");
            return Err(Fault::invalid_fields(vec![fault]).into());
        } else {
            object.insert(name, scalar(text, &types));
        }
    }
    Ok(object)
}

fn scalar(text: String, types: &[&str]) -> Value {
    let number = || {
        text.parse::<i64>()
            .ok()
            .filter(|_| types.contains(&"integer"))
            .map(Value::from)
    };
    let truth = || {
        text.parse::<bool>()
            .ok()
            .filter(|_| types.contains(&"boolean"))
            .map(Value::from)
    };
    number().or_else(truth).unwrap_or(Value::String(text))
}

/// Name and value of every parameter, decoded; `+` is a space.
pub(super) fn pairs(raw: &str) -> Result<Vec<(String, String)>, Problem> {
    let decode = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode(spaced.as_bytes())
            .decode_utf8()
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| {
                let fault = FieldFault::new("query", "malformed", "percent-encoded text must be UTF-8");
                Problem::from(Fault::invalid_fields(vec![fault]))
            })
    };
    let split = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok((decode(name)?, decode(value)?))
    };
    raw.split('&')
        .filter(|pair| !pair.is_empty())
        .map(split)
        .collect()
}

/// Takes `limit` and `cursor` out of the parameters of a list.
pub(super) fn take_page(
    pairs: &mut Vec<(String, String)>,
    sealer: Option<&Sealer>,
    purpose: &str,
    now: Time,
) -> Result<PageRequest, Problem> {
    let mut page = PageRequest::default();
    let (mut faults, mut cursor) = (Vec::new(), None);
    pairs.retain(|(name, value)| match name.as_str() {
        "limit" => {
            match value.parse().ok().and_then(Limit::new) {
                Some(limit) => page.limit = limit,
                None => faults.push(FieldFault::new(
                    "limit",
                    "malformed",
                    "a whole number from 1 to 100",
                )),
            }
            false
        }
        "cursor" => {
            cursor = Some(value.clone());
            false
        }
        _ => true,
    });
    if !faults.is_empty() {
        return Err(Fault::invalid_fields(faults).into());
    }
    if let Some(text) = cursor {
        let opened = sealer.and_then(|sealer| sealer.open(purpose, &text, now).ok());
        let refused = || {
            Fault::invalid(
                "bad_cursor",
                "the cursor has expired or belongs to another list; begin again without it",
            )
        };
        page.cursor = Some(opened.ok_or_else(refused)?);
    }
    Ok(page)
}

/// What a cursor is bound to: the path and every parameter but the page's own, in any order.
pub(super) fn cursor_purpose(path: &str, raw_query: &str) -> String {
    let mut filters: Vec<&str> = filters(raw_query).collect();
    filters.sort_unstable();
    format!("cursor {path}?{}", filters.join("&"))
}

/// The address of the next page.
pub(super) fn with_cursor(path: &str, raw_query: &str, cursor: &str) -> String {
    let limit = raw_query.split('&').find(|pair| pair.starts_with("limit="));
    let kept: Vec<&str> = filters(raw_query).chain(limit).collect();
    let separator = if kept.is_empty() { "" } else { "&" };
    format!("{path}?{}{separator}cursor={cursor}", kept.join("&"))
}

fn filters(raw_query: &str) -> impl Iterator<Item = &str> {
    let own = |pair: &&str| pair.starts_with("cursor=") || pair.starts_with("limit=") || pair.is_empty();
    raw_query.split('&').filter(move |pair| !own(pair))
}
