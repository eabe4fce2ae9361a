//! What a buyer does with a cart: look at it, and change it.
//!
//! Changes of a cart commute well enough that none is ever refused for coming at the same time as
//! another: a lost race is read again and repeated here, within limits, and a buyer never sees it.

use kernel::{Fault, FieldFault, Ids, Quantity, Sku, Time};
use platform::Cloud;
use platform::token::Sealer;

use crate::access::Access;
use crate::cart::{Cart, CustomerId, Details, LineId};
use crate::market::{Market, Stall};
use crate::quote::Quote;
use crate::quote_id::Seen;
use crate::store::{Current, Store};
use crate::wire::{AddLine, CartView};

/// How often a lost race is run again. Every lost race is another change that was stored, so this
/// is how many may change one cart at the same moment.
pub(crate) const TRIES_MAX: u32 = 25;

/// Open carts with today's prices.
pub struct Carts {
    pub(crate) store: Store,
    pub(crate) market: Market,
    pub(crate) sealer: Sealer,
}

impl Carts {
    /// From what the manifest grants: `carts`, `catalog`, `pricing`, `inventory`, the secret `signing`.
    pub fn new(cloud: &Cloud) -> Self {
        let sealer = Sealer::new(cloud.secret("signing").bytes());
        Self {
            store: Store::new(cloud),
            market: Market::new(cloud),
            sealer,
        }
    }

    /// The cart and what it would cost now. Writes nothing.
    pub async fn view(&self, access: &Access, now: Time) -> Result<CartView, Fault> {
        let cart = self.find(access).await?;
        self.priced(cart, now).await
    }

    /// The customer's open cart. Writes nothing; missing when there is none.
    pub async fn current(&self, customer_id: &CustomerId, now: Time) -> Result<CartView, Fault> {
        let cart = match self.store.current(customer_id).await? {
            Current::Cart(cart_id) => self.store.find(&cart_id).await?,
            Current::None | Current::Erased => None,
        };
        let open = cart.filter(|cart| cart.must_be_open().is_ok());
        self.priced(open.ok_or(Fault::missing("cart"))?, now).await
    }

    pub(crate) async fn priced(&self, cart: Cart, now: Time) -> Result<CartView, Fault> {
        let stall = self.market.stall(&cart, None).await?;
        let quote = stall.quote(&cart)?;
        self.quoted_view(cart, quote, now)
    }

    /// Sets or empties e-mail, addresses and way of shipping. The second call changes nothing.
    pub async fn amend(&self, access: &Access, details: Details, now: Time) -> Result<CartView, Fault> {
        self.change(access, None, now, |cart, _| Ok(cart.amend(details.clone(), now)?))
            .await
    }

    /// Puts goods into the cart, at today's price; more of what is there already adds up.
    ///
    /// What is not on sale in the cart's currency is refused (`not_for_sale`). The second call with
    /// the same ids adds nothing.
    pub async fn add_line(
        &self,
        access: &Access,
        wish: AddLine,
        ids: &Ids<'_>,
        now: Time,
    ) -> Result<CartView, Fault> {
        let AddLine { sku, quantity } = wish;
        let line_id = LineId::mint(ids);
        let add = |cart: &mut Cart, stall: &Stall| {
            cart.must_be_open()?;
            let goods = stall.goods(&sku).ok_or_else(|| not_for_sale(&sku, cart))?;
            Ok(cart.add(line_id.clone(), goods, quantity, now)?)
        };
        self.change(access, Some(&sku), now, add).await
    }

    /// Sets how many pieces a line holds. The second call changes nothing.
    pub async fn set_quantity(
        &self,
        access: &Access,
        line_id: &LineId,
        quantity: Quantity,
        now: Time,
    ) -> Result<CartView, Fault> {
        self.change(access, None, now, |cart, _| {
            Ok(cart.set_quantity(line_id, quantity, now)?)
        })
        .await
    }

    async fn find(&self, access: &Access) -> Result<Cart, Fault> {
        access.open(self.store.find(&access.cart_id).await?)
    }

    fn quoted_view(&self, cart: Cart, quote: Quote, now: Time) -> Result<CartView, Fault> {
        let can_be_placed = cart.must_be_open().is_ok() && quote.is_complete();
        let quote_id = can_be_placed
            .then(|| Seen::of(&cart, &quote).seal(&self.sealer, now))
            .transpose()?;
        Ok(CartView::new(cart, quote, quote_id))
    }

    async fn change(
        &self,
        access: &Access,
        more: Option<&Sku>,
        now: Time,
        apply: impl Fn(&mut Cart, &Stall) -> Result<(), Fault>,
    ) -> Result<CartView, Fault> {
        for _ in 0..TRIES_MAX {
            let mut cart = self.find(access).await?;
            let stall = self.market.stall(&cart, more).await?;
            let read = cart.version;
            apply(&mut cart, &stall)?;
            // What cannot be priced is not stored either.
            let quote = stall.quote(&cart)?;
            if cart.version == read || self.store.replace(&cart, read).await? {
                return self.quoted_view(cart, quote, now);
            }
        }
        Err(Fault::busy(
            "the cart changes faster than this change can be stored",
        ))
    }
}

fn not_for_sale(sku: &Sku, cart: &Cart) -> Fault {
    let detail = format!("`{sku}` is not for sale in {}", cart.currency);
    Fault::Refused {
        code: "not_for_sale",
        detail: detail.clone(),
        fields: vec![FieldFault::new("sku", "not_for_sale", detail)],
    }
}
