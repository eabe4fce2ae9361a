//! Queue `federation-user-erased`: which identities elsewhere opened an account is forgotten with it.

use authority::facts::UserErased;
use federation::Forgetting;
use kernel::Fault;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(Forgetting::new, on_user_erased).await
}

async fn on_user_erased(federation: &'static Forgetting, message: Message<UserErased>) -> Result<(), Fault> {
    federation.forget(&message.fact.user_id).await
}
