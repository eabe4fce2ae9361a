//! `POST /v1/admin/products/{product_id}/archive`: take a product off sale.

use authority::Guard;
use catalog::Catalog;
use catalog::wire::StaffProductView;
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Catalog::new, archive).await
}

async fn archive(catalog: &'static Catalog, call: Call) -> Result<Json<StaffProductView>, Fault> {
    let (product_id, expected) = (call.path("product_id")?, call.if_match.version()?);
    let product = catalog.archive(&call.ids(), &product_id, expected).await?;
    let version = product.version;
    Ok(Json::new(product).with_etag(version))
}
