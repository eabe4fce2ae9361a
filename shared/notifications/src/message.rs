//! One letter to one buyer, and whether it may be sent now. Pure.

use kernel::{Duration, Time};

/// How long a sender may take; afterwards it is taken for dead. Longer than any invocation lives.
pub const LEASE: Duration = Duration::minutes(1);

/// What a letter is about; with the order it names the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// The order is confirmed.
    Confirmed,
    /// The order was canceled.
    Canceled,
    /// The order is on its way.
    Shipped,
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Somebody is sending it, or died doing so.
    Sending,
    /// The last attempt failed, and said so.
    Failed,
    /// It was handed over for delivery.
    Sent,
}

/// What is known of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Message {
    /// Where it stands.
    pub state: State,
    /// When the last attempt began.
    pub started_at: Time,
    /// How many attempts there were.
    pub attempts: u32,
}

/// What to do about a message that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing: it was sent.
    Done,
    /// Nothing yet: somebody may be sending it.
    Wait,
    /// Begin this attempt.
    Send(Message),
}

impl Topic {
    /// The word in the books.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "order_confirmed",
            Self::Canceled => "order_canceled",
            Self::Shipped => "order_shipped",
        }
    }
}

impl Message {
    /// The first attempt.
    pub(crate) const fn first(now: Time) -> Self {
        Self {
            state: State::Sending,
            started_at: now,
            attempts: 1,
        }
    }

    /// What to do when the message is asked for again.
    pub(crate) fn next(self, now: Time) -> Next {
        let again = Self {
            state: State::Sending,
            started_at: now,
            attempts: self.attempts + 1,
        };
        match self.state {
            State::Sent => Next::Done,
            State::Failed => Next::Send(again),
            State::Sending if now.since(self.started_at) >= LEASE => Next::Send(again),
            State::Sending => Next::Wait,
        }
    }
}

#[cfg(test)]
mod tests;
