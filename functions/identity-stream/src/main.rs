//! Stream of the table `identity`: tells notifications which mails somebody is owed.

use platform::stream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    stream::serve(identity::facts::from_change).await
}
