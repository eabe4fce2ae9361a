//! Opening a cart.

use std::collections::BTreeMap;

use kernel::{Duration, Fault, FieldFault, Ids, Time};
use platform::Cloud;
use platform::token::CartTokens;
use pricing::Pricing;

use crate::cart::{Cart, CartId, Details};
use crate::quote::Quote;
use crate::store::Store;
use crate::wire::{CartView, CreateCart, CreatedCartView};

/// How long a cart's token opens the cart and the order that it becomes.
pub const TOKEN_LIFE: Duration = Duration::days(365);

/// Opens carts: needs the regions, and nothing of the goods.
pub struct NewCarts {
    store: Store,
    pricing: Pricing,
    tokens: CartTokens,
}

impl NewCarts {
    /// From what the manifest grants: `carts`, `pricing`, the secret `signing`.
    pub fn new(cloud: &Cloud) -> Self {
        let issuer = cloud.setting("APP_NAME").unwrap_or("cartwright");
        let tokens = CartTokens::new(cloud.secret("signing").bytes(), issuer);
        Self {
            store: Store::new(cloud),
            pricing: Pricing::new(cloud),
            tokens,
        }
    }

    /// Opens an empty cart in a region, and makes the token that opens it.
    ///
    /// An unknown region is refused (`unknown_region`). The second call with the same ids answers
    /// with the same cart, as it has become since, and with a token just as good.
    pub async fn open(&self, wish: CreateCart, ids: &Ids<'_>, now: Time) -> Result<CreatedCartView, Fault> {
        let Some(region) = self.pricing.region(&wish.region_id).await? else {
            let message = format!("there is no region `{}`", wish.region_id);
            return Err(Fault::invalid_fields(vec![FieldFault::new(
                "region_id",
                "unknown_region",
                message,
            )]));
        };
        let mut cart = Cart::open(CartId::mint(ids), wish.region_id, region.terms.currency, now);
        cart.amend(
            Details {
                email: wish.email.map(Some),
                ..Details::default()
            },
            now,
        )?;
        let cart = self.store.insert(cart).await?;
        let quote = Quote::of(&cart, &region, &BTreeMap::new())?;
        let cart_token = self
            .tokens
            .sign(cart.cart_id.as_str(), now, now.plus(TOKEN_LIFE))?;
        Ok(CreatedCartView {
            cart: CartView::new(cart, quote, None),
            cart_token,
        })
    }
}
