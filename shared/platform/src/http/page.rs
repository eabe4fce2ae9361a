//! Answers for people's browsers: pages and redirects, where an operation is one of the few that
//! people see.

use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use http::{HeaderName, HeaderValue, StatusCode, header};
use kernel::Fault;
use schemars::{Schema, SchemaGenerator};

use super::answer::{Answer, ReplyContext};
use super::cookie::Cookie;
use super::reply::{Dress, Reply, inline_source};

/// A page that a function wrote. Text from outside must have been escaped.
///
/// Its content security policy lets it load nothing and run nothing: only the page's own `<style>`
/// holds, its forms lead to this host and to the origins that [`Html::form_action`] names, and no
/// other page may frame it.
#[derive(Debug)]
pub struct Html {
    text: String,
    status: StatusCode,
    form_actions: Vec<String>,
    dress: Dress,
}

/// 303, or 302: go on elsewhere.
#[derive(Debug)]
pub struct Redirect {
    location: String,
    status: StatusCode,
    dress: Dress,
}

/// One of two kinds of answer, where only the work can tell which.
#[derive(Debug)]
pub enum OneOf<A, B> {
    /// The first kind; the operation is described by it.
    First(A),
    /// The second.
    Second(B),
}

impl Html {
    /// 200 with this page.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            status: StatusCode::OK,
            form_actions: Vec::new(),
            dress: Dress::default(),
        }
    }

    /// The page with another status: one that says what went wrong.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Lets the page's forms end at this origin as well. Browsers hold a redirect that follows a
    /// form against the policy, too.
    #[must_use]
    pub fn form_action(mut self, origin: impl Into<String>) -> Self {
        self.form_actions.push(origin.into());
        self
    }

    /// Sets a cookie.
    #[must_use]
    pub fn cookie(mut self, cookie: &Cookie) -> Self {
        self.dress.header(header::SET_COOKIE, cookie.text());
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.dress.header(name, value.into());
        self
    }

    fn policy(&self) -> String {
        let mut policy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'".to_owned();
        if self.text.contains("<style>") {
            policy.push_str("; style-src ");
            policy.push_str(&inline_source(&self.text, "style"));
        }
        policy.push_str("; form-action 'self'");
        for origin in &self.form_actions {
            policy.push(' ');
            policy.push_str(origin);
        }
        policy
    }
}

impl Redirect {
    /// 303: go on with GET, whatever the method was.
    pub fn see_other(location: impl Into<String>) -> Self {
        Self {
            location: location.into(),
            status: StatusCode::SEE_OTHER,
            dress: Dress::default(),
        }
    }

    /// 302: what a client that asked with GET expects.
    pub fn found(location: impl Into<String>) -> Self {
        Self {
            status: StatusCode::FOUND,
            ..Self::see_other(location)
        }
    }

    /// Sets a cookie.
    #[must_use]
    pub fn cookie(mut self, cookie: &Cookie) -> Self {
        self.dress.header(header::SET_COOKIE, cookie.text());
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.dress.header(name, value.into());
        self
    }
}

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

impl Answer for Html {
    const STATUS: StatusCode = StatusCode::OK;
    const MEDIA_TYPE: Option<&'static str> = Some("text/html");

    fn schema(_: &mut SchemaGenerator) -> Option<Schema> {
        Some(schemars::json_schema!({ "type": "string", "description": "A page for people." }))
    }

    fn reply(self, _: &ReplyContext<'_>) -> Result<Reply, Fault> {
        let policy = HeaderValue::try_from(self.policy()).map_err(Fault::broken)?;
        let mut reply = Reply::empty(self.status);
        reply.headers.insert(CONTENT_TYPE, HTML);
        reply.headers.insert(CONTENT_SECURITY_POLICY, policy);
        reply.body = self.text.into();
        self.dress.put_on(&mut reply)?;
        Ok(reply)
    }
}

impl Answer for Redirect {
    const STATUS: StatusCode = StatusCode::SEE_OTHER;
    const MEDIA_TYPE: Option<&'static str> = None;

    fn schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }

    fn reply(mut self, _: &ReplyContext<'_>) -> Result<Reply, Fault> {
        let mut reply = Reply::empty(self.status);
        self.dress.header(LOCATION, self.location);
        self.dress.put_on(&mut reply)?;
        Ok(reply)
    }
}

impl<A: Answer, B: Answer> Answer for OneOf<A, B> {
    const STATUS: StatusCode = A::STATUS;
    // Of two answers with one status, the first is described.
    const OTHER_STATUS: Option<StatusCode> = if B::STATUS.as_u16() == A::STATUS.as_u16() {
        None
    } else {
        Some(B::STATUS)
    };
    const LISTS: bool = A::LISTS || B::LISTS;
    const MEDIA_TYPE: Option<&'static str> = A::MEDIA_TYPE;

    fn schema(schemas: &mut SchemaGenerator) -> Option<Schema> {
        A::schema(schemas)
    }

    fn reply(self, context: &ReplyContext<'_>) -> Result<Reply, Fault> {
        match self {
            Self::First(first) => first.reply(context),
            Self::Second(second) => second.reply(context),
        }
    }
}

/// A reply as it is: where another protocol says what status and body are.
impl Answer for Reply {
    const STATUS: StatusCode = StatusCode::OK;
    const MEDIA_TYPE: Option<&'static str> = None;

    fn schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }

    fn reply(self, _: &ReplyContext<'_>) -> Result<Reply, Fault> {
        Ok(self)
    }
}
