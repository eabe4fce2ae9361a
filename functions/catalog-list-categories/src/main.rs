//! `GET /v1/categories`: the tree, each category followed by all below it.

use catalog::Catalog;
use catalog::wire::CategoryView;
use kernel::Fault;
use platform::http::{self, Call, Listed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Catalog::new, list).await
}

async fn list(catalog: &'static Catalog, call: Call) -> Result<Listed<CategoryView>, Fault> {
    let asked = call.page();
    let page = catalog.categories(asked.limit, asked.cursor).await?;
    Ok(Listed::new(page).public_cache(60))
}
