//! `POST /v1/orders/{order_id}/cancel`: end an order, as its buyer or as staff, while nothing is shipped.

use authority::Guard;
use kernel::Fault;
use orders::wire::{CancelOrder, OrderView, Viewer};
use orders::{Actor, Holder, OrderId, Orders, Wanted};
use platform::http::{self, Call, Caller, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Orders::new, cancel).await
}

async fn cancel(orders: &'static Orders, call: Call<CancelOrder>) -> Result<Json<OrderView>, Fault> {
    let order_id: OrderId = call.path("order_id")?;
    let (by, viewer) = match &call.caller {
        Caller::Staff(staff) => (Actor::Staff(staff.id.clone()), Viewer::Staff),
        Caller::Guest(_) | Caller::Customer(_) | Caller::Public { .. } => {
            let holder = Holder::of(&call.caller)?;
            let order = orders.of(&order_id, &holder).await?;
            (Actor::Buyer, Viewer::of(&holder, &order))
        }
    };
    let wanted = Wanted {
        order_id: &order_id,
        version: call.if_match.version()?,
    };
    let order = orders
        .cancel(wanted, by, call.body.reason.clone(), call.now())
        .await?;
    let version = order.version();
    Ok(Json::new(OrderView::new(order, viewer)).with_etag(version))
}
