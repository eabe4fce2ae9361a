//! The cart and its rules: what may enter, what may change, and until when.

use kernel::{Address, Currency, Duration, Email, Fault, Handle, Money, Quantity, Sku, Time, typed_id};

mod join;

pub use join::{LeftOut, WhyLeftOut};

typed_id!(
    /// Names one cart.
    CartId,
    "cart"
);
typed_id!(
    /// Names one line of a cart.
    LineId,
    "cline"
);
typed_id!(
    /// Names the customer a cart belongs to: the user's id, as the caller carries it.
    CustomerId,
    "usr"
);
typed_id!(
    /// Names the order that a cart became. It stands here because the cart is the older of the two
    /// and keeps its order's id; the orders context uses the same type.
    OrderId,
    "order"
);

/// The most lines a cart may hold. Reserving an order's stock is one transaction of at most 100
/// actions (a level per line and the reservation); see `docs/adr` for the arithmetic.
pub const LINES_MAX: usize = 90;

/// How long a guest's open cart may lie untouched.
pub const IDLE_MAX: Duration = Duration::days(30);

/// How long a customer's open cart may lie untouched.
pub const CUSTOMER_IDLE_MAX: Duration = Duration::days(90);

/// How many adds a cart remembers, so that a repeated one is not added twice.
pub(crate) const ADDS_REMEMBERED: usize = 16;

/// Where a cart is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Open: lines may come and go.
    Active,
    /// It became an order. Opened again when that order fails for reasons the buyer did not choose.
    Completed,
    /// It lay untouched for [`IDLE_MAX`], a customer's for [`CUSTOMER_IDLE_MAX`].
    Expired,
    /// Its lines went over into another cart of the same customer.
    Merged,
}

impl Status {
    /// The word that is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Completed => "completed",
            Self::Expired => "expired",
            Self::Merged => "merged",
        }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Active, Self::Completed, Self::Expired, Self::Merged]
            .into_iter()
            .find(|status| status.as_str() == word)
    }
}

/// What was put into a cart, as it was offered at that moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goods {
    /// The variant's SKU.
    pub sku: Sku,
    /// Its product's id.
    pub product_id: String,
    /// Product and variant in words.
    pub title: String,
    /// The price the buyer saw.
    pub unit_price: Money,
    /// Decides the tax rate.
    pub tax_category: Handle,
}

/// One line: goods and how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Names the line in this cart.
    pub line_id: LineId,
    /// What.
    pub goods: Goods,
    /// How many.
    pub quantity: Quantity,
    /// Since when.
    pub added_at: Time,
}

/// What a buyer may change about a cart apart from its lines. `None` leaves a field as it is,
/// `Some(None)` empties it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Where the confirmation goes.
    pub email: Option<Option<Email>>,
    /// Where the goods go.
    pub shipping_address: Option<Option<Address>>,
    /// Where the bill goes; the shipping address when empty.
    pub billing_address: Option<Option<Address>>,
    /// How the goods go: an option of the cart's region.
    pub shipping_option_id: Option<Option<Handle>>,
}

/// Why a cart refuses a change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The cart has become an order.
    #[error("this cart has become an order and can no longer be changed")]
    Completed {
        /// That order.
        order_id: Option<OrderId>,
    },
    /// The cart lay untouched for too long.
    #[error("this cart has expired; create a new one")]
    Expired,
    /// The cart went over into another one.
    #[error("this cart went over into the customer's other cart")]
    Merged {
        /// That cart.
        into: Option<CartId>,
    },
    /// One more line than [`LINES_MAX`].
    #[error("a cart holds at most {LINES_MAX} lines")]
    TooManyLines,
    /// More pieces on one line than [`Quantity::MAX`].
    #[error("a line holds at most {} pieces of `{sku}`", Quantity::MAX)]
    TooManyPieces {
        /// Of what.
        sku: Sku,
    },
    /// The goods are priced in another currency than the cart.
    #[error("`{sku}` is not sold in {currency}")]
    OtherCurrency {
        /// Of what.
        sku: Sku,
        /// The cart's currency.
        currency: Currency,
    },
    /// The line is not in this cart.
    #[error("there is no such line in this cart")]
    NoSuchLine,
}

impl From<ChangeError> for Fault {
    fn from(error: ChangeError) -> Self {
        let detail = error.to_string();
        match error {
            ChangeError::Completed { .. } => Self::refused("cart_completed", detail),
            ChangeError::Expired => Self::refused("cart_expired", detail),
            ChangeError::Merged { .. } => Self::refused("cart_merged", detail),
            ChangeError::TooManyLines => Self::refused("too_many_lines", detail),
            ChangeError::TooManyPieces { .. } => Self::refused("too_many_pieces", detail),
            ChangeError::OtherCurrency { .. } => Self::refused("not_for_sale", detail),
            ChangeError::NoSuchLine => Self::missing("line"),
        }
    }
}

/// A cart. Only its own methods change it; each refuses when the cart is not open.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_field_names,
    reason = "an id is called in full wherever it stands"
)]
pub struct Cart {
    pub(crate) cart_id: CartId,
    pub(crate) region_id: Handle,
    pub(crate) currency: Currency,
    pub(crate) lines: Vec<Line>,
    pub(crate) email: Option<Email>,
    pub(crate) shipping_address: Option<Address>,
    pub(crate) billing_address: Option<Address>,
    pub(crate) shipping_option_id: Option<Handle>,
    pub(crate) status: Status,
    pub(crate) order_id: Option<OrderId>,
    pub(crate) customer_id: Option<CustomerId>,
    pub(crate) merged_into: Option<CartId>,
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) version: u64,
    pub(crate) adds: Vec<LineId>,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}

