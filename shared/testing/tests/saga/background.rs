//! The functions that no client calls, wired as their `main`s wire them.

use std::collections::BTreeMap;

use kernel::Fault;
use platform::Cloud;
use platform::queue::Message;
use platform::schedule::{Swept, Tick};
use platform::stream::Change;
use testing::{Handler, edges};

use crate::functions::Functions;

/// Every function that no client calls.
pub(crate) fn all() -> Functions {
    BTreeMap::from([
        ("orders-stream", orders_stream as fn(&Cloud) -> Handler),
        ("orders-on-stock-decided", orders_on_stock_decided),
        ("orders-on-payment-changed", orders_on_payment_changed),
        ("orders-expire", orders_expire),
        ("carts-on-order-canceled", carts_on_order_canceled),
        ("inventory-stream", inventory_stream),
        ("inventory-on-order-placed", inventory_on_order_placed),
        ("inventory-on-order-canceled", inventory_on_order_canceled),
        ("inventory-on-order-shipped", inventory_on_order_shipped),
        ("payments-stream", payments_stream),
        ("payments-on-order-reserved", payments_on_order_reserved),
        ("payments-on-order-canceled", payments_on_order_canceled),
        ("payments-on-order-shipped", payments_on_order_shipped),
        ("payments-reconcile", payments_reconcile),
        ("sandbox-stream", sandbox_stream),
        (
            "notifications-on-order-confirmed",
            notifications_on_order_confirmed,
        ),
    ])
}

fn orders_stream(cloud: &Cloud) -> Handler {
    edges::outbox(cloud, orders::facts::from_change)
}

fn inventory_stream(cloud: &Cloud) -> Handler {
    edges::outbox(cloud, inventory::facts::from_change)
}

fn payments_stream(cloud: &Cloud) -> Handler {
    edges::outbox(cloud, payments::facts::from_change)
}

fn orders_on_stock_decided(cloud: &Cloud) -> Handler {
    use orders::Orders;
    use orders::facts::StockDecided;
    async fn hear(orders: &'static Orders, message: Message<StockDecided>) -> Result<(), Fault> {
        orders.stock_decided(message.fact).await
    }
    edges::queue(cloud, Orders::new, hear)
}

fn orders_on_payment_changed(cloud: &Cloud) -> Handler {
    use orders::Orders;
    use orders::facts::PaymentChanged;
    async fn hear(orders: &'static Orders, message: Message<PaymentChanged>) -> Result<(), Fault> {
        orders.payment_changed(message.fact).await
    }
    edges::queue(cloud, Orders::new, hear)
}

fn orders_expire(cloud: &Cloud) -> Handler {
    use orders::Orders;
    async fn expire(orders: &'static Orders, tick: Tick) -> Result<Swept, Fault> {
        orders.expire(tick.at).await
    }
    edges::schedule(cloud, Orders::new, expire)
}

fn carts_on_order_canceled(cloud: &Cloud) -> Handler {
    use carts::CartKeeping;
    use carts::facts::OrderCanceled;
    async fn hear(carts: &'static CartKeeping, message: Message<OrderCanceled>) -> Result<(), Fault> {
        if !message.fact.reopen_cart {
            return Ok(());
        }
        carts.reopen(&message.fact.cart_id, &message.fact.order_id).await
    }
    edges::queue(cloud, CartKeeping::new, hear)
}

fn inventory_on_order_placed(cloud: &Cloud) -> Handler {
    use inventory::heard::OrderPlaced;
    use inventory::{Demand, Inventory};
    async fn hear(inventory: &'static Inventory, batch: Vec<Message<OrderPlaced>>) -> Vec<Result<(), Fault>> {
        let demands = batch
            .into_iter()
            .map(|message| Demand::from(message.fact))
            .collect();
        inventory
            .reserve(demands)
            .await
            .into_iter()
            .map(|outcome| outcome.map_err(Fault::from))
            .collect()
    }
    edges::batch(cloud, Inventory::new, hear)
}

fn inventory_on_order_canceled(cloud: &Cloud) -> Handler {
    use inventory::Inventory;
    use inventory::heard::OrderCanceled;
    async fn hear(inventory: &'static Inventory, message: Message<OrderCanceled>) -> Result<(), Fault> {
        Ok(inventory.release(&message.fact.order_id).await?)
    }
    edges::queue(cloud, Inventory::new, hear)
}

fn inventory_on_order_shipped(cloud: &Cloud) -> Handler {
    use inventory::Inventory;
    use inventory::heard::OrderShipped;
    async fn hear(inventory: &'static Inventory, message: Message<OrderShipped>) -> Result<(), Fault> {
        Ok(inventory.ship(&message.fact.order_id).await?)
    }
    edges::queue(cloud, Inventory::new, hear)
}

fn payments_on_order_reserved(cloud: &Cloud) -> Handler {
    use payments::Payments;
    use payments::heard::OrderReserved;
    async fn hear(payments: &'static Payments, message: Message<OrderReserved>) -> Result<(), Fault> {
        Ok(payments.authorize(message.fact.into()).await?)
    }
    edges::queue(cloud, Payments::new, hear)
}

fn payments_on_order_canceled(cloud: &Cloud) -> Handler {
    use payments::Payments;
    use payments::heard::OrderCanceled;
    async fn hear(payments: &'static Payments, message: Message<OrderCanceled>) -> Result<(), Fault> {
        Ok(payments.cancel(&message.fact.order_id).await?)
    }
    edges::queue(cloud, Payments::new, hear)
}

fn payments_on_order_shipped(cloud: &Cloud) -> Handler {
    use payments::Payments;
    use payments::heard::OrderShipped;
    async fn hear(payments: &'static Payments, message: Message<OrderShipped>) -> Result<(), Fault> {
        Ok(payments.capture_shipped(&message.fact.order_id).await?)
    }
    edges::queue(cloud, Payments::new, hear)
}

fn payments_reconcile(cloud: &Cloud) -> Handler {
    use payments::Payments;
    async fn reconcile(payments: &'static Payments, tick: Tick) -> Result<Swept, Fault> {
        payments.reconcile(tick.at).await
    }
    edges::schedule(cloud, Payments::new, reconcile)
}

fn sandbox_stream(cloud: &Cloud) -> Handler {
    use payments::Notifier;
    async fn tell(notifier: &'static Notifier, change: Change) -> Result<(), Fault> {
        notifier.tell(&change).await
    }
    edges::changes(cloud, Notifier::new, tell)
}

fn notifications_on_order_confirmed(cloud: &Cloud) -> Handler {
    use notifications::Notifications;
    use notifications::heard::OrderConfirmed;
    async fn hear(
        notifications: &'static Notifications,
        message: Message<OrderConfirmed>,
    ) -> Result<(), Fault> {
        Ok(notifications.confirmed(&message.fact).await?)
    }
    edges::queue(cloud, Notifications::new, hear)
}
