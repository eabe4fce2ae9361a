//! `GET /v1/admin/products/{product_id}`: everything about a product, whatever its status.

use authority::Guard;
use catalog::Catalog;
use catalog::wire::StaffProductView;
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Catalog::new, inspect).await
}

async fn inspect(catalog: &'static Catalog, call: Call) -> Result<Json<StaffProductView>, Fault> {
    let product = catalog.inspect(&call.path("product_id")?).await?;
    let version = product.version;
    Ok(Json::new(product).with_etag(version))
}
