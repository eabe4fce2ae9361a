//! Queue `orders-stock-decided`: an order's stock is held, or the order is sold out.

use kernel::Fault;
use orders::Orders;
use orders::facts::StockDecided;
use platform::queue::{self, Message};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    queue::serve(Orders::new, on_stock_decided).await
}

async fn on_stock_decided(orders: &'static Orders, message: Message<StockDecided>) -> Result<(), Fault> {
    orders.stock_decided(message.fact).await
}
