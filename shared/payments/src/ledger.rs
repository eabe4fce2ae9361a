//! The ledger of a payment: append-only, double-entry. Pure.
//!
//! An entry moves an amount from one account (credit) to another (debit), so that the balances of
//! all accounts add up to zero after every entry.

use kernel::{Money, MoneyError, Time};

/// Where money can be while a payment lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// With the buyer.
    Buyer,
    /// Authorized: set aside at the buyer's bank.
    Held,
    /// Captured: with the shop.
    Merchant,
}

/// One movement of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The account the amount goes to.
    pub debit: Account,
    /// The account the amount comes from.
    pub credit: Account,
    /// How much; always positive.
    pub amount: Money,
    /// What caused it: the id of the payment, capture or refund.
    pub cause: String,
    /// When it was entered.
    pub at: Time,
}

impl Account {
    /// The name in the books.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Held => "held",
            Self::Merchant => "merchant",
        }
    }
}

/// What an account has gained by the entries; negative when it gave more than it got. `nothing` is
/// zero in the entries' currency.
pub fn balance(entries: &[Entry], account: Account, nothing: Money) -> Result<Money, MoneyError> {
    entries.iter().try_fold(nothing, |sum, entry| {
        let sum = if entry.debit == account {
            sum.plus(entry.amount)?
        } else {
            sum
        };
        if entry.credit == account {
            sum.minus(entry.amount)
        } else {
            Ok(sum)
        }
    })
}

#[cfg(test)]
mod tests;
