//! Every hour: expire open carts that nobody has touched for 30 days.

use carts::CartKeeping;
use kernel::Fault;
use platform::schedule::{self, Swept, Tick};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    schedule::serve(CartKeeping::new, expire).await
}

async fn expire(carts: &'static CartKeeping, tick: Tick) -> Result<Swept, Fault> {
    carts.expire(tick.at).await
}
