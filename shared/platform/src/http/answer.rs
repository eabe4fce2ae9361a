//! What a handler may answer with. The type fixes the status, so that the code, the description
//! and the contract cannot differ.

use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, LINK, LOCATION};
use http::{HeaderName, HeaderValue, StatusCode};
use kernel::{Duration, Fault, Page};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use super::call::Asked;
use super::reply::{Dress, Reply};

/// Turns into a reply, and describes itself.
pub trait Answer: Sized + Send + 'static {
    /// The status on success.
    const STATUS: StatusCode;
    /// Another status that is a success as well, where there is one.
    const OTHER_STATUS: Option<StatusCode> = None;
    /// Whether it is one page of a list: `limit` and `cursor` are then part of the query.
    const LISTS: bool = false;
    /// The media type, where the type fixes it. A client that accepts none of it is refused before
    /// anything is done.
    const MEDIA_TYPE: Option<&'static str> = Some("application/json");
    /// Whether its body is sealed where it is kept for an `Idempotency-Key`.
    const SEALED: bool = false;

    /// The schema of the body, if it has one.
    fn schema(schemas: &mut SchemaGenerator) -> Option<Schema>;
    /// The reply.
    #[doc(hidden)]
    fn reply(self, context: &ReplyContext<'_>) -> Result<Reply, Fault>;
}

/// What an answer may need to know of its request.
#[doc(hidden)]
pub struct ReplyContext<'a> {
    pub(super) asked: &'a Asked,
}

/// 200 with one resource.
#[derive(Debug)]
pub struct Json<T> {
    view: T,
    dress: Dress,
}

/// 201 with the new resource and its address.
#[derive(Debug)]
pub struct Created<T> {
    view: T,
    location: String,
    dress: Dress,
}

/// 202: it was understood; what comes of it is not told here.
#[derive(Debug)]
pub struct Accepted<T> {
    view: T,
    dress: Dress,
}

/// 204.
#[derive(Debug, Default)]
pub struct NoContent {
    dress: Dress,
}

/// 200 with one page: `{"data": […], "next_cursor": "…" | null}` and `Link: <…>; rel="next"`.
#[derive(Debug)]
pub struct Listed<T> {
    page: Page<T>,
    dress: Dress,
}

/// 200 with a document as it is.
#[derive(Debug)]
pub struct Document {
    media_type: &'static str,
    bytes: &'static [u8],
    dress: Dress,
}

/// An answer that holds what opens something. Kept for an `Idempotency-Key`, its body is sealed under
/// the secret `signing`, which the manifest entry must grant.
#[derive(Debug)]
pub struct Sealed<A>(pub A);

macro_rules! dressed {
    ($([$($generic:ident)?] $type:ty),*) => {$(
        impl$(<$generic>)? $type {
            /// Names the version: a strong `ETag`, and `If-None-Match` is answered with 304.
            #[must_use]
            pub fn with_etag(mut self, version: impl std::fmt::Display) -> Self {
                self.dress.etag(&version);
                self
            }
            /// Lets caches keep it for so many seconds, and as long again while they ask anew.
            #[must_use]
            pub fn public_cache(mut self, seconds: u32) -> Self {
                self.dress.public(seconds);
                self
            }
            /// Adds a header.
            #[must_use]
            pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
                self.dress.header(name, value.into());
                self
            }
            /// Sets a cookie.
            #[must_use]
            pub fn cookie(mut self, cookie: &super::Cookie) -> Self {
                self.dress.header(http::header::SET_COOKIE, cookie.text());
                self
            }
        }
    )*};
}
dressed!([T] Json<T>, [T] Created<T>, [T] Accepted<T>, [] NoContent, [T] Listed<T>, [] Document);

impl<T> Json<T> {
    /// One resource.
    pub fn new(view: impl Into<T>) -> Self {
        Self {
            view: view.into(),
            dress: Dress::default(),
        }
    }
}

impl<T> Created<T> {
    /// A new resource that can be read at this path.
    pub fn at(location: impl Into<String>, view: impl Into<T>) -> Self {
        Self {
            view: view.into(),
            location: location.into(),
            dress: Dress::default(),
        }
    }
}

impl<T> Accepted<T> {
    /// What the caller is told in any case.
    pub fn new(view: impl Into<T>) -> Self {
        Self {
            view: view.into(),
            dress: Dress::default(),
        }
    }
}

impl NoContent {
    /// Done, nothing to say.
    pub fn new() -> Self {
        Self::default()
    }
}

impl<T> Listed<T> {
    /// One page of anything that turns into the view.
    pub fn new<U: Into<T>>(page: Page<U>) -> Self {
        Self {
            page: page.map(Into::into),
            dress: Dress::default(),
        }
    }
}

impl Document {
    /// Bytes of this media type (with its charset, where it has one).
    pub fn new(media_type: &'static str, bytes: &'static [u8]) -> Self {
        Self {
            media_type,
            bytes,
            dress: Dress::default(),
        }
    }

    /// Replaces the content security policy of API answers, which lets a page load nothing.
    #[must_use]
    pub fn content_security_policy(self, policy: &str) -> Self {
        self.header(CONTENT_SECURITY_POLICY, policy)
    }
}

