//! Invoked by an operator: makes the shop's first owner, with a password that is good once.

use identity::{CreateOwner, Identity, OwnerView};
use kernel::Fault;
use platform::invoke;

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    invoke::serve(Identity::new, create).await
}

async fn create(identity: &'static Identity, create: CreateOwner) -> Result<OwnerView, Fault> {
    identity.create_owner(&create).await
}
