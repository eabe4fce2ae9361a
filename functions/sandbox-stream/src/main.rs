//! Stream of the table `sandbox`: the embedded provider's signed webhooks.

use kernel::Fault;
use payments::Notifier;
use platform::stream::{self, Change};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    stream::serve_each(Notifier::new, tell).await
}

async fn tell(notifier: &'static Notifier, change: &Change) -> Result<(), Fault> {
    notifier.tell(change).await
}
