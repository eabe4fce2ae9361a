//! `GET /v1/admin/products`: a page of products in any status.

use authority::Guard;
use catalog::Catalog;
use catalog::wire::{InspectProducts, SummaryView};
use kernel::Fault;
use platform::http::{self, Call, Listed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Catalog::new, inspect).await
}

async fn inspect(
    catalog: &'static Catalog,
    call: Call<(), InspectProducts>,
) -> Result<Listed<SummaryView>, Fault> {
    let (asked, status) = (call.page(), call.query.status.map(Into::into));
    let page = catalog.inspect_all(status, asked.limit, asked.cursor).await?;
    Ok(Listed::new(page))
}
