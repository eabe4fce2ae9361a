//! `POST /v1/admin/orders/{order_id}/ship`: hand a confirmed order to a carrier.

use authority::Guard;
use kernel::Fault;
use orders::wire::{ShipOrder, StaffOrderView};
use orders::{Actor, OrderId, Orders, Wanted};
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Orders::new, ship).await
}

async fn ship(orders: &'static Orders, call: Call<ShipOrder>) -> Result<Json<StaffOrderView>, Fault> {
    let order_id: OrderId = call.path("order_id")?;
    let (by, now) = (Actor::Staff(call.staff()?.id.clone()), call.now());
    let wanted = Wanted {
        order_id: &order_id,
        version: call.if_match.version()?,
    };
    let order = orders.ship(wanted, call.body.clone().at(now), by, now).await?;
    let version = order.version();
    Ok(Json::new(order).with_etag(version))
}
