//! `GET /v1/account/orders`: the customer's orders, newest first.

use authority::Guard;
use kernel::Fault;
use orders::wire::OwnOrderView;
use orders::{CustomerId, CustomerOrders};
use platform::http::{self, Call, Listed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, CustomerOrders::new, list_mine).await
}

async fn list_mine(orders: &'static CustomerOrders, call: Call) -> Result<Listed<OwnOrderView>, Fault> {
    let customer_id = CustomerId::parse(&call.customer()?.user_id).map_err(Fault::broken)?;
    let page = call.page();
    let orders = orders.list(&customer_id, page.limit, page.cursor).await?;
    Ok(Listed::new(orders))
}
