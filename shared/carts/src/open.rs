//! Opening a cart.

use std::collections::BTreeMap;

use kernel::{Duration, Fault, FieldFault, Ids, Time};
use platform::Cloud;
use platform::http::Caller;
use platform::token::CartTokens;
use pricing::region::Region;

use crate::access::Holder;
use crate::cart::{Cart, CartId, Details};
use crate::change::{Carts, TRIES_MAX};
use crate::join::{join, open_one};
use crate::quote::Quote;
use crate::store::Current;
use crate::wire::{CartView, CreateCart, CreatedCartView};

/// How long a cart's token opens the cart and the order that it becomes.
pub const TOKEN_LIFE: Duration = Duration::days(365);

/// Opens carts.
pub struct NewCarts {
    carts: Carts,
    tokens: CartTokens,
}

impl NewCarts {
    /// From what the manifest grants: all that [`Carts`] needs.
    pub fn new(cloud: &Cloud) -> Self {
        let issuer = cloud.setting("APP_NAME").unwrap_or("cartwright");
        let tokens = CartTokens::new(cloud.secret("signing").bytes(), issuer);
        Self {
            carts: Carts::new(cloud),
            tokens,
        }
    }

    /// Opens an empty guest's cart in a region, and makes the token that opens it.
    ///
    /// An unknown region is refused (`unknown_region`). The second call with the same ids answers
    /// with the same cart, as it has become since, and with a token just as good.
    pub async fn open(&self, wish: CreateCart, ids: &Ids<'_>, now: Time) -> Result<CreatedCartView, Fault> {
        let (cart, region) = self.empty(wish, ids, now).await?;
        let cart = self.carts.store.insert(cart).await?;
        let quote = Quote::of(&cart, &region, &BTreeMap::new())?;
        let cart_token = self
            .tokens
            .sign(cart.cart_id.as_str(), now, now.plus(TOKEN_LIFE))?;
        Ok(CreatedCartView {
            cart: CartView::new(cart, quote, None),
            cart_token: Some(cart_token),
        })
    }

    /// The customer's open cart: the one they have, else the guest's cart whose token they bring,
    /// else a new one in the wished region. A guest's cart beside one they have is merged into it.
    /// A customer's cart has no token; the second call answers with the same cart.
    pub async fn open_own(
        &self,
        holder: &Holder,
        wish: CreateCart,
        ids: &Ids<'_>,
        now: Time,
    ) -> Result<CreatedCartView, Fault> {
        let store = &self.carts.store;
        let Some(customer_id) = holder.customer_id() else {
            return self.open(wish, ids, now).await;
        };
        if let Some(cart_id) = holder.guest_cart() {
            join(store, customer_id, cart_id, now).await?;
        }
        let (mut fresh, _) = self.empty(wish, ids, now).await?;
        fresh.customer_id = Some(customer_id.clone());
        for _ in 0..TRIES_MAX {
            let seen = store.current(customer_id).await?;
            if seen == Current::Erased {
                break;
            }
            if let Some(own) = open_one(store, &seen).await? {
                return self.without_token(own, now).await;
            }
            match store.giving(&fresh, None, customer_id, &seen).commit().await {
                Ok(()) => return self.without_token(fresh, now).await,
                Err(error) if error.is_condition_failed() || error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
            // This very call has made the cart before, and it has come to its end since.
            if let Some(before) = store
                .find(&fresh.cart_id)
                .await?
                .filter(|cart| cart.must_be_open().is_err())
            {
                return self.without_token(before, now).await;
            }
        }
        Err(Fault::busy(
            "the customer's carts change faster than one can be opened",
        ))
    }

    /// The customer who calls, with the guest's cart whose token they bring along. A token that opens
    /// nothing any more is no reason not to get a cart.
    pub fn holder(&self, caller: &Caller, token: Option<&str>, now: Time) -> Result<Holder, Fault> {
        let brought = token.and_then(|token| self.tokens.verify(token, now).ok());
        let brought = brought.and_then(|cart_id| CartId::parse(&cart_id).ok());
        Ok(match Holder::of(caller)? {
            Holder::Customer {
                customer_id,
                guest_cart,
            } => Holder::Customer {
                customer_id,
                guest_cart: guest_cart.or(brought),
            },
            guest @ Holder::Guest { .. } => guest,
        })
    }

    async fn empty(&self, wish: CreateCart, ids: &Ids<'_>, now: Time) -> Result<(Cart, Region), Fault> {
        let Some(region) = self.carts.market.region(&wish.region_id).await? else {
            let message = format!("there is no region `{}`", wish.region_id);
            return Err(Fault::invalid_fields(vec![FieldFault::new(
                "region_id",
                "unknown_region",
                message,
            )]));
        };
        let mut cart = Cart::open(CartId::mint(ids), wish.region_id, region.terms.currency, now);
        let details = Details {
            email: wish.email.map(Some),
            ..Details::default()
        };
        cart.amend(details, now)?;
        Ok((cart, region))
    }

    async fn without_token(&self, cart: Cart, now: Time) -> Result<CreatedCartView, Fault> {
        Ok(CreatedCartView {
            cart: self.carts.priced(cart, now).await?,
            cart_token: None,
        })
    }
}
