//! What a buyer does with a cart: look at it, and change it.
//!
//! Changes of a cart commute well enough that none is ever refused for coming at the same time as
//! another: a lost race is read again and repeated here, within limits, and a buyer never sees it.

use kernel::{Fault, FieldFault, Ids, Quantity, Sku, Time};
use platform::Cloud;
use platform::token::Sealer;

use crate::cart::{Cart, CartId, Details, LineId};
use crate::market::{Market, Stall};
use crate::quote::Quote;
use crate::quote_id::Seen;
use crate::store::Store;
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
    pub async fn view(&self, cart_id: &CartId, now: Time) -> Result<CartView, Fault> {
        let cart = self.find(cart_id).await?;
        let stall = self.market.stall(&cart, None).await?;
        let quote = stall.quote(&cart)?;
        self.quoted_view(cart, quote, now)
    }

    /// Sets or empties e-mail, addresses and way of shipping. The second call changes nothing.
    pub async fn amend(&self, cart_id: &CartId, details: Details, now: Time) -> Result<CartView, Fault> {
        self.change(
            cart_id,
            None,
            now,
            |cart, _| Ok(cart.amend(details.clone(), now)?),
        )
        .await
    }

    /// Puts goods into the cart, at today's price; more of what is there already adds up.
    ///
    /// What is not on sale in the cart's currency is refused (`not_for_sale`). The second call with
    /// the same ids adds nothing.
    pub async fn add_line(
        &self,
        cart_id: &CartId,
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
        self.change(cart_id, Some(&sku), now, add).await
    }

    /// Sets how many pieces a line holds. The second call changes nothing.
    pub async fn set_quantity(
        &self,
        cart_id: &CartId,
        line_id: &LineId,
        quantity: Quantity,
        now: Time,
    ) -> Result<CartView, Fault> {
        self.change(cart_id, None, now, |cart, _| {
            Ok(cart.set_quantity(line_id, quantity, now)?)
        })
        .await
    }

    pub(crate) async fn find(&self, cart_id: &CartId) -> Result<Cart, Fault> {
        self.store.find(cart_id).await?.ok_or(Fault::missing("cart"))
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
        cart_id: &CartId,
        more: Option<&Sku>,
        now: Time,
        apply: impl Fn(&mut Cart, &Stall) -> Result<(), Fault>,
    ) -> Result<CartView, Fault> {
        for _ in 0..TRIES_MAX {
            let mut cart = self.find(cart_id).await?;
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

/// Refuses a cart that the guest's token does not open, as if it did not exist.
pub fn must_be_own(guest_cart: &CartId, asked: &CartId) -> Result<(), Fault> {
    if guest_cart == asked {
        Ok(())
    } else {
        Err(Fault::missing("cart"))
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
