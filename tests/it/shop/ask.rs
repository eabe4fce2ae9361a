//! One request: built word by word, sent when awaited.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request};
use http_body_util::{BodyExt, Full};
use serde_json::Value;

use super::{Answer, TestShop};

/// A request that has not been sent yet.
#[must_use = "a request is sent by `.await`"]
pub(crate) struct Ask<'a> {
    shop: &'a TestShop,
    method: Method,
    path: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl<'a> Ask<'a> {
    pub(super) fn new(shop: &'a TestShop, method: Method, path: String) -> Self {
        Self {
            shop,
            method,
            path,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// With a JSON body.
    pub(crate) fn json(self, body: &Value) -> Self {
        self.text("application/json", body.to_string())
    }

    /// With a body of any media type.
    pub(crate) fn text(mut self, media_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header("content-type", media_type)
    }

    /// As a member of staff who may do everything.
    pub(crate) fn staff(self) -> Self {
        let key = self.shop.staff_key().to_owned();
        self.bearer(&key)
    }

    /// With this API key.
    pub(crate) fn bearer(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    /// As somebody who is logged in.
    pub(crate) fn person(self, person: &super::Person) -> Self {
        self.bearer(&person.access_token)
    }

    /// As the holder of a cart's token.
    pub(crate) fn guest(self, token: &str) -> Self {
        self.header("x-cart-token", token)
    }

    /// With an `Idempotency-Key`.
    pub(crate) fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// With a JSON Merge Patch as its body.
    pub(crate) fn patch_with(self, body: &Value) -> Self {
        self.text("application/merge-patch+json", body.to_string())
    }

    /// Only if the resource is still what this tag names.
    pub(crate) fn if_match(self, tag: &str) -> Self {
        self.header("if-match", tag)
    }

    /// Only if the resource is no longer what this tag names.
    pub(crate) fn if_none_match(self, tag: &str) -> Self {
        self.header("if-none-match", tag)
    }

    /// With any header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name
            .parse()
            .unwrap_or_else(|_| panic!("`{name}` is no header name"));
        let value = value
            .parse()
            .unwrap_or_else(|_| panic!("`{value}` is no header value"));
        self.headers.push((name, value));
        self
    }

    /// Sends it to a shop that may be dying: none when no answer came, or not all of it. The answer
    /// may be the gateway's own, about a function that died.
    pub(crate) async fn attempt(self) -> Option<Answer> {
        self.send().await.ok()
    }

    async fn send(self) -> Result<Answer, String> {
        let shop = self.shop;
        let shown = format!("{} {}", self.method, self.path);
        let mut request = Request::builder()
            .method(self.method)
            .uri(format!("{}{}", shop.url(), self.path));
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let request = request
            .body(Full::new(self.body))
            .map_err(|error| format!("{shown}: {error}"))?;
        let response = shop.client.request(request).await;
        let (parts, body) = response
            .map_err(|error| format!("{shown}: {error}"))?
            .into_parts();
        let body = body.collect().await;
        let body = body.map_err(|error| format!("{shown}: {error}"))?.to_bytes();
        let mut logs = String::new();
        if parts.status.is_server_error() {
            let id = parts.headers.get("x-request-id");
            let id = id.and_then(|id| id.to_str().ok()).unwrap_or_default();
            logs = Box::pin(shop.logs(id)).await;
        }
        Ok(Answer::new(shown, parts.status, parts.headers, body, logs))
    }
}

impl<'a> IntoFuture for Ask<'a> {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let answer = self.send().await.unwrap_or_else(|error| panic!("{error}"));
            answer.carries_what_every_answer_carries();
            answer
        })
    }
}
