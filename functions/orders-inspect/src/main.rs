//! `GET /v1/admin/orders/{order_id}`: an order with its payment and its history.

use authority::Guard;
use kernel::Fault;
use orders::wire::StaffOrderView;
use orders::{OrderId, Orders};
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Orders::new, inspect).await
}

async fn inspect(orders: &'static Orders, call: Call) -> Result<Json<StaffOrderView>, Fault> {
    let order_id: OrderId = call.path("order_id")?;
    let order = orders.inspect(&order_id).await?;
    let version = order.version();
    Ok(Json::new(order).with_etag(version))
}
