//! Queue `customers-session-started`: what was bought as a guest meanwhile comes to the account.

use customers::{Returning, SessionStarted};
use kernel::Fault;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(Returning::new, on_session_started).await
}

async fn on_session_started(
    returning: &'static Returning,
    message: Message<SessionStarted>,
) -> Result<(), Fault> {
    returning.welcome(&message.fact.user_id).await
}
