//! `PATCH /v1/admin/products/{product_id}`: change what a product says of itself.

use authority::Guard;
use catalog::Catalog;
use catalog::wire::{StaffProductView, UpdateProduct};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Catalog::new, update).await
}

async fn update(
    catalog: &'static Catalog,
    call: Call<UpdateProduct>,
) -> Result<Json<StaffProductView>, Fault> {
    let (product_id, expected) = (call.path("product_id")?, call.if_match.version()?);
    let patch = call.body.clone().into();
    let product = catalog.update(&call.ids(), &product_id, expected, patch).await?;
    let version = product.version;
    Ok(Json::new(product).with_etag(version))
}
