//! Every hour: orders that have ended since their customer was erased forget whose they were.

use kernel::Fault;
use orders::Forgetting;
use platform::schedule::{self, Swept, Tick};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    schedule::serve(Forgetting::new, erase).await
}

async fn erase(orders: &'static Forgetting, tick: Tick) -> Result<Swept, Fault> {
    orders.erase_ended(tick.at).await
}
