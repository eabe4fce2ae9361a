//! Queue `inventory-order-canceled`: an order ended, its stock is free again.

use inventory::Inventory;
use inventory::heard::OrderCanceled;
use kernel::Fault;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(Inventory::new, on_order_canceled).await
}

async fn on_order_canceled(
    inventory: &'static Inventory,
    message: Message<OrderCanceled>,
) -> Result<(), Fault> {
    Ok(inventory.release(&message.fact.order_id).await?)
}
