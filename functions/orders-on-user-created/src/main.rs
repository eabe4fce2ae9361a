//! Queue `orders-user-created`: what somebody bought as a guest comes to their new account.

use kernel::Fault;
use orders::CustomerOrders;
use orders::facts::UserCreated;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(CustomerOrders::new, on_user_created).await
}

async fn on_user_created(
    orders: &'static CustomerOrders,
    message: Message<UserCreated>,
) -> Result<(), Fault> {
    orders.attach(&message.fact.user_id, &message.fact.email).await
}
