//! Every minute: compare what is open with the provider's books, and repair.

use kernel::Fault;
use payments::Payments;
use platform::schedule::{self, Swept, Tick};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    schedule::serve(Payments::new, reconcile).await
}

async fn reconcile(payments: &'static Payments, tick: Tick) -> Result<Swept, Fault> {
    payments.reconcile(tick.at).await
}
