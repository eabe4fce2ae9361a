//! `POST /v1/admin/categories`: a new place in the tree.

use authority::Guard;
use catalog::Catalog;
use catalog::wire::{CategoryView, CreateCategory};
use kernel::Fault;
use platform::http::{self, Call, Created};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Catalog::new, create).await
}

async fn create(
    catalog: &'static Catalog,
    call: Call<CreateCategory>,
) -> Result<Created<CategoryView>, Fault> {
    let new = call.body.clone().into();
    let category = catalog.create_category(&call.ids(), new).await?;
    Ok(Created::at(
        format!("/v1/products?category={}", category.handle),
        category,
    ))
}
