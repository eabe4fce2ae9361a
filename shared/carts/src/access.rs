//! Who may open which cart.

use kernel::Fault;
use platform::http::Caller;

use crate::cart::{Cart, CartId, CustomerId};

/// Somebody who may have carts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Whoever holds a cart's token.
    Guest {
        /// The cart that the token opens, as long as it is a guest's.
        cart_id: CartId,
    },
    /// Somebody with an account.
    Customer {
        /// Whose account.
        customer_id: CustomerId,
        /// The cart whose token was presented beside: theirs to open until it is merged.
        guest_cart: Option<CartId>,
    },
}

/// One cart, and who wants to open it. Made of a caller, it is the proof that somebody was asked;
/// whether the cart is theirs is asked of the cart, each time it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    pub(crate) cart_id: CartId,
    pub(crate) holder: Holder,
}

impl Holder {
    /// The caller as a holder of carts. Staff and strangers hold none.
    pub fn of(caller: &Caller) -> Result<Self, Fault> {
        let refused = || Fault::unauthenticated("give the cart's token in x-cart-token, or sign in");
        let cart = |id: &str| CartId::parse(id).map_err(|_| refused());
        match caller {
            Caller::Guest(guest) => Ok(Self::Guest {
                cart_id: cart(&guest.cart_id)?,
            }),
            Caller::Customer(customer) => Ok(Self::Customer {
                customer_id: CustomerId::parse(&customer.user_id).map_err(|_| refused())?,
                guest_cart: customer
                    .guest
                    .as_ref()
                    .map(|guest| cart(&guest.cart_id))
                    .transpose()?,
            }),
            Caller::Public { .. } | Caller::Staff(_) => Err(refused()),
        }
    }

    /// The customer, if it is one.
    pub fn customer_id(&self) -> Option<&CustomerId> {
        match self {
            Self::Guest { .. } => None,
            Self::Customer { customer_id, .. } => Some(customer_id),
        }
    }

    /// The cart whose token was presented.
    pub fn guest_cart(&self) -> Option<&CartId> {
        match self {
            Self::Guest { cart_id } => Some(cart_id),
            Self::Customer { guest_cart, .. } => guest_cart.as_ref(),
        }
    }

    /// Whether the cart is theirs: a customer's is that customer's alone, a guest's is whose token
    /// opens it.
    pub fn opens(&self, cart: &Cart) -> bool {
        match &cart.customer_id {
            Some(owner) => self.customer_id() == Some(owner),
            None => self.guest_cart() == Some(&cart.cart_id),
        }
    }
}

impl Access {
    /// The caller's way to a cart. A guest whose token is another cart's is refused at once, as if
    /// there were no such cart.
    pub fn of(caller: &Caller, cart_id: CartId) -> Result<Self, Fault> {
        let holder = Holder::of(caller)?;
        match &holder {
            Holder::Guest { cart_id: own } if *own != cart_id => Err(Fault::missing("cart")),
            Holder::Guest { .. } | Holder::Customer { .. } => Ok(Self { cart_id, holder }),
        }
    }

    /// A holder's way to a cart.
    pub fn new(holder: Holder, cart_id: CartId) -> Self {
        Self { cart_id, holder }
    }

    /// The way of whoever holds the cart's own token.
    pub fn guest(cart_id: CartId) -> Self {
        Self {
            holder: Holder::Guest {
                cart_id: cart_id.clone(),
            },
            cart_id,
        }
    }

    /// The cart that was read, if it is the holder's. Anybody else's does not exist for them.
    pub(crate) fn open(&self, found: Option<Cart>) -> Result<Cart, Fault> {
        found
            .filter(|cart| self.holder.opens(cart))
            .ok_or(Fault::missing("cart"))
    }
}

#[cfg(test)]
mod tests;
