//! `POST /v1/admin/orders/{order_id}/deliver`: note that a shipped order has arrived.

use authority::Guard;
use kernel::Fault;
use orders::wire::StaffOrderView;
use orders::{Actor, OrderId, Orders, Wanted};
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Orders::new, deliver).await
}

async fn deliver(orders: &'static Orders, call: Call) -> Result<Json<StaffOrderView>, Fault> {
    let order_id: OrderId = call.path("order_id")?;
    let by = Actor::Staff(call.staff()?.id.clone());
    let wanted = Wanted {
        order_id: &order_id,
        version: call.if_match.version()?,
    };
    let order = orders.deliver(wanted, by, call.now()).await?;
    let version = order.version();
    Ok(Json::new(order).with_etag(version))
}
