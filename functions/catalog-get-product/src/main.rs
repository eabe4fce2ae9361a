//! `GET /v1/products/{product_id}`: one product on sale.

use catalog::Catalog;
use catalog::wire::{GetProduct, ProductView};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Catalog::new, get).await
}

async fn get(catalog: &'static Catalog, call: Call<(), GetProduct>) -> Result<Json<ProductView>, Fault> {
    let product = catalog.get(&call.path("product_id")?).await?;
    let version = product.version;
    let view = ProductView::of(product, call.query.currency);
    Ok(Json::new(view).with_etag(version).public_cache(60))
}
