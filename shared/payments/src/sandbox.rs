//! The rules of the embedded provider: what it does with a token, and what it allows. Pure.
//!
//! It stands for a bank across the street: it keeps its own books, answers with everything it
//! knows, and does nothing twice under one key.

use kernel::{Money, MoneyError};

use crate::method::SandboxToken;
use crate::payment::PaymentId;
use crate::standing::{Challenge, Kind, Movement, Stage, Standing};

pub(crate) mod books;
pub(crate) mod notify;

kernel::typed_id!(
    /// Names the question that a buyer answers on the sandbox bank's page.
    ChallengeId,
    "challenge"
);

/// What the sandbox knows of one payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// The merchant's payment; also the authorization's idempotency key.
    pub payment_id: PaymentId,
    /// What was asked for.
    pub asked: Money,
    /// What decides how it goes.
    pub token: SandboxToken,
    /// Where it stands.
    pub standing: Standing,
    /// The webhook that this version is announced with, when it is.
    pub webhook: Option<Webhook>,
    /// Goes up with each change.
    pub version: u64,
}

/// What the sandbox tells the merchant without being asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Webhook {
    /// The same for every copy.
    pub event_id: String,
    /// How often it is sent.
    pub copies: u32,
}

/// What the sandbox does when it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deed {
    /// The account afterwards.
    pub account: Account,
    /// Whether anything is to be written.
    pub changed: bool,
    /// Whether the caller hears of it; if not, the call ends in a time-out.
    pub answered: bool,
}

/// What the buyer does on the bank's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Confirms the payment.
    Approve,
    /// Does not.
    Decline,
}

/// Why the sandbox does not do what it is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// The key was used for something else.
    #[error("the key `{0}` was used for another amount")]
    KeyReused(String),
    /// Nothing is authorized (any more).
    #[error("the payment is not authorized")]
    NotAuthorized,
    /// More than is there.
    #[error("the amount exceeds what is there")]
    Exceeds,
    /// The buyer can no longer answer, or has answered otherwise.
    #[error("the challenge is over")]
    ChallengeOver,
    /// The amounts cannot be added.
    #[error("the amounts do not add up")]
    Sum(#[from] MoneyError),
}

impl Account {
    /// Opens the account, as the token says.
    pub(crate) fn open(payment_id: PaymentId, asked: Money, token: SandboxToken, page: &str) -> Deed {
        let declined = |code: &str| Stage::Declined {
            code: code.to_owned(),
        };
        let (stage, answered) = match token {
            SandboxToken::Approve | SandboxToken::DuplicateWebhook => (Stage::Authorized, true),
            SandboxToken::TimeoutAfterCommit => (Stage::Authorized, false),
            SandboxToken::Slow => (Stage::Asked, false),
            SandboxToken::Decline => (declined("card_declined"), true),
            SandboxToken::InsufficientFunds => (declined("insufficient_funds"), true),
            SandboxToken::ActionRequired => (Stage::NeedsBuyer(challenge(&payment_id, page)), true),
        };
        let authorized = match stage {
            Stage::Authorized => asked,
            Stage::Asked | Stage::NeedsBuyer(_) | Stage::Declined { .. } | Stage::Voided => {
                Money::zero(asked.currency)
            }
        };
        let mut account = Self {
            payment_id,
            asked,
            token,
            standing: Standing {
                stage,
                authorized,
                movements: Vec::new(),
            },
            webhook: None,
            version: 1,
        };
        if token == SandboxToken::DuplicateWebhook {
            account.webhook = Some(account.webhook(2));
        }
        Deed {
            account,
            changed: true,
            answered,
        }
    }

    /// Authorizes once more under the same key: what was slow is settled by now.
    pub(crate) fn authorize_again(&self, asked: Money) -> Result<Deed, Refusal> {
        if asked == self.asked {
            Ok(self.looked_up())
        } else {
            Err(Refusal::KeyReused(self.payment_id.to_string()))
        }
    }

    /// What the sandbox answers when asked how things stand: what was slow is settled by now.
    pub(crate) fn looked_up(&self) -> Deed {
        match self.standing.stage {
            Stage::Asked => self.authorized(None),
            Stage::NeedsBuyer(_) | Stage::Authorized | Stage::Declined { .. } | Stage::Voided => {
                self.unchanged()
            }
        }
    }

