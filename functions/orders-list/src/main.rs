//! `GET /v1/admin/orders`: orders, newest first, of one status or all.

use authority::Guard;
use kernel::Fault;
use orders::Orders;
use orders::wire::{ListOrders, OrderSummaryView};
use platform::http::{self, Call, Listed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Orders::new, list).await
}

async fn list(
    orders: &'static Orders,
    call: Call<(), ListOrders>,
) -> Result<Listed<OrderSummaryView>, Fault> {
    let page = call.page();
    let orders = orders
        .list(call.query.status.map(Into::into), page.limit, page.cursor)
        .await?;
    Ok(Listed::new(orders))
}
