//! Every minute: cancel orders that were not decided in time.

use kernel::Fault;
use orders::Orders;
use platform::schedule::{self, Swept, Tick};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    schedule::serve(Orders::new, expire).await
}

async fn expire(orders: &'static Orders, tick: Tick) -> Result<Swept, Fault> {
    orders.expire(tick.at).await
}
