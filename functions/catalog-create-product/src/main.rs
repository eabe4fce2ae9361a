//! `POST /v1/admin/products`: a new draft.

use authority::Guard;
use catalog::Catalog;
use catalog::wire::{CreateProduct, StaffProductView};
use kernel::Fault;
use platform::http::{self, Call, Created};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Catalog::new, create).await
}

async fn create(
    catalog: &'static Catalog,
    call: Call<CreateProduct>,
) -> Result<Created<StaffProductView>, Fault> {
    let new = call.body.clone().try_into().map_err(Fault::broken)?;
    let product = catalog.create(&call.ids(), new).await?;
    let (location, version) = (
        format!("/v1/admin/products/{}", product.product_id),
        product.version,
    );
    Ok(Created::at(location, product).with_etag(version))
}
