//! What the provider knows of a payment: everything, not only the last step. Pure.

use kernel::{Money, MoneyError};

/// A question the buyer must answer at their bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// The provider's name for it.
    pub id: String,
    /// Where the buyer answers it.
    pub url: String,
}

/// How far an authorization has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Asked for; nothing is known yet.
    Asked,
    /// The buyer must act.
    NeedsBuyer(Challenge),
    /// Granted.
    Authorized,
    /// Refused for good.
    Declined {
        /// The provider's reason.
        code: String,
    },
    /// Nothing is held any more, and nothing further can be captured.
    Voided,
}

/// Whether money came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// To the shop.
    Capture,
    /// Back to the buyer.
    Refund,
}

/// One capture or refund that the provider has carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The capture's or refund's id: also its idempotency key.
    pub id: String,
    /// Which way.
    pub kind: Kind,
    /// How much.
    pub amount: Money,
}

/// All that the provider knows of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// How far the authorization has come.
    pub stage: Stage,
    /// What was granted; nothing until it was.
    pub authorized: Money,
    /// Captures and refunds, oldest first.
    pub movements: Vec<Movement>,
}

/// What the provider says cannot follow from what the books say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Mismatch(pub String);

impl Standing {
    /// A payment nobody has answered for.
    pub const fn asked(currency: kernel::Currency) -> Self {
        Self {
            stage: Stage::Asked,
            authorized: Money::zero(currency),
            movements: Vec::new(),
        }
    }

    /// What was taken so far.
    pub fn captured(&self) -> Result<Money, MoneyError> {
        self.sum(&Kind::Capture)
    }

    /// What was given back so far.
    pub fn refunded(&self) -> Result<Money, MoneyError> {
        self.sum(&Kind::Refund)
    }

    /// What is still held at the buyer's bank.
    pub fn held(&self) -> Result<Money, MoneyError> {
        match self.stage {
            Stage::Authorized => self.authorized.minus(self.captured()?),
            Stage::Asked | Stage::NeedsBuyer(_) | Stage::Declined { .. } | Stage::Voided => {
                Ok(Money::zero(self.authorized.currency))
            }
        }
    }

    /// Whether the provider has carried out what bears this id.
    pub fn shows(&self, id: &str) -> bool {
        self.movements.iter().any(|movement| movement.id == id)
    }

    fn sum(&self, kind: &Kind) -> Result<Money, MoneyError> {
        let of_kind = self.movements.iter().filter(|movement| movement.kind == *kind);
        Money::sum(self.authorized.currency, of_kind.map(|movement| movement.amount))
    }

    /// Amounts that no honest provider reports.
    pub(crate) fn check(&self, total: Money) -> Result<(), Mismatch> {
        let broken = |_| Mismatch("the provider's amounts do not add up".to_owned());
        let (captured, refunded) = (self.captured().map_err(broken)?, self.refunded().map_err(broken)?);
        if !self.authorized.is_zero() && self.authorized != total {
            return Err(Mismatch(format!(
                "authorized {} instead of {total}",
                self.authorized
            )));
        }
        if captured.minor > self.authorized.minor || refunded.minor > captured.minor {
            return Err(Mismatch(format!(
                "authorized {}, captured {captured}, refunded {refunded}",
                self.authorized
            )));
        }
        Ok(())
    }
}

impl Stage {
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::NeedsBuyer(_) => "waiting for the buyer",
            Self::Authorized => "authorized",
            Self::Declined { .. } => "declined",
            Self::Voided => "voided",
        }
    }
}
