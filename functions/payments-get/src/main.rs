//! `GET /v1/admin/orders/{order_id}/payment`: where an order's money is, and how it came there.

use authority::Guard;
use kernel::Fault;
use payments::wire::StatementView;
use payments::{OrderId, Statements};
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Statements::new, get).await
}

async fn get(statements: &'static Statements, call: Call) -> Result<Json<StatementView>, Fault> {
    let order_id: OrderId = call.path("order_id")?;
    let (payment, entries) = statements.of_order(&order_id).await?;
    let version = payment.version;
    Ok(Json::new(StatementView::of(payment, entries)?).with_etag(version))
}
