//! Invoked by an operator: makes the shop's first owner, with a password that is good once.

use identity::Identity;
use identity::wire::{CreateOwner, OwnerView};
use kernel::Fault;
use platform::invoke;

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    invoke::serve(Identity::new, create).await
}

async fn create(identity: &'static Identity, create: CreateOwner) -> Result<OwnerView, Fault> {
    let made = identity.create_owner(&create.email, create.again).await?;
    Ok(made.into())
}
