//! `POST /v1/orders`: turn the guest's or the customer's cart into an order, on the quote the buyer saw.

use authority::Guard;
use kernel::Fault;
use orders::wire::{CreateOrder, OrderView, Viewer};
use orders::{Checkout, Holder, PaymentMethod, PlaceError};
use platform::http::{self, Call, Created};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Checkout::new, create).await
}

async fn create(checkout: &'static Checkout, call: Call<CreateOrder>) -> Result<Created<OrderView>, Fault> {
    let holder = Holder::of(&call.caller)?;
    let CreateOrder {
        quote_id,
        payment_method,
    } = call.body.clone();
    let method = PaymentMethod::try_from(payment_method).map_err(PlaceError::from)?;
    let order = checkout
        .place(&holder, &quote_id, method, &call.ids(), call.now())
        .await?;
    let order = checkout.settled(order, call.prefer_wait().unwrap_or(0)).await?;
    let location = format!("/v1/orders/{}", order.order_id());
    let viewer = Viewer::of(&holder, &order);
    Ok(Created::at(location, OrderView::new(order, viewer)))
}
