//! Stream of the table `trail`: every entry is bound to the one before it.

use kernel::Fault;
use platform::stream::{self, Change};
use trail::Chain;

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    stream::serve_each(Chain::new, bind).await
}

async fn bind(chain: &'static Chain, change: &Change) -> Result<(), Fault> {
    chain.bind_change(change).await
}