    /// Takes part of what is held. The same key again takes nothing more.
    pub(crate) fn capture(&self, key: &str, amount: Money) -> Result<Deed, Refusal> {
        self.moved(Movement {
            id: key.to_owned(),
            kind: Kind::Capture,
            amount,
        })
    }

    /// Gives back part of what was taken. The same key again gives nothing more.
    pub(crate) fn refund(&self, key: &str, amount: Money) -> Result<Deed, Refusal> {
        self.moved(Movement {
            id: key.to_owned(),
            kind: Kind::Refund,
            amount,
        })
    }

    /// Lets go of what is held and not taken. A second time changes nothing.
    pub(crate) fn void(&self) -> Deed {
        match self.standing.stage {
            Stage::Declined { .. } | Stage::Voided => self.unchanged(),
            Stage::Asked | Stage::NeedsBuyer(_) | Stage::Authorized => self.changed(
                Standing {
                    stage: Stage::Voided,
                    ..self.standing.clone()
                },
                None,
            ),
        }
    }

    /// The buyer's answer on the bank's page. The same answer again changes nothing.
    pub(crate) fn challenged(&self, outcome: Outcome) -> Result<Deed, Refusal> {
        match (&self.standing.stage, outcome) {
            (Stage::NeedsBuyer(_), Outcome::Approve) => Ok(self.authorized(Some(1))),
            (Stage::NeedsBuyer(_), Outcome::Decline) => {
                let stage = Stage::Declined {
                    code: "authentication_failed".to_owned(),
                };
                Ok(self.changed(
                    Standing {
                        stage,
                        ..self.standing.clone()
                    },
                    Some(1),
                ))
            }
            (Stage::Authorized, Outcome::Approve) | (Stage::Declined { .. }, Outcome::Decline) => {
                Ok(self.unchanged())
            }
            (Stage::Asked | Stage::Authorized | Stage::Declined { .. } | Stage::Voided, _) => {
                Err(Refusal::ChallengeOver)
            }
        }
    }

    fn moved(&self, movement: Movement) -> Result<Deed, Refusal> {
        if let Some(known) = self
            .standing
            .movements
            .iter()
            .find(|known| known.id == movement.id)
        {
            return if *known == movement {
                Ok(self.unchanged())
            } else {
                Err(Refusal::KeyReused(movement.id))
            };
        }
        let there = match movement.kind {
            Kind::Capture if self.standing.stage != Stage::Authorized => return Err(Refusal::NotAuthorized),
            Kind::Capture => self.standing.held()?,
            Kind::Refund => self.standing.captured()?.minus(self.standing.refunded()?)?,
        };
        if movement.amount.minor <= 0 || there.minus(movement.amount)?.minor < 0 {
            return Err(Refusal::Exceeds);
        }
        let mut standing = self.standing.clone();
        standing.movements.push(movement);
        Ok(self.changed(standing, None))
    }

    fn authorized(&self, copies: Option<u32>) -> Deed {
        let standing = Standing {
            stage: Stage::Authorized,
            authorized: self.asked,
            movements: Vec::new(),
        };
        self.changed(standing, copies)
    }

    fn changed(&self, standing: Standing, copies: Option<u32>) -> Deed {
        let mut account = Self {
            standing,
            webhook: None,
            version: self.version + 1,
            ..self.clone()
        };
        account.webhook = copies.map(|copies| account.webhook(copies));
        Deed {
            account,
            changed: true,
            answered: true,
        }
    }

    fn unchanged(&self) -> Deed {
        Deed {
            account: self.clone(),
            changed: false,
            answered: true,
        }
    }

    fn webhook(&self, copies: u32) -> Webhook {
        Webhook {
            event_id: format!("evt_{}_{}", self.payment_id, self.version),
            copies,
        }
    }
}

fn challenge(payment_id: &PaymentId, page: &str) -> Challenge {
    let body = payment_id.as_str().rsplit_once('_').map_or("", |(_, body)| body);
    let id = format!("{}_{body}", ChallengeId::PREFIX);
    Challenge {
        url: format!("{page}/{id}"),
        id,
    }
}

#[cfg(test)]
mod tests;
