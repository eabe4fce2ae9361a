//! `GET /v1/regions`: where the shop sells, how it taxes and ships there.

use kernel::Fault;
use platform::http::{self, Call, Listed};
use pricing::Pricing;
use pricing::wire::RegionView;

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Pricing::new, list).await
}

async fn list(pricing: &'static Pricing, call: Call) -> Result<Listed<RegionView>, Fault> {
    let asked = call.page();
    let page = pricing.regions(asked.limit, asked.cursor).await?;
    Ok(Listed::new(page).public_cache(60))
}
