//! JSON in and out: clients for staff, and the documents of the protocol.

mod client;
mod edge;
mod protocol;
mod sealed;

pub use client::{
    ClientSecretView, ClientView, CreateClient, CreatedClientView, RotateSecret, RotatedSecretView,
    UpdateClient,
};
pub use edge::{done, form, told, told_as};
pub use protocol::{
    ConsentView, IntrospectionView, MetadataView, PushedView, RefusalView, TokenView, UserInfoView,
};
pub(crate) use protocol::{IdClaims, id_claims};
pub(crate) use sealed::Transactions;
