//! Order numbers, taken from the shop's counter a block at a time.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use kernel::Fault;

use crate::order::OrderNumber;
use crate::store::Store;

/// How many numbers an instance takes at once. The counter is one item; a block makes it one write
/// in twenty confirmations, so that it is not hot below 10,000 of them a second.
const BLOCK: u32 = 20;

/// The block that this instance still has.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    left: Mutex<VecDeque<u64>>,
}

impl Numbers {
    /// A number that nobody has. It is used up by being taken: what is not used is a gap.
    pub(crate) async fn take(&self, store: &Store) -> Result<OrderNumber, Fault> {
        if let Some(ordinal) = self.pop() {
            return Ok(OrderNumber::of(ordinal));
        }
        let last = store.allocate_numbers(BLOCK).await?;
        let first = last - u64::from(BLOCK) + 1;
        self.left
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(first + 1..=last);
        Ok(OrderNumber::of(first))
    }

    fn pop(&self) -> Option<u64> {
        self.left
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }
}
