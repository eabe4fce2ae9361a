//! `GET /v1/account/factors`: what the caller can show beside a password.

use authority::Guard;
use factors::Factors;
use factors::wire::FactorsView;
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Factors::new, list).await
}

async fn list(factors: &'static Factors, call: Call) -> Result<Json<FactorsView>, Fault> {
    Ok(Json::new(factors.list(call.customer()?).await?))
}
