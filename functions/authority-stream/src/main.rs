//! Stream of the table `authority`: tells who came, logged in, changed and went, and what to mail.

use platform::stream;

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    stream::serve(authority::facts::from_change).await
}
