//! Queue `carts-order-canceled`: the cart of an order that failed is open again.

use carts::CartKeeping;
use carts::facts::OrderCanceled;
use kernel::Fault;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(CartKeeping::new, on_order_canceled).await
}

async fn on_order_canceled(
    carts: &'static CartKeeping,
    message: Message<OrderCanceled>,
) -> Result<(), Fault> {
    let OrderCanceled {
        order_id,
        cart_id,
        reopen_cart,
    } = message.fact;
    if reopen_cart {
        carts.reopen(&cart_id, &order_id).await
    } else {
        Ok(())
    }
}
