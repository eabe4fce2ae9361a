//! Rows and access patterns N1 to N3 of the table `notifications`; the only code that touches it.
//!
//! | row | pk | sk |
//! |---|---|---|
//! | message | `order#<order id>` | `message#<topic>` |
//!
//! No address and no text is kept: the fact has them, and a row that outlives its order has not.

use kernel::Time;
use platform::Cloud;
use platform::table::{Condition, Key, Table, TableError};
use serde::{Deserialize, Serialize};

use crate::message::{Message, State, Topic};

/// The table `notifications`.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    table: Table,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct MessageRow {
    pk: String,
    sk: String,
    state: StateWord,
    started_at: Time,
    attempts: u32,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateWord {
    Sending,
    Failed,
    Sent,
}

impl Store {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            table: cloud.table("notifications"),
        }
    }

    /// N1: begin the first attempt. When there was one before, answers with it and changes nothing.
    pub(crate) async fn begin(
        &self,
        order_id: &str,
        topic: Topic,
        first: Message,
    ) -> Result<Option<Message>, TableError> {
        let Key { pk, sk } = key(order_id, topic);
        let row = MessageRow {
            pk,
            sk,
            state: first.state.into(),
            started_at: first.started_at,
            attempts: first.attempts,
        };
        match self.table.put(&row).only_if_absent().send().await {
            Ok(()) => Ok(None),
            Err(error) if error.is_condition_failed() => match error.old_item::<MessageRow>() {
                Some(row) => Ok(Some(row.into())),
                None => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// N2: begin another attempt, unless somebody else began one first. Says whether it is ours.
    pub(crate) async fn begin_again(
        &self,
        order_id: &str,
        topic: Topic,
        next: Message,
    ) -> Result<bool, TableError> {
        let update = self
            .table
            .update(key(order_id, topic))
            .set("state", StateWord::from(next.state))
            .set("started_at", next.started_at)
            .set("attempts", next.attempts)
            .only_if(Condition::eq("attempts", next.attempts.saturating_sub(1)));
        match update.send().await {
            Ok(()) => Ok(true),
            Err(error) if error.is_condition_failed() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// N3: how our attempt ended. Does nothing when another attempt has begun since.
    pub(crate) async fn end(
        &self,
        order_id: &str,
        topic: Topic,
        attempt: Message,
        state: State,
    ) -> Result<(), TableError> {
        let update = self
            .table
            .update(key(order_id, topic))
            .set("state", StateWord::from(state));
        match update
            .only_if(Condition::eq("attempts", attempt.attempts))
            .send()
            .await
        {
            Err(error) if !error.is_condition_failed() => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

fn key(order_id: &str, topic: Topic) -> Key {
    Key::new(format!("order#{order_id}"), format!("message#{}", topic.as_str()))
}

impl From<MessageRow> for Message {
    fn from(row: MessageRow) -> Self {
        let state = match row.state {
            StateWord::Sending => State::Sending,
            StateWord::Failed => State::Failed,
            StateWord::Sent => State::Sent,
        };
        Self {
            state,
            started_at: row.started_at,
            attempts: row.attempts,
        }
    }
}

impl From<State> for StateWord {
    fn from(state: State) -> Self {
        match state {
            State::Sending => Self::Sending,
            State::Failed => Self::Failed,
            State::Sent => Self::Sent,
        }
    }
}
