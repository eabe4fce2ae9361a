//! JSON in and out, and what providers say.

mod elsewhere;
mod id_token;
mod views;

pub(crate) use elsewhere::{Elsewhere, Exchange, form};
pub(crate) use id_token::Said;
#[cfg(test)]
pub(crate) use id_token::{Expected, Jwk, read};
pub use views::{
    BeginSignIn, BegunView, FinishSignIn, LinkView, LinksView, ProviderView, ProvidersView, PutProvider,
    SignedInView,
};
