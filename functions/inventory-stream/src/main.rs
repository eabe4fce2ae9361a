//! Stream of the table `inventory`: tells how an order's stock was decided.

use platform::stream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    stream::serve(inventory::facts::from_change).await
}
