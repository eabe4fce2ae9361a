//! Queue `inventory-order-placed`: stock is set aside for a batch of orders, each wholly or not at all.

use inventory::heard::OrderPlaced;
use inventory::{Demand, Inventory};
use kernel::Fault;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve_batch(Inventory::new, on_order_placed).await
}

async fn on_order_placed(
    inventory: &'static Inventory,
    batch: Vec<Message<OrderPlaced>>,
) -> Vec<Result<(), Fault>> {
    let demands = batch
        .into_iter()
        .map(|message| Demand::from(message.fact))
        .collect();
    let outcomes = inventory.reserve(demands).await;
    outcomes
        .into_iter()
        .map(|outcome| outcome.map_err(Fault::from))
        .collect()
}
