//! Stream of the table `federation`: asks for the mails that are owed.

use platform::stream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    stream::serve(federation::facts::from_change).await
}