impl<T: Serialize + JsonSchema + Send + 'static> Answer for Json<T> {
    const STATUS: StatusCode = StatusCode::OK;
    fn schema(schemas: &mut SchemaGenerator) -> Option<Schema> {
        Some(schemas.subschema_for::<T>())
    }
    fn reply(self, _: &ReplyContext<'_>) -> Result<Reply, Fault> {
        let mut reply = Reply::json(Self::STATUS, &self.view)?;
        self.dress.put_on(&mut reply)?;
        Ok(reply)
    }
}

impl<T: Serialize + JsonSchema + Send + 'static> Answer for Created<T> {
    const STATUS: StatusCode = StatusCode::CREATED;
    fn schema(schemas: &mut SchemaGenerator) -> Option<Schema> {
        Some(schemas.subschema_for::<T>())
    }
    fn reply(mut self, _: &ReplyContext<'_>) -> Result<Reply, Fault> {
        let mut reply = Reply::json(Self::STATUS, &self.view)?;
        self.dress.header(LOCATION, self.location);
        self.dress.put_on(&mut reply)?;
        Ok(reply)
    }
}

impl<T: Serialize + JsonSchema + Send + 'static> Answer for Accepted<T> {
    const STATUS: StatusCode = StatusCode::ACCEPTED;
    fn schema(schemas: &mut SchemaGenerator) -> Option<Schema> {
        Some(schemas.subschema_for::<T>())
    }
    fn reply(self, _: &ReplyContext<'_>) -> Result<Reply, Fault> {
        let mut reply = Reply::json(Self::STATUS, &self.view)?;
        self.dress.put_on(&mut reply)?;
        Ok(reply)
    }
}

impl Answer for NoContent {
    const STATUS: StatusCode = StatusCode::NO_CONTENT;
    const MEDIA_TYPE: Option<&'static str> = None;
    fn schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
    fn reply(self, _: &ReplyContext<'_>) -> Result<Reply, Fault> {
        let mut reply = Reply::empty(Self::STATUS);
        self.dress.put_on(&mut reply)?;
        Ok(reply)
    }
}

impl Answer for Document {
    const STATUS: StatusCode = StatusCode::OK;
    const MEDIA_TYPE: Option<&'static str> = None;
    fn schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
    fn reply(self, _: &ReplyContext<'_>) -> Result<Reply, Fault> {
        let mut reply = Reply::empty(Self::STATUS);
        reply.body = bytes::Bytes::from_static(self.bytes);
        reply
            .headers
            .insert(CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        self.dress.put_on(&mut reply)?;
        Ok(reply)
    }
}

impl<A: Answer> Answer for Sealed<A> {
    const STATUS: StatusCode = A::STATUS;
    const OTHER_STATUS: Option<StatusCode> = A::OTHER_STATUS;
    const LISTS: bool = A::LISTS;
    const MEDIA_TYPE: Option<&'static str> = A::MEDIA_TYPE;
    const SEALED: bool = true;
    fn schema(schemas: &mut SchemaGenerator) -> Option<Schema> {
        A::schema(schemas)
    }
    fn reply(self, context: &ReplyContext<'_>) -> Result<Reply, Fault> {
        self.0.reply(context)
    }
}

/// How long a cursor leads somewhere.
const CURSOR_LIFE: Duration = Duration::hours(24);

impl<T: Serialize + JsonSchema + Send + 'static> Answer for Listed<T> {
    const STATUS: StatusCode = StatusCode::OK;
    const LISTS: bool = true;

    fn schema(schemas: &mut SchemaGenerator) -> Option<Schema> {
        let item = schemas.subschema_for::<T>();
        Some(schemars::json_schema!({
            "type": "object",
            "description": "One page of a list.",
            "properties": {
                "data": { "type": "array", "description": "The items, in the list's order.", "items": item },
                "next_cursor": {
                    "type": ["string", "null"],
                    "description": "Send it as `cursor` for the next page; null on the last one."
                }
            },
            "required": ["data", "next_cursor"]
        }))
    }

    fn reply(mut self, context: &ReplyContext<'_>) -> Result<Reply, Fault> {
        let asked = context.asked;
        let next_cursor = match &self.page.next {
            None => None,
            Some(position) => {
                let sealer = asked
                    .cursors
                    .as_ref()
                    .ok_or_else(|| Fault::broken("a list without the signing secret"))?;
                let purpose = super::query::cursor_purpose(&asked.path, &asked.raw_query);
                Some(sealer.seal(&purpose, position, asked.now.plus(CURSOR_LIFE))?)
            }
        };
        if let Some(cursor) = &next_cursor {
            let target = super::query::with_cursor(&asked.path, &asked.raw_query, cursor);
            self.dress.header(LINK, format!("<{target}>; rel=\"next\""));
        }
        let body = ListBody {
            data: &self.page.items,
            next_cursor,
        };
        let mut reply = Reply::json(Self::STATUS, &body)?;
        self.dress.put_on(&mut reply)?;
        Ok(reply)
    }
}

#[derive(Serialize)]
struct ListBody<'a, T> {
    data: &'a [T],
    next_cursor: Option<String>,
}
