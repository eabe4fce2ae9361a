//! How the shop's books follow the provider's word. Pure.

use kernel::{Money, MoneyError, Time};

use crate::ledger::{Account, Entry};
use crate::payment::{Intent, MISMATCH_WAIT, Payment, RefundId};
use crate::standing::{Kind, Mismatch, Stage, Standing};

impl Payment {
    /// The books after the provider's word, with the entries that lead there; `None` when they
    /// agree already. Refuses what cannot follow from the books, and then changes nothing.
    pub fn settle(&self, word: &Standing, now: Time) -> Result<Option<(Self, Vec<Entry>)>, Mismatch> {
        word.check(self.total)?;
        self.check_successor(word)?;
        let entries = self.entries(word, now)?;
        let mut next = Self {
            standing: word.clone(),
            mismatch: None,
            version: self.version + 1,
            ..self.clone()
        };
        next.intents.retain(|intent| !word.fulfills(intent));
        if next.canceled {
            next.undo();
        }
        next.due_at = next.due(now);
        let same = next.standing == self.standing && next.intents == self.intents && self.mismatch.is_none();
        Ok((!same).then_some((next, entries)))
    }

    /// The payment after the provider refused an intent for good: it is no longer meant.
    #[must_use]
    pub fn without(&self, refused: &Intent, now: Time) -> Self {
        let mut next = Self {
            version: self.version + 1,
            ..self.clone()
        };
        next.intents.retain(|intent| intent != refused);
        next.due_at = next.due(now).or(Some(now));
        next
    }

    /// The payment of a canceled order that the provider has never heard of: nothing was held.
    #[must_use]
    pub fn abandoned(&self, now: Time) -> Self {
        let mut next = Self {
            version: self.version + 1,
            ..self.clone()
        };
        next.standing.stage = Stage::Voided;
        next.intents.clear();
        next.due_at = next.due(now);
        next
    }

    /// The payment with a contradiction noted. It stays open, and is compared again later.
    #[must_use]
    pub fn contradicted(&self, mismatch: &Mismatch, now: Time) -> Self {
        Self {
            mismatch: Some(mismatch.0.clone()),
            version: self.version + 1,
            due_at: Some(now.plus(MISMATCH_WAIT)),
            ..self.clone()
        }
    }

    /// Once nothing else is under way, decides to let go of what is held and give back what was
    /// taken. There is one such refund, since nothing is captured after a cancelation.
    pub(crate) fn undo(&mut self) {
        if self.intents.iter().any(|intent| *intent != Intent::Authorize) {
            return;
        }
        let minor = |sum: Result<Money, MoneyError>| sum.map_or(0, |sum| sum.minor);
        let waits = matches!(self.standing.stage, Stage::NeedsBuyer(_));
        if waits || minor(self.standing.held()) > 0 {
            self.intents.push(Intent::Void);
        }
        if let (Ok(left), Ok(id)) = (self.refundable(), RefundId::sibling_of(self.id.as_str()))
            && left.minor > 0
        {
            let reason = "the order was canceled".to_owned();
            self.intents.push(Intent::Refund {
                id,
                amount: left,
                reason,
            });
        }
    }

    /// What the provider once showed, it must go on showing.
    fn check_successor(&self, word: &Standing) -> Result<(), Mismatch> {
        let known = &self.standing;
        if word.authorized.currency != self.total.currency {
            return Err(Mismatch(format!(
                "the provider counts in {}",
                word.authorized.currency
            )));
        }
        if word.authorized.minor < known.authorized.minor {
            return Err(Mismatch(format!(
                "authorized {} here, {} at the provider",
                known.authorized, word.authorized
            )));
        }
        if let Some(lost) = known
            .movements
            .iter()
            .find(|movement| !word.movements.contains(movement))
        {
            return Err(Mismatch(format!("the provider does not show `{}`", lost.id)));
        }
        let backwards = match (&known.stage, &word.stage) {
            (Stage::Asked, _)
            | (
                Stage::NeedsBuyer(_),
                Stage::NeedsBuyer(_) | Stage::Authorized | Stage::Declined { .. } | Stage::Voided,
            )
            | (Stage::Authorized, Stage::Authorized | Stage::Voided)
            | (Stage::Declined { .. }, Stage::Declined { .. })
            | (Stage::Voided, Stage::Voided) => false,
            // Given up here, and granted late: it is taken note of and let go.
            (Stage::Voided, Stage::NeedsBuyer(_) | Stage::Authorized | Stage::Declined { .. }) => {
                !known.authorized.is_zero()
            }
            (Stage::NeedsBuyer(_) | Stage::Authorized | Stage::Declined { .. } | Stage::Voided, _) => true,
        };
        if backwards {
            return Err(Mismatch(format!(
                "{} here, {} at the provider",
                known.stage.name(),
                word.stage.name()
            )));
        }
        Ok(())
    }

    /// The entries between what is known and the provider's word.
    fn entries(&self, word: &Standing, now: Time) -> Result<Vec<Entry>, Mismatch> {
        let entry = |credit, debit, amount, cause: &str| Entry {
            debit,
            credit,
            amount,
            cause: cause.to_owned(),
            at: now,
        };
        let broken = |_| Mismatch("the provider's amounts do not add up".to_owned());
        let mut entries = Vec::new();
        if self.standing.authorized.is_zero() && !word.authorized.is_zero() {
            entries.push(entry(
                Account::Buyer,
                Account::Held,
                word.authorized,
                self.id.as_str(),
            ));
        }
        for movement in word
            .movements
            .iter()
            .filter(|movement| !self.standing.shows(&movement.id))
        {
            let (credit, debit) = match movement.kind {
                Kind::Capture => (Account::Held, Account::Merchant),
                Kind::Refund => (Account::Merchant, Account::Buyer),
            };
            entries.push(entry(credit, debit, movement.amount, &movement.id));
        }
        if word.stage == Stage::Voided && self.standing.stage != Stage::Voided {
            let freed = word
                .authorized
                .minus(word.captured().map_err(broken)?)
                .map_err(broken)?;
            if !freed.is_zero() {
                entries.push(entry(Account::Held, Account::Buyer, freed, self.id.as_str()));
            }
        }
        Ok(entries)
    }
}

impl Standing {
    /// Whether the provider's books show what was intended, or that it can no longer be.
    fn fulfills(&self, intent: &Intent) -> bool {
        match intent {
            Intent::Authorize => self.stage != Stage::Asked,
            Intent::Capture { id, .. } => self.shows(id.as_str()),
            Intent::Refund { id, .. } => self.shows(id.as_str()),
            Intent::Void => matches!(self.stage, Stage::Voided | Stage::Declined { .. }),
        }
    }
}

#[cfg(test)]
mod tests;
