//! The functions of a purchase, wired as their `main`s wire them.

use std::collections::BTreeMap;

use authority::Guard;
use kernel::Fault;
use platform::Cloud;
use platform::http::{Call, Caller, Created, Json};
use testing::{Handler, edges};

pub(crate) type Functions = BTreeMap<&'static str, fn(&Cloud) -> Handler>;

/// Every function that a purchase passes through.
pub(crate) fn all() -> Functions {
    let mut functions = back_office();
    functions.extend(storefront());
    functions.extend(crate::background::all());
    functions
}

fn storefront() -> Functions {
    BTreeMap::from([
        ("carts-create", carts_create as fn(&Cloud) -> Handler),
        ("carts-add-line", carts_add_line),
        ("carts-update", carts_update),
        ("orders-create", orders_create),
        ("orders-get", orders_get),
        ("orders-cancel", orders_cancel),
        ("payments-complete-challenge", payments_complete_challenge),
        ("payments-receive-webhook", payments_receive_webhook),
    ])
}

fn carts_create(cloud: &Cloud) -> Handler {
    use carts::NewCarts;
    use carts::wire::{CreateCart, CreatedCartView};
    use platform::http::Sealed;
    async fn create(
        carts: &'static NewCarts,
        call: Call<CreateCart>,
    ) -> Result<Sealed<Created<CreatedCartView>>, Fault> {
        let view = carts.open(call.body.clone(), &call.ids(), call.now()).await?;
        Ok(Sealed(Created::at(view.cart.links.cart.clone(), view)))
    }
    edges::guarded(cloud, Guard::new, NewCarts::new, create)
}

fn carts_add_line(cloud: &Cloud) -> Handler {
    use carts::wire::{AddLine, CartView};
    use carts::{Access, Carts};
    async fn add(carts: &'static Carts, call: Call<AddLine>) -> Result<Json<CartView>, Fault> {
        let access = Access::of(&call.caller, call.path("cart_id")?)?;
        carts
            .add_line(&access, call.body.clone(), &call.ids(), call.now())
            .await
            .map(Json::new)
    }
    edges::guarded(cloud, Guard::new, Carts::new, add)
}

fn carts_update(cloud: &Cloud) -> Handler {
    use carts::wire::{CartView, UpdateCart};
    use carts::{Access, Carts};
    async fn update(carts: &'static Carts, call: Call<UpdateCart>) -> Result<Json<CartView>, Fault> {
        let access = Access::of(&call.caller, call.path("cart_id")?)?;
        carts
            .amend(&access, call.body.clone().into(), call.now())
            .await
            .map(Json::new)
    }
    edges::guarded(cloud, Guard::new, Carts::new, update)
}

fn orders_create(cloud: &Cloud) -> Handler {
    use orders::wire::{CreateOrder, OrderView, Viewer};
    use orders::{Checkout, Holder, PaymentMethod, PlaceError};
    async fn create(
        checkout: &'static Checkout,
        call: Call<CreateOrder>,
    ) -> Result<Created<OrderView>, Fault> {
        let holder = Holder::of(&call.caller)?;
        let CreateOrder {
            quote_id,
            payment_method,
        } = call.body.clone();
        let method = PaymentMethod::try_from(payment_method).map_err(PlaceError::from)?;
        let order = checkout
            .place(&holder, &quote_id, method, &call.ids(), call.now())
            .await?;
        Ok(Created::at(
            format!("/v1/orders/{}", order.order_id()),
            OrderView::new(order, Viewer::Buyer),
        ))
    }
    edges::guarded(cloud, Guard::new, Checkout::new, create)
}

fn orders_get(cloud: &Cloud) -> Handler {
    use orders::wire::{OrderView, Viewer};
    use orders::{Holder, OrderId, Orders};
    async fn get(orders: &'static Orders, call: Call) -> Result<Json<OrderView>, Fault> {
        let order_id: OrderId = call.path("order_id")?;
        let order = orders.of(&order_id, &Holder::of(&call.caller)?).await?;
        Ok(Json::new(OrderView::new(order, Viewer::Buyer)))
    }
    edges::guarded(cloud, Guard::new, Orders::new, get)
}

