//! Queue `payments-order-canceled`: an order ended, everything goes back.

use kernel::Fault;
use payments::Payments;
use payments::heard::OrderCanceled;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(Payments::new, on_order_canceled).await
}

async fn on_order_canceled(
    payments: &'static Payments,
    message: Message<OrderCanceled>,
) -> Result<(), Fault> {
    Ok(payments.cancel(&message.fact.order_id).await?)
}
