//! `GET /v1/orders/{order_id}`: the order of the guest's cart or of the customer, as its buyer sees it.

use authority::Guard;
use kernel::Fault;
use orders::wire::{OrderView, Viewer};
use orders::{Holder, OrderId, Orders};
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Orders::new, get).await
}

async fn get(orders: &'static Orders, call: Call) -> Result<Json<OrderView>, Fault> {
    let order_id: OrderId = call.path("order_id")?;
    let holder = Holder::of(&call.caller)?;
    let order = orders.of(&order_id, &holder).await?;
    let (version, viewer) = (order.version(), Viewer::of(&holder, &order));
    Ok(Json::new(OrderView::new(order, viewer)).with_etag(version))
}
