//! `POST /v1/admin/orders/{order_id}/refunds`: give back what was captured, or part of it.

use authority::Guard;
use kernel::Fault;
use payments::wire::{PaymentView, RefundPayment};
use payments::{OrderId, Payments, RefundId};
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Payments::new, refund).await
}

async fn refund(payments: &'static Payments, call: Call<RefundPayment>) -> Result<Json<PaymentView>, Fault> {
    let order_id: OrderId = call.path("order_id")?;
    let id = RefundId::mint(&call.ids());
    let payment = payments
        .refund(&order_id, id, call.body.amount, &call.body.reason)
        .await?;
    let version = payment.version;
    Ok(Json::new(PaymentView::of(payment)?).with_etag(version))
}
