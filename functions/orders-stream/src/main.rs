//! Stream of the table `orders`: tells everybody who listens how an order has moved.

use platform::stream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    stream::serve(orders::facts::from_change).await
}