fn orders_cancel(cloud: &Cloud) -> Handler {
    use orders::wire::{CancelOrder, OrderView, Viewer};
    use orders::{Actor, OrderId, Orders};
    async fn cancel(orders: &'static Orders, call: Call<CancelOrder>) -> Result<Json<OrderView>, Fault> {
        let order_id: OrderId = call.path("order_id")?;
        let by = match &call.caller {
            Caller::Staff(staff) => Actor::Staff(staff.id.clone()),
            Caller::Guest(_) | Caller::Customer(_) | Caller::Public { .. } => Actor::Buyer,
        };
        let order = orders
            .cancel(&order_id, by, call.body.reason.clone(), call.now())
            .await?;
        Ok(Json::new(OrderView::new(order, Viewer::Buyer)))
    }
    edges::guarded(cloud, Guard::new, Orders::new, cancel)
}

fn back_office() -> Functions {
    BTreeMap::from([
        (
            "catalog-create-product",
            catalog_create_product as fn(&Cloud) -> Handler,
        ),
        ("catalog-publish-product", catalog_publish_product),
        ("pricing-put-region", pricing_put_region),
        ("inventory-create-location", inventory_create_location),
        ("inventory-adjust-stock", inventory_adjust_stock),
        ("orders-ship", orders_ship),
        ("payments-capture", payments_capture),
        ("payments-refund", payments_refund),
    ])
}

fn catalog_create_product(cloud: &Cloud) -> Handler {
    use catalog::Catalog;
    use catalog::wire::{CreateProduct, StaffProductView};
    async fn create(
        catalog: &'static Catalog,
        call: Call<CreateProduct>,
    ) -> Result<Json<StaffProductView>, Fault> {
        let new = call.body.clone().try_into().map_err(Fault::broken)?;
        catalog
            .create(&call.ids(), new)
            .await
            .map(Json::new)
            .map_err(Fault::from)
    }
    edges::guarded(cloud, Guard::new, Catalog::new, create)
}

fn catalog_publish_product(cloud: &Cloud) -> Handler {
    use catalog::Catalog;
    use catalog::wire::StaffProductView;
    async fn publish(catalog: &'static Catalog, call: Call) -> Result<Json<StaffProductView>, Fault> {
        let product_id = call.path("product_id")?;
        catalog
            .publish(&call.ids(), &product_id, None)
            .await
            .map(Json::new)
            .map_err(Fault::from)
    }
    edges::guarded(cloud, Guard::new, Catalog::new, publish)
}

fn pricing_put_region(cloud: &Cloud) -> Handler {
    use pricing::Pricing;
    use pricing::wire::{PutRegion, RegionView};
    async fn put(pricing: &'static Pricing, call: Call<PutRegion>) -> Result<Json<RegionView>, Fault> {
        let region_id = call.path("region_id")?;
        let terms = call.body.clone().try_into().map_err(Fault::broken)?;
        pricing
            .put_region(&region_id, None, terms, call.now())
            .await
            .map(Json::new)
            .map_err(Fault::from)
    }
    edges::guarded(cloud, Guard::new, Pricing::new, put)
}

fn orders_ship(cloud: &Cloud) -> Handler {
    use orders::wire::{ShipOrder, StaffOrderView};
    use orders::{Actor, OrderId, Orders};
    async fn ship(orders: &'static Orders, call: Call<ShipOrder>) -> Result<Json<StaffOrderView>, Fault> {
        let order_id: OrderId = call.path("order_id")?;
        let (by, now) = (Actor::Staff(call.staff()?.id.clone()), call.now());
        orders
            .ship(&order_id, call.body.clone().at(now), by, now)
            .await
            .map(Json::new)
    }
    edges::guarded(cloud, Guard::new, Orders::new, ship)
}

