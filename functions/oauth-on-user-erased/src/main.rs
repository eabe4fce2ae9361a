//! Queue `oauth-user-erased`: what programs did in somebody's name is forgotten with them.

use authority::facts::UserErased;
use kernel::Fault;
use oauth::Forgetting;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(Forgetting::new, on_user_erased).await
}

async fn on_user_erased(oauth: &'static Forgetting, message: Message<UserErased>) -> Result<(), Fault> {
    oauth.forget(&message.fact.user_id).await
}