impl Cart {
    /// A new, empty, open cart.
    pub fn open(cart_id: CartId, region_id: Handle, currency: Currency, now: Time) -> Self {
        Self {
            cart_id,
            region_id,
            currency,
            lines: Vec::new(),
            email: None,
            shipping_address: None,
            billing_address: None,
            shipping_option_id: None,
            status: Status::Active,
            order_id: None,
            customer_id: None,
            merged_into: None,
            left_out: Vec::new(),
            version: 1,
            adds: Vec::new(),
            created_at: now,
            updated_at: now,
        }
    }

    /// The cart's id.
    pub fn cart_id(&self) -> &CartId {
        &self.cart_id
    }

    /// Counts the changes; part of what a quote is bound to.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The order it became, if it did.
    pub fn order_id(&self) -> Option<&OrderId> {
        self.order_id.as_ref()
    }

    /// The customer it belongs to; none for a guest's.
    pub fn customer_id(&self) -> Option<&CustomerId> {
        self.customer_id.as_ref()
    }

    /// The first moment at which the untouched cart may be closed: the midnight (UTC) after
    /// [`IDLE_MAX`] or [`CUSTOMER_IDLE_MAX`], so that only the first change of a day moves it.
    pub fn due_at(&self) -> Time {
        let idle = self.customer_id.as_ref().map_or(IDLE_MAX, |_| CUSTOMER_IDLE_MAX);
        due_after(self.updated_at, idle)
    }

    /// Adds goods, or more of them when the SKU is here already.
    ///
    /// `line_id` names the add: the second call with the same id changes nothing, so that a request
    /// repeated after a lost answer does not add twice.
    pub fn add(
        &mut self,
        line_id: LineId,
        goods: Goods,
        quantity: Quantity,
        now: Time,
    ) -> Result<(), ChangeError> {
        self.must_be_open()?;
        if self.adds.contains(&line_id) {
            return Ok(());
        }
        if goods.unit_price.currency != self.currency {
            return Err(ChangeError::OtherCurrency {
                sku: goods.sku,
                currency: self.currency,
            });
        }
        if let Some(line) = self.lines.iter_mut().find(|line| line.goods.sku == goods.sku) {
            let pieces = line.quantity.get().saturating_add(quantity.get());
            line.quantity = Quantity::new(pieces).map_err(|_| ChangeError::TooManyPieces {
                sku: goods.sku.clone(),
            })?;
            line.goods = goods;
        } else if self.lines.len() >= LINES_MAX {
            return Err(ChangeError::TooManyLines);
        } else {
            self.lines.push(Line {
                line_id: line_id.clone(),
                goods,
                quantity,
                added_at: now,
            });
        }
        if self.adds.len() >= ADDS_REMEMBERED {
            self.adds.remove(0);
        }
        self.adds.push(line_id);
        self.left_out.clear();
        self.touch(now);
        Ok(())
    }

    /// Sets how many pieces a line holds. The second call changes nothing.
    pub fn set_quantity(
        &mut self,
        line_id: &LineId,
        quantity: Quantity,
        now: Time,
    ) -> Result<(), ChangeError> {
        self.must_be_open()?;
        let line = self
            .lines
            .iter_mut()
            .find(|line| line.line_id == *line_id)
            .ok_or(ChangeError::NoSuchLine)?;
        if line.quantity != quantity {
            line.quantity = quantity;
            self.left_out.clear();
            self.touch(now);
        }
        Ok(())
    }

    /// Takes a line out. Afterwards the line is not there; a line that was not there is no error,
    /// so that the second call answers as the first.
    pub fn remove(&mut self, line_id: &LineId, now: Time) -> Result<(), ChangeError> {
        self.must_be_open()?;
        let before = self.lines.len();
        self.lines.retain(|line| line.line_id != *line_id);
        if self.lines.len() != before {
            self.left_out.clear();
            self.touch(now);
        }
        Ok(())
    }

    /// Sets or empties the named details. The second call changes nothing.
    pub fn amend(&mut self, details: Details, now: Time) -> Result<(), ChangeError> {
        self.must_be_open()?;
        let before = self.clone();
        let Details {
            email,
            shipping_address,
            billing_address,
            shipping_option_id,
        } = details;
        self.email = email.unwrap_or(self.email.take());
        self.shipping_address = shipping_address.unwrap_or(self.shipping_address.take());
        self.billing_address = billing_address.unwrap_or(self.billing_address.take());
        self.shipping_option_id = shipping_option_id.unwrap_or(self.shipping_option_id.take());
        if *self != before {
            self.touch(now);
        }
        Ok(())
    }

    /// Refuses unless the cart is open.
    pub fn must_be_open(&self) -> Result<(), ChangeError> {
        match self.status {
            Status::Active => Ok(()),
            Status::Completed => Err(ChangeError::Completed {
                order_id: self.order_id.clone(),
            }),
            Status::Expired => Err(ChangeError::Expired),
            Status::Merged => Err(ChangeError::Merged {
                into: self.merged_into.clone(),
            }),
        }
    }

    fn touch(&mut self, now: Time) {
        self.version += 1;
        self.updated_at = now;
    }
}

/// The first midnight (UTC) that lies `idle` or more after `touched`.
pub(crate) fn due_after(touched: Time, idle: Duration) -> Time {
    let day_ms = Duration::days(1).as_millis();
    let idle_ms = touched.plus(idle).unix_ms();
    Time::from_unix_ms((idle_ms + day_ms - 1) / day_ms * day_ms)
}

#[cfg(test)]
pub(crate) mod tests;
