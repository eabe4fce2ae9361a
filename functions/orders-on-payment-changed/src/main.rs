//! Queue `orders-payment-changed`: an order's payment is authorized, declined, captured, given back.

use kernel::Fault;
use orders::Orders;
use orders::facts::PaymentChanged;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(Orders::new, on_payment_changed).await
}

async fn on_payment_changed(orders: &'static Orders, message: Message<PaymentChanged>) -> Result<(), Fault> {
    orders.payment_changed(message.fact).await
}
