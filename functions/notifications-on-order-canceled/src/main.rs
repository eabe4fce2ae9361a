//! Queue `notifications-order-canceled`: the buyer learns why the order ended.

use kernel::Fault;
use notifications::Notifications;
use notifications::heard::OrderCanceled;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(Notifications::new, on_order_canceled).await
}

async fn on_order_canceled(
    notifications: &'static Notifications,
    message: Message<OrderCanceled>,
) -> Result<(), Fault> {
    Ok(notifications.canceled(&message.fact).await?)
}
