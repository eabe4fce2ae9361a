//! `GET /v1/products`: a page of what is on sale, the last published first.

use catalog::Catalog;
use catalog::wire::{CardView, ListProducts};
use kernel::Fault;
use platform::http::{self, Call, Listed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Catalog::new, list).await
}

async fn list(catalog: &'static Catalog, call: Call<(), ListProducts>) -> Result<Listed<CardView>, Fault> {
    let (asked, currency) = (call.page(), call.query.currency);
    let page = catalog
        .browse(call.query.filter()?, asked.limit, asked.cursor)
        .await?;
    let cards = page.map(|card| CardView::of(card, currency));
    Ok(Listed::new(cards).public_cache(60))
}
