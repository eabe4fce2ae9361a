//! Stream of the table `payments`: tells where an order's money is.

use platform::stream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    stream::serve(payments::facts::from_change).await
}
