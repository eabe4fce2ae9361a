//! Stream of the table `factors`: asks for the mails that are owed.

use platform::stream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    stream::serve(factors::facts::from_change).await
}
