//! A letter goes out: each once, as far as anybody can know.

use kernel::{Email, Fault};
use platform::mail::{Mail, SendError};
use platform::table::TableError;

use crate::Notifications;
use crate::heard::{OrderCanceled, OrderConfirmed, OrderShipped};
use crate::letter::{Bought, Cancelation, Confirmation, Dispatch, Letter};
use crate::message::{Message, Next, State, Topic};

/// Why a letter did not go out.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// Somebody else may be sending it; whoever asks again later learns whether that worked.
    #[error("the message is being sent")]
    UnderWay,
    /// The mail was not accepted.
    #[error("the message was not sent")]
    Send(#[from] SendError),
    /// The table did not answer.
    #[error("the message could not be noted")]
    Store(#[from] TableError),
}

impl From<NotifyError> for Fault {
    fn from(error: NotifyError) -> Self {
        match error {
            NotifyError::UnderWay => Self::busy(error),
            NotifyError::Send(source) => source.into(),
            NotifyError::Store(source) => source.into(),
        }
    }
}

impl Notifications {
    /// Tells the buyer that the order is confirmed. Once for each order; see the crate's page.
    pub async fn confirmed(&self, order: &OrderConfirmed) -> Result<(), NotifyError> {
        let bought = order.lines.iter().map(|line| Bought {
            title: &line.title,
            pieces: line.quantity.get(),
            total: line.total,
        });
        let confirmation = Confirmation {
            number: &order.number,
            lines: bought.collect(),
            subtotal: order.subtotal,
            shipping: order.shipping,
            tax: order.tax,
            total: order.total,
            address: &order.shipping_address,
        };
        self.send(&order.order_id, Topic::Confirmed, order.email.as_ref(), || {
            confirmation.letter()
        })
        .await
    }

    /// Tells the buyer why the order ended. Once for each order; see the crate's page.
    pub async fn canceled(&self, order: &OrderCanceled) -> Result<(), NotifyError> {
        let cancelation = Cancelation {
            number: order.number.as_deref(),
            reason: &order.reason,
            cart_is_back: order.reopen_cart,
        };
        self.send(&order.order_id, Topic::Canceled, order.email.as_ref(), || {
            cancelation.letter()
        })
        .await
    }

    /// Tells the buyer that the goods are on their way. Once for each order; see the crate's page.
    pub async fn shipped(&self, order: &OrderShipped) -> Result<(), NotifyError> {
        let dispatch = Dispatch {
            number: &order.number,
            carrier: &order.carrier,
            tracking_number: order.tracking_number.as_deref(),
            pieces: order.lines.iter().map(|line| line.quantity.get()).sum(),
        };
        self.send(&order.order_id, Topic::Shipped, order.email.as_ref(), || {
            dispatch.letter()
        })
        .await
    }

    /// Notes the attempt, hands the letter over, notes how that went. Nobody is told without an
    /// address. A second call for a letter that was sent does nothing.
    async fn send(
        &self,
        order_id: &str,
        topic: Topic,
        to: Option<&Email>,
        letter: impl FnOnce() -> Letter,
    ) -> Result<(), NotifyError> {
        let Some(to) = to else { return Ok(()) };
        let Some(attempt) = self.begin(order_id, topic).await? else {
            return Ok(());
        };
        let letter = letter();
        let mail = Mail {
            to: to.clone(),
            subject: letter.subject,
            text: letter.text,
            html: Some(letter.html),
        };
        match self.mailer.send(&mail).await {
            Ok(()) => Ok(self.store.end(order_id, topic, attempt, State::Sent).await?),
            Err(error) => {
                self.store.end(order_id, topic, attempt, State::Failed).await?;
                Err(error.into())
            }
        }
    }

    /// Our attempt; `None` when the letter was sent before.
    async fn begin(&self, order_id: &str, topic: Topic) -> Result<Option<Message>, NotifyError> {
        let first = Message::first(self.clock.now());
        let Some(before) = self.store.begin(order_id, topic, first).await? else {
            return Ok(Some(first));
        };
        let ours = match before.next(self.clock.now()) {
            Next::Done => return Ok(None),
            Next::Wait => None,
            Next::Send(next) => self
                .store
                .begin_again(order_id, topic, next)
                .await?
                .then_some(next),
        };
        ours.map(Some).ok_or(NotifyError::UnderWay)
    }
}