fn inventory_create_location(cloud: &Cloud) -> Handler {
    use inventory::wire::{CreateLocation, LocationView};
    use inventory::{Inventory, LocationId};
    async fn create(
        inventory: &'static Inventory,
        call: Call<CreateLocation>,
    ) -> Result<Created<LocationView>, Fault> {
        let id = LocationId::mint(&call.ids());
        let location = inventory.add_location(id, call.body.name).await?;
        Ok(Created::at(
            format!("/v1/admin/locations/{}", location.id),
            location,
        ))
    }
    edges::guarded(cloud, Guard::new, Inventory::new, create)
}

fn inventory_adjust_stock(cloud: &Cloud) -> Handler {
    use inventory::wire::{AdjustStock, AdjustmentView};
    use inventory::{AdjustmentId, Inventory};
    async fn adjust(
        inventory: &'static Inventory,
        call: Call<AdjustStock>,
    ) -> Result<Created<AdjustmentView>, Fault> {
        let id = AdjustmentId::mint(&call.ids());
        let adjust = call
            .body
            .clone()
            .into_adjust(id, call.path("sku")?, call.staff()?);
        Ok(Created::at("/v1/admin/stock", inventory.adjust(adjust).await?))
    }
    edges::guarded(cloud, Guard::new, Inventory::new, adjust)
}

fn payments_capture(cloud: &Cloud) -> Handler {
    use payments::wire::{CapturePayment, PaymentView};
    use payments::{CaptureId, Payments};
    async fn capture(
        payments: &'static Payments,
        call: Call<CapturePayment>,
    ) -> Result<Json<PaymentView>, Fault> {
        let id = CaptureId::mint(&call.ids());
        let payment = payments
            .capture(&call.path("order_id")?, id, call.body.amount)
            .await?;
        Ok(Json::new(PaymentView::of(payment)?))
    }
    edges::guarded(cloud, Guard::new, Payments::new, capture)
}

fn payments_refund(cloud: &Cloud) -> Handler {
    use payments::wire::{PaymentView, RefundPayment};
    use payments::{Payments, RefundId};
    async fn refund(
        payments: &'static Payments,
        call: Call<RefundPayment>,
    ) -> Result<Json<PaymentView>, Fault> {
        let id = RefundId::mint(&call.ids());
        let payment = payments
            .refund(&call.path("order_id")?, id, call.body.amount, &call.body.reason)
            .await?;
        Ok(Json::new(PaymentView::of(payment)?))
    }
    edges::guarded(cloud, Guard::new, Payments::new, refund)
}

fn payments_complete_challenge(cloud: &Cloud) -> Handler {
    use payments::Sandbox;
    use payments::wire::{ChallengeView, CompleteChallenge};
    async fn complete(
        sandbox: &'static Sandbox,
        call: Call<CompleteChallenge>,
    ) -> Result<Json<ChallengeView>, Fault> {
        let (id, outcome) = (call.path("challenge_id")?, call.body.outcome);
        sandbox.complete_challenge(&id, outcome.into()).await?;
        Ok(Json::new(ChallengeView { id, outcome }))
    }
    edges::guest(cloud, Sandbox::new, complete)
}

fn payments_receive_webhook(cloud: &Cloud) -> Handler {
    use payments::{Stamp, Webhooks};
    use platform::http::{NoContent, RawBody};
    async fn receive(webhooks: &'static Webhooks, call: Call<RawBody>) -> Result<NoContent, Fault> {
        let header = |name| call.header(name).unwrap_or_default();
        let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
        let stamp = Stamp {
            id,
            timestamp,
            signature: header("webhook-signature"),
        };
        webhooks.receive(stamp, &call.body.0).await?;
        Ok(NoContent::new())
    }
    edges::guest(cloud, Webhooks::new, receive)
}
