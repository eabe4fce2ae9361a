//! What the back office sees: every product, whatever its status.

use kernel::{Limit, Page};

use crate::Catalog;
use crate::change::ChangeError;
use crate::offer::Summary;
use crate::product::{Product, ProductId, Status};

impl Catalog {
    /// A product in any status, as the last change left it.
    pub async fn inspect(&self, product_id: &ProductId) -> Result<Product, ChangeError> {
        self.store
            .product_now(product_id)
            .await?
            .ok_or(ChangeError::Missing)
    }

    /// A page of products in one status, the last changed first. Without a status: all drafts,
    /// then all active, then all archived ones.
    ///
    /// A page without a status may cost one query for each status it touches, three at most.
    pub async fn inspect_all(
        &self,
        status: Option<Status>,
        limit: Limit,
        after: Option<String>,
    ) -> Result<Page<Summary>, ChangeError> {
        if let Some(status) = status {
            return Ok(self.store.summaries(status, limit, after).await?);
        }
        let (first, mut position) = resume(after.as_deref());
        let mut items = Vec::new();
        for status in Status::ALL.into_iter().filter(|status| *status >= first) {
            let room = usize::from(limit.get()).saturating_sub(items.len());
            let Some(room) = u8::try_from(room).ok().and_then(Limit::new) else {
                let next = Some(place(status, None));
                return Ok(Page { items, next });
            };
            let page = self.store.summaries(status, room, position.take()).await?;
            items.extend(page.items);
            if let Some(next) = page.next {
                let next = Some(place(status, Some(&next)));
                return Ok(Page { items, next });
            }
        }
        Ok(Page { items, next: None })
    }
}

/// The place in the list of all statuses: the status, and the place in its own list.
fn place(status: Status, position: Option<&str>) -> String {
    format!("{}|{}", status.as_str(), position.unwrap_or_default())
}

/// Where a page goes on; at the beginning when there is no such place.
fn resume(after: Option<&str>) -> (Status, Option<String>) {
    let place = after.and_then(|place| {
        let (status, position) = place.split_once('|')?;
        let position = (!position.is_empty()).then(|| position.to_owned());
        Some((Status::parse(status)?, position))
    });
    place.unwrap_or((Status::Draft, None))
}
