//! Queue `notifications-order-confirmed`: the buyer learns that the order is confirmed.

use kernel::Fault;
use notifications::Notifications;
use notifications::heard::OrderConfirmed;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(Notifications::new, on_order_confirmed).await
}

async fn on_order_confirmed(
    notifications: &'static Notifications,
    message: Message<OrderConfirmed>,
) -> Result<(), Fault> {
    Ok(notifications.confirmed(&message.fact).await?)
}
