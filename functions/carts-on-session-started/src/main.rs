//! Queue `carts-session-started`: the guest's cart of somebody who has signed in becomes theirs.

use carts::CartKeeping;
use carts::facts::SessionStarted;
use kernel::Fault;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(CartKeeping::new, on_session_started).await
}

async fn on_session_started(
    carts: &'static CartKeeping,
    message: Message<SessionStarted>,
) -> Result<(), Fault> {
    let SessionStarted { user_id, cart_id } = message.fact;
    match cart_id {
        Some(cart_id) => carts.join(&user_id, &cart_id).await,
        None => Ok(()),
    }
}
