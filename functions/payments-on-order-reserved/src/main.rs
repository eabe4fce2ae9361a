//! Queue `payments-order-reserved`: an order has its goods, its total is set aside.

use kernel::Fault;
use payments::Payments;
use payments::heard::OrderReserved;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(Payments::new, on_order_reserved).await
}

async fn on_order_reserved(
    payments: &'static Payments,
    message: Message<OrderReserved>,
) -> Result<(), Fault> {
    Ok(payments.authorize(message.fact.into()).await?)
}
