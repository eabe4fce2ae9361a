//! The yardstick of `cargo xtask bench`: the least that a Lambda function with an HTTP edge can be in
//! Rust. Every measured function is compared with it, so that the figures do not depend on the machine.

use lambda_http::{Error, Request, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_http::run(service_fn(answer)).await
}

async fn answer(_request: Request) -> Result<&'static str, Error> {
    Ok("hello")
}
