//! Queue `orders-user-erased`: orders forget whose they were, now or at their end.

use kernel::Fault;
use orders::Forgetting;
use orders::facts::UserErased;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(Forgetting::new, on_user_erased).await
}

async fn on_user_erased(orders: &'static Forgetting, message: Message<UserErased>) -> Result<(), Fault> {
    orders.erase(&message.fact.user_id).await
}
