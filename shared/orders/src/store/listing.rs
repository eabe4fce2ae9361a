//! The listing is spread over shards so that no index partition is hot; a page merges them.

use std::collections::VecDeque;

use kernel::Page;

use super::row::OrderRow;

/// How many partitions each listing index has. An order is written about five times in its life,
/// so four partitions of 500 writes a second carry 400 new orders a second.
pub(super) const LISTING_SHARDS: u8 = 4;

/// One shard while a page is read: what was read and not yet shown, and where to go on.
pub(super) struct Shard {
    pub(super) number: u8,
    /// The last position that was read or shown; the next read begins right after it.
    pub(super) position: Option<String>,
    rows: VecDeque<OrderRow>,
    at_end: bool,
}

impl Shard {
    pub(super) fn new(number: u8, position: Option<String>) -> Self {
        Self {
            number,
            position,
            rows: VecDeque::new(),
            at_end: false,
        }
    }

    /// Whether the shard must be read on before its next order is known.
    pub(super) fn is_hungry(&self) -> bool {
        self.rows.is_empty() && !self.at_end
    }

    /// Takes what was read from `position` on, the position itself included.
    pub(super) fn take(&mut self, page: Page<OrderRow>) {
        self.at_end = page.next.is_none();
        let position = self.position.take();
        self.position = page
            .items
            .last()
            .map(|row| row.listed_at.clone())
            .or(position.clone());
        self.rows = page
            .items
            .into_iter()
            .filter(|row| Some(&row.listed_at) != position.as_ref())
            .collect();
    }
}

/// Takes the newest order out of the shards, none of which is hungry.
pub(super) fn merge(shards: &mut [Shard]) -> Option<OrderRow> {
    let newest = shards.iter_mut().max_by(|a, b| head(a).cmp(&head(b)))?;
    newest.rows.pop_front()
}

fn head(shard: &Shard) -> Option<&str> {
    shard.rows.front().map(|row| row.listed_at.as_str())
}

#[cfg(test)]
mod tests;
