//! Every hour: make the next signing key when the present one is old, and remove what is spent.

use authority::Authority;
use kernel::Fault;
use platform::schedule::{self, Swept, Tick};

#[tokio::main(flavor = "current_thread")]
async fn main() -> platform::lambda::Exit {
    schedule::serve(Authority::new, rotate).await
}

async fn rotate(authority: &'static Authority, _tick: Tick) -> Result<Swept, Fault> {
    let rotated = authority.rotate_keys().await?;
    Ok(Swept {
        handled: rotated.made + rotated.removed,
        left: false,
    })
}
