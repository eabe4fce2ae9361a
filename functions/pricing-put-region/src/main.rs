//! `PUT /v1/admin/regions/{region_id}`: make a region, or replace its terms.

use authority::Guard;
use kernel::Fault;
use platform::http::{self, Call, Json};
use pricing::Pricing;
use pricing::wire::{PutRegion, RegionView};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Pricing::new, put).await
}

async fn put(pricing: &'static Pricing, call: Call<PutRegion>) -> Result<Json<RegionView>, Fault> {
    let (region_id, expected) = (call.path("region_id")?, call.if_match.version()?);
    let terms = call.body.clone().try_into().map_err(Fault::broken)?;
    let region = pricing
        .put_region(&region_id, expected, terms, call.now())
        .await?;
    let version = region.version;
    Ok(Json::new(region).with_etag(version))
}
