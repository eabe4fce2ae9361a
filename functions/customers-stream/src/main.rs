//! Stream of the table `customers`: tells notifications of the last mail that somebody gets.

use platform::stream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    stream::serve(customers::from_change).await
}
