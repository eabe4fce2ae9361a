//! Queue `carts-user-erased`: the carts of somebody whose account is gone are forgotten.

use carts::CartKeeping;
use carts::facts::UserErased;
use kernel::Fault;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(CartKeeping::new, on_user_erased).await
}

async fn on_user_erased(carts: &'static CartKeeping, message: Message<UserErased>) -> Result<(), Fault> {
    carts.forget(&message.fact.user_id).await
}
