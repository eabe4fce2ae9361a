//! Queue `notifications-order-shipped`: the buyer learns that the goods are on their way.

use kernel::Fault;
use notifications::Notifications;
use notifications::heard::OrderShipped;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(Notifications::new, on_order_shipped).await
}

async fn on_order_shipped(
    notifications: &'static Notifications,
    message: Message<OrderShipped>,
) -> Result<(), Fault> {
    Ok(notifications.shipped(&message.fact).await?)
}
