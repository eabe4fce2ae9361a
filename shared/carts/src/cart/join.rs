//! How a guest's cart becomes a customer's, how two carts become one, and how a cart forgets.

use kernel::{Quantity, Sku, Time};

use super::{Cart, CustomerId, Details, LINES_MAX, Line, OrderId, Status};

/// Goods of a merged cart that found no room in the other, told until the buyer next changes the
/// lines. The merged cart itself keeps all its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// What.
    pub sku: Sku,
    /// In words.
    pub title: String,
    /// How many pieces did not fit.
    pub pieces: u32,
    /// Why.
    pub why: WhyLeftOut,
}

/// Why goods of a merged cart were left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyLeftOut {
    /// The line would hold more than [`Quantity::MAX`].
    TooManyPieces,
    /// The cart would hold more than [`LINES_MAX`] lines.
    TooManyLines,
    /// The carts are of different currencies.
    OtherCurrency,
}

impl WhyLeftOut {
    /// The word that is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooManyPieces => "too_many_pieces",
            Self::TooManyLines => "too_many_lines",
            Self::OtherCurrency => "other_currency",
        }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::TooManyPieces, Self::TooManyLines, Self::OtherCurrency]
            .into_iter()
            .find(|why| why.as_str() == word)
    }
}

impl Cart {
    /// Belongs to the customer from now on. The second call changes nothing.
    pub(crate) fn adopt(&mut self, customer_id: &CustomerId, now: Time) {
        if self.customer_id.as_ref() != Some(customer_id) {
            self.customer_id = Some(customer_id.clone());
            self.touch(now);
        }
    }

    /// Takes another open cart's lines in and closes that cart as merged.
    ///
    /// Quantities of one SKU add up to [`Quantity::MAX`] at most, new lines come as long as there is
    /// room; what does not fit is noted in `left_out`. Details that this cart lacks come over too.
    pub(crate) fn take_in(&mut self, other: &mut Self, now: Time) {
        self.left_out.clear();
        for line in &other.lines {
            if let Some((pieces, why)) = self.make_room(line, other.currency == self.currency) {
                self.left_out.push(LeftOut {
                    sku: line.goods.sku.clone(),
                    title: line.goods.title.clone(),
                    pieces,
                    why,
                });
            }
        }
        let Details {
            email,
            shipping_address,
            billing_address,
            shipping_option_id,
        } = other.give_up_details();
        self.email = self.email.take().or(email.flatten());
        self.shipping_address = self.shipping_address.take().or(shipping_address.flatten());
        self.billing_address = self.billing_address.take().or(billing_address.flatten());
        if self.region_id == other.region_id {
            self.shipping_option_id = self.shipping_option_id.take().or(shipping_option_id.flatten());
        }
        other.status = Status::Merged;
        other.merged_into = Some(self.cart_id.clone());
        other.customer_id.clone_from(&self.customer_id);
        other.touch(now);
        self.touch(now);
    }

    /// Open again, when this order had closed it; whether it was.
    pub(crate) fn reopen(&mut self, order_id: &OrderId, now: Time) -> bool {
        let closed_by_it = self.status == Status::Completed && self.order_id.as_ref() == Some(order_id);
        if closed_by_it {
            self.status = Status::Active;
            self.order_id = None;
            self.touch(now);
        }
        closed_by_it
    }

    /// Forgets whose it was. What remains is that it became an order, and what that order held.
    pub(crate) fn forget(&mut self, now: Time) {
        self.give_up_details();
        self.customer_id = None;
        self.touch(now);
    }

    fn give_up_details(&mut self) -> Details {
        Details {
            email: Some(self.email.take()),
            shipping_address: Some(self.shipping_address.take()),
            billing_address: Some(self.billing_address.take()),
            shipping_option_id: Some(self.shipping_option_id.take()),
        }
    }

    /// Puts another cart's line in; how many pieces found no room, and why.
    fn make_room(&mut self, line: &Line, same_currency: bool) -> Option<(u32, WhyLeftOut)> {
        let asked = line.quantity.get();
        if !same_currency {
            return Some((asked, WhyLeftOut::OtherCurrency));
        }
        let Some(own) = self.lines.iter_mut().find(|own| own.goods.sku == line.goods.sku) else {
            if self.lines.len() >= LINES_MAX {
                return Some((asked, WhyLeftOut::TooManyLines));
            }
            self.lines.push(line.clone());
            return None;
        };
        if line.added_at > own.added_at {
            own.goods = line.goods.clone();
        }
        let sum = own.quantity.get().saturating_add(asked);
        if let Ok(quantity) = Quantity::new(sum.min(Quantity::MAX)) {
            own.quantity = quantity;
        }
        (sum > Quantity::MAX).then(|| (sum - Quantity::MAX, WhyLeftOut::TooManyPieces))
    }
}

#[cfg(test)]
mod tests;
