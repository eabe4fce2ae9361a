//! Queue `factors-user-erased`: what somebody held is forgotten with them.

use authority::facts::UserErased;
use factors::Forgetting;
use kernel::Fault;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(Forgetting::new, on_user_erased).await
}

async fn on_user_erased(factors: &'static Forgetting, message: Message<UserErased>) -> Result<(), Fault> {
    factors.forget(&message.fact.user_id).await
}
