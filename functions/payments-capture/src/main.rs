//! `POST /v1/admin/orders/{order_id}/capture`: take what is authorized, or part of it.

use authority::Guard;
use kernel::Fault;
use payments::wire::{CapturePayment, PaymentView};
use payments::{CaptureId, OrderId, Payments};
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Payments::new, capture).await
}

async fn capture(
    payments: &'static Payments,
    call: Call<CapturePayment>,
) -> Result<Json<PaymentView>, Fault> {
    let order_id: OrderId = call.path("order_id")?;
    let id = CaptureId::mint(&call.ids());
    let payment = payments.capture(&order_id, id, call.body.amount).await?;
    let version = payment.version;
    Ok(Json::new(PaymentView::of(payment)?).with_etag(version))
}
