//! The one place where a provider is asked: brings a payment's books and its provider's together.

use kernel::{Fault, Time};
use platform::table::{TableError, TransactionError};

use crate::Payments;
use crate::payment::{Intent, MoveError, Payment, PaymentId};
use crate::provider::{Provider, ProviderError};
use crate::standing::{Mismatch, Stage, Standing};

/// How many questions one call asks a provider at most.
const STEPS_MAX: usize = 10;

/// Why a payment did not come as far as was asked.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// The order has no payment.
    #[error("there is no such payment")]
    Missing,
    /// Money may not move like this.
    #[error(transparent)]
    Move(#[from] MoveError),
    /// The provider will not move it.
    #[error("{0}")]
    ProviderRefused(String),
    /// The provider gave no answer; what was decided is done as soon as it does.
    #[error("the payment waits for its provider")]
    NoAnswer(#[source] ProviderError),
    /// The provider's books contradict ours. The payment is marked, and compared again.
    #[error("payment `{0}` contradicts its provider")]
    Mismatch(PaymentId, #[source] Mismatch),
    /// The table did not answer.
    #[error("the payment could not be read")]
    Read(#[from] TableError),
    /// The table did not take it.
    #[error("the payment could not be stored")]
    Write(#[from] TransactionError),
    /// The payment kept changing.
    #[error("the payment kept changing")]
    Contended,
}

impl From<PaymentError> for Fault {
    fn from(error: PaymentError) -> Self {
        let detail = error.to_string();
        match error {
            PaymentError::Missing => Self::missing("payment"),
            PaymentError::Move(refused) => match refused {
                MoveError::NotAuthorized(_) => Self::refused("payment_not_authorized", detail),
                MoveError::Canceled => Self::refused("payment_canceled", detail),
                MoveError::NothingToCapture => Self::refused("nothing_to_capture", detail),
                MoveError::CaptureTooLarge { .. } => Self::refused("capture_too_large", detail),
                MoveError::NothingToRefund => Self::refused("nothing_to_refund", detail),
                MoveError::RefundTooLarge { .. } => Self::refused("refund_too_large", detail),
                MoveError::NotPositive => Self::invalid("amount_not_positive", detail),
                MoveError::OtherCurrency(_) => Self::invalid("payment_currency_differs", detail),
                MoveError::TooManyMovements => Self::refused("too_many_movements", detail),
                MoveError::Sum(source) => Self::broken(source),
            },
            PaymentError::ProviderRefused(_) => Self::refused("payment_provider_refused", detail),
            PaymentError::Read(source) => source.into(),
            PaymentError::Write(source) => source.into(),
            PaymentError::NoAnswer(_) | PaymentError::Contended => Self::busy(error),
            PaymentError::Mismatch(..) => Self::broken(error),
        }
    }
}

/// What is known of the provider's books when a payment is advanced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// Nothing was asked for that the payment does not show.
    Everything,
    /// Something was, perhaps, by a call that died: the provider is asked before anything is done.
    Perhaps,
    /// The same, and whatever it was is over by now.
    PerhapsAndOver,
}

impl Payments {
    /// Asks the provider, step by step, until it has done all that was decided and both books agree.
    ///
    /// Whoever calls this, and however often, the books end the same: what the provider shows is
    /// entered once, and what it does not show is asked for under the key it had the first time.
    pub(crate) async fn advance(&self, payment: Payment, known: Known) -> Result<Payment, PaymentError> {
        let Some(method) = payment.method else {
            return Ok(payment);
        };
        let provider = self.providers.of(method);
        let mut payment = payment;
        let mut look_up = known != Known::Everything;
        let mut refusal = None;
        for _ in 0..STEPS_MAX {
            match hear(provider, &payment, look_up).await? {
                Heard::Word(word) => match self.enter(&payment, &word).await? {
                    Entered::Agreed => look_up = false,
                    Entered::Next(next) => (payment, look_up) = (next, false),
                    Entered::Overtaken(by) => (payment, look_up) = (by, true),
                },
                Heard::Refused(intent, words) => {
                    tracing::error!(payment.id = %payment.id, "the provider refused `{intent:?}`: {words}");
                    payment = self.save(payment.without(&intent, self.clock.now())).await?;
                    (refusal, look_up) = (Some(words), true);
                }
                Heard::Nothing => {
                    let never_heard_of = payment.canceled && payment.standing.stage == Stage::Asked;
                    if never_heard_of && known == Known::PerhapsAndOver {
                        payment = self.save(payment.abandoned(self.clock.now())).await?;
                    }
                    return refusal.map_or(Ok(payment), |words| Err(PaymentError::ProviderRefused(words)));
                }
            }
        }
        Err(PaymentError::Contended)
    }

    /// Enters the provider's word, once. A word that contradicts the books is noted and reported.
    async fn enter(&self, payment: &Payment, word: &Standing) -> Result<Entered, PaymentError> {
        let now = self.clock.now();
        match payment.settle(word, now) {
            Ok(None) => Ok(Entered::Agreed),
            Ok(Some((next, entries))) => match self.store.save(&next, &entries).await {
                Ok(()) => Ok(Entered::Next(next)),
                Err(error) if error.is_condition_failed() || error.is_conflict() => {
                    let by = self.store.payment(&payment.id).await?;
                    by.map(Entered::Overtaken).ok_or(PaymentError::Missing)
                }
                Err(error) => Err(error.into()),
            },
            Err(mismatch) => {
                tracing::error!(
                    payment.id = %payment.id,
                    payment.mismatch = %mismatch,
                    "payment `{}` contradicts its provider", payment.id
                );
                if payment.mismatch.as_ref() != Some(&mismatch.0) {
                    self.save(payment.contradicted(&mismatch, now)).await?;
                }
                Err(PaymentError::Mismatch(payment.id.clone(), mismatch))
            }
        }
    }

    /// Writes a decision. When the payment has changed meanwhile, it is busy.
    pub(crate) async fn save(&self, payment: Payment) -> Result<Payment, PaymentError> {
        match self.store.save(&payment, &[]).await {
            Ok(()) => Ok(payment),
            Err(error) if error.is_condition_failed() || error.is_conflict() => Err(PaymentError::Contended),
            Err(error) => Err(error.into()),
        }
    }
}

/// What came of one question to the provider.
enum Heard {
    /// Its word.
    Word(Standing),
    /// It will not do what was intended.
    Refused(Intent, String),
    /// There was nothing to ask.
    Nothing,
}

/// What came of entering the provider's word.
enum Entered {
    /// The books said so already.
    Agreed,
    /// The books say so now.
    Next(Payment),
    /// Somebody else has changed the books meanwhile; nothing was entered.
    Overtaken(Payment),
}

/// Asks how things stand, if that is wanted and known; else asks for the next thing intended.
async fn hear(provider: Provider<'_>, payment: &Payment, look_up: bool) -> Result<Heard, PaymentError> {
    if look_up
        && let Some(word) = provider
            .look_up(&payment.id)
            .await
            .map_err(PaymentError::NoAnswer)?
    {
        return Ok(Heard::Word(word));
    }
    let Some(intent) = payment.next_intent() else {
        return Ok(Heard::Nothing);
    };
    match provider.carry_out(payment, intent).await {
        Ok(word) => Ok(Heard::Word(word)),
        Err(ProviderError::Refused(words)) => Ok(Heard::Refused(intent.clone(), words)),
        Err(error @ ProviderError::NoAnswer(_)) => Err(PaymentError::NoAnswer(error)),
    }
}

/// Whether anything may be under way that the payment does not show.
pub(crate) fn known(payment: &Payment) -> Known {
    if payment.intents.is_empty() && payment.standing.stage != Stage::Asked {
        Known::Everything
    } else {
        Known::Perhaps
    }
}

/// Whether the reconciler has to look at a payment now.
pub(crate) fn is_due(payment: &Payment, now: Time) -> bool {
    payment.due_at.is_some_and(|due_at| due_at <= now)
}
