//! Queue `inventory-order-shipped`: an order's goods left the house, and the books.

use inventory::Inventory;
use inventory::heard::OrderShipped;
use kernel::Fault;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(Inventory::new, on_order_shipped).await
}

async fn on_order_shipped(
    inventory: &'static Inventory,
    message: Message<OrderShipped>,
) -> Result<(), Fault> {
    Ok(inventory.ship(&message.fact.order_id).await?)
}
