//! Placing an order: from a quoted cart to a pending order, in one transaction.

use carts::{Access, Carts, Holder, OrderId, QuotedCart, QuotedError};
use kernel::{Fault, FieldFault, Ids, Time};
use payments::MethodError;
use platform::Cloud;
use platform::table::Transaction;

use crate::order::{Line, LineId, Order, PaymentMethod, Purchase, Shipping};
use crate::store::{Blinding, Owner, Store};

/// How often a transaction that met another one is tried.
const TRIES_MAX: u32 = 5;

/// Places orders: the one use case that needs the carts and their market.
pub struct Checkout {
    pub(crate) store: Store,
    carts: Carts,
    blinding: Blinding,
}

/// Why an order could not be placed.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The cart cannot become an order now, or not on this quote.
    #[error(transparent)]
    Cart(#[from] QuotedError),
    /// The shop does not take this method of payment.
    #[error(transparent)]
    PaymentMethod(#[from] MethodError),
    /// The order could not be stored.
    #[error("the order could not be stored")]
    Store(#[source] Fault),
}

impl From<PlaceError> for Fault {
    fn from(error: PlaceError) -> Self {
        let detail = error.to_string();
        match error {
            PlaceError::Cart(refused) => refused.into(),
            PlaceError::PaymentMethod(refused) => {
                let field = match refused {
                    MethodError::UnknownProvider => "payment_method.provider",
                    MethodError::UnknownToken | MethodError::CardNumber => "payment_method.token",
                };
                let fields = vec![FieldFault::new(field, refused.code(), detail.clone())];
                Self::Invalid {
                    code: refused.code(),
                    detail,
                    fields,
                }
            }
            PlaceError::Store(fault) => fault,
        }
    }
}

impl Checkout {
    /// From what the manifest grants: `orders`, and all that [`Carts`] needs.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            store: Store::new(cloud),
            carts: Carts::new(cloud),
            blinding: Blinding::new(cloud),
        }
    }

    /// Turns a cart into an order and closes the cart, both or neither: the guest's own cart, or of
    /// a customer the one that the quote was made for.
    ///
    /// Prices are those of the quote the buyer saw; a quote that is older than 15 minutes or no
    /// longer holds is refused. The second call with the same ids finds its own order and answers
    /// with it, as it has become since, also when the first answer was lost. Two calls with
    /// different ids place one order: the cart's row is the guard.
    pub async fn place(
        &self,
        holder: &Holder,
        quote_id: &str,
        method: PaymentMethod,
        ids: &Ids<'_>,
        now: Time,
    ) -> Result<Order, PlaceError> {
        let order_id = OrderId::mint(ids);
        let cart_id = self
            .carts
            .named_by(holder, quote_id)
            .ok_or(QuotedError::Unknown)?;
        let access = Access::new(holder.clone(), cart_id.clone());
        for _ in 0..TRIES_MAX {
            let cart = match self.carts.quoted(&access, quote_id, now).await {
                Ok(cart) => cart,
                Err(refused) => return self.own(&order_id, holder).await?.ok_or(refused.into()),
            };
            let purchase = purchase(&cart, method.clone()).map_err(PlaceError::Store)?;
            let mut order = Order::place(order_id.clone(), cart_id.clone(), purchase, now);
            order.customer_id.clone_from(&cart.customer_id);
            let Err(error) = self.placing(&order, &cart, now).commit().await else {
                return Ok(order);
            };
            // A failed condition: either the order is there since the answer to an earlier try was
            // lost, or the cart has moved. The next round says which.
            if !error.is_condition_failed() && !error.is_conflict() {
                return Err(PlaceError::Store(error.into()));
            }
        }
        Err(PlaceError::Store(Fault::busy(
            "the cart moves faster than an order can be placed",
        )))
    }

    fn placing(&self, order: &Order, cart: &QuotedCart, now: Time) -> Transaction {
        let owner = match &order.customer_id {
            Some(customer_id) => Owner::Customer(customer_id.clone()),
            None => self.blinding.owner(&order.purchase.email),
        };
        let transaction = Transaction::new()
            .with(self.store.inserting(order))
            .with(self.carts.completing(cart, &order.order_id, now))
            .with(self.store.entering(order, &owner));
        match &order.customer_id {
            Some(customer_id) => transaction.with(self.store.living(customer_id)),
            None => transaction,
        }
    }

    /// The order that an earlier try of this very call has placed.
    async fn own(&self, order_id: &OrderId, holder: &Holder) -> Result<Option<Order>, PlaceError> {
        let order = self.store.find(order_id).await.map_err(PlaceError::Store)?;
        Ok(order.filter(|order| order.is_of(holder)))
    }
}

/// The snapshot of everything that was agreed.
fn purchase(cart: &QuotedCart, payment_method: PaymentMethod) -> Result<Purchase, Fault> {
    let line = |line: &carts::QuotedLine| {
        Ok(Line {
            line_id: LineId::sibling_of(line.line_id.as_str()).map_err(Fault::broken)?,
            sku: line.sku.clone(),
            product_id: line.product_id.clone(),
            title: line.title.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            subtotal: line.subtotal,
            tax_rate: line.tax_rate,
            tax: line.tax,
            total: line.total,
            tracks_inventory: line.tracks_inventory,
            allow_backorder: line.allow_backorder,
        })
    };
    let shipping = Shipping {
        option_id: cart.shipping.option_id.clone(),
        name: cart.shipping.name.clone(),
        amount: cart.shipping.amount,
        tax: cart.shipping.tax,
        total: cart.shipping.total,
        address: cart.shipping_address.clone(),
    };
    Ok(Purchase {
        region_id: cart.region_id.clone(),
        currency: cart.quote.currency,
        prices_include_tax: cart.quote.prices_include_tax,
        lines: cart.quote.lines.iter().map(line).collect::<Result<_, Fault>>()?,
        shipping,
        subtotal: cart.quote.subtotal,
        tax: cart.quote.tax,
        total: cart.quote.total,
        email: cart.email.clone(),
        billing_address: cart.billing_address.clone(),
        payment_method,
    })
}

impl Checkout {
    /// The order once it is decided or needs the buyer, or as it is after so many seconds.
    pub async fn settled(&self, order: Order, wait_s: u32) -> Result<Order, Fault> {
        crate::advance::settled(&self.store, order, wait_s).await
    }
}
