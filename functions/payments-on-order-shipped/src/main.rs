//! Queue `payments-order-shipped`: an order's goods left the house, the money is taken.

use kernel::Fault;
use payments::Payments;
use payments::heard::OrderShipped;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(Payments::new, on_order_shipped).await
}

async fn on_order_shipped(payments: &'static Payments, message: Message<OrderShipped>) -> Result<(), Fault> {
    Ok(payments.capture_shipped(&message.fact.order_id).await?)
}
