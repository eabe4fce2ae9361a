//! `GET /v1/orders/{order_id}`: the order of the guest's cart, as its buyer sees it.

use kernel::Fault;
use orders::wire::{OrderView, Viewer};
use orders::{OrderId, Orders};
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(Orders::new, get).await
}

async fn get(orders: &'static Orders, call: Call) -> Result<Json<OrderView>, Fault> {
    let order_id: OrderId = call.path("order_id")?;
    let order = orders.of_guest(&order_id, &call.guest_cart()?).await?;
    let version = order.version();
    Ok(Json::new(OrderView::new(order, Viewer::Buyer)).with_etag(version))
}
