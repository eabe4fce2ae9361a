//! The HTTP edge: one function serves one route.
//!
//! A function's `main` names the façade and the handler; everything that every operation promises
//! (request ids, limits, credentials, idempotency, validation, error bodies, conditional requests,
//! compression) happens here, in one order, whoever wrote the handler:
//!
//! ```text
//! request id → size and depth → accept → content type → caller → rate limit
//!            → body and query against their schemas → idempotency → handler
//!            → conditional request → compression → headers
//! ```
//!
//! The body is checked before an `Idempotency-Key` is claimed: what could never have had an effect
//! costs no write and leaves nothing to be forgotten.
//!
//! ```no_run
//! # use kernel::Fault; use platform::{Cloud, http::{self, Call, Created}};
//! # #[derive(serde::Deserialize, schemars::JsonSchema)] struct CreateOrder {}
//! # #[derive(serde::Serialize, schemars::JsonSchema)] struct OrderView {}
//! # struct Orders; impl Orders { fn new(_: &Cloud) -> Self { Self }
//! #   async fn place(&self, _: CreateOrder) -> Result<(String, OrderView), Fault> { unimplemented!() } }
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> http::Exit {
//!     http::serve(Orders::new, create).await
//! }
//!
//! async fn create(orders: &'static Orders, call: Call<CreateOrder>) -> Result<Created<OrderView>, Fault> {
//!     let (order_id, view) = orders.place(call.body).await?;
//!     Ok(Created::at(format!("/v1/orders/{order_id}"), view))
//! }
//! ```

mod accept;
mod answer;
mod arrival;
mod call;
mod caller;
mod codes;
mod compress;
mod cookie;
mod describe;
mod edge;
mod endpoint;
mod finish;
mod form;
mod gate;
mod idempotency;
mod input;
mod limit;
mod page;
mod pipeline;
mod problem;
mod query;
mod reply;
mod schema;
mod serve;
mod trigger;

#[cfg(test)]
mod tests;

pub use answer::{Accepted, Answer, Created, Document, Json, Listed, NoContent, Sealed};
pub use arrival::Arrival;
pub use call::{Call, IfMatch, PageRequest};
pub use caller::{
    Caller, Customer, GivenTo, Guardian, Guest, Presence, Principal, PrincipalKind, Recognised, Staff,
};
pub use codes::{CODES, CodeDoc};
pub use cookie::Cookie;
pub use endpoint::{Endpoint, Handler, Running};
pub use form::Form;
pub use input::{Input, RawBody};
pub use page::{Html, OneOf, Redirect};
pub use problem::Problem;
pub use query::{Query, RawQuery};
pub use reply::{Reply, digest, inline_source};
pub use serve::{Exit, StartError, serve, serve_guarded};
pub use trigger::BadTrigger;
