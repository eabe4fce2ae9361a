//! `POST /v1/orders/{order_id}/cancel`: end an order, as its buyer or as staff, while nothing is shipped.

use authority::Keys;
use kernel::Fault;
use orders::wire::{CancelOrder, OrderView, Viewer};
use orders::{Actor, OrderId, Orders};
use platform::http::{self, Call, Caller, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_staff(Keys::new, Orders::new, cancel).await
}

async fn cancel(orders: &'static Orders, call: Call<CancelOrder>) -> Result<Json<OrderView>, Fault> {
    let order_id: OrderId = call.path("order_id")?;
    let (by, viewer) = match &call.caller {
        Caller::Staff(staff) => (Actor::Staff(staff.id.clone()), Viewer::Staff),
        Caller::Guest(_) | Caller::Public { .. } => {
            orders.of_guest(&order_id, &call.guest_cart()?).await?;
            (Actor::Buyer, Viewer::Buyer)
        }
    };
    let order = orders
        .cancel(&order_id, by, call.body.reason.clone(), call.now())
        .await?;
    let version = order.version();
    Ok(Json::new(OrderView::new(order, viewer)).with_etag(version))
}
