//! Putting a product on sale.

use kernel::Ids;

use crate::Catalog;
use crate::change::ChangeError;
use crate::product::{Product, ProductId};

impl Catalog {
    /// Puts a draft or an archived product on sale: buyers see it at the head of its lists.
    ///
    /// It needs a title, a variant, and a price for every variant (`product_not_publishable`).
    pub async fn publish(
        &self,
        ids: &Ids<'_>,
        product_id: &ProductId,
        expected: Option<u64>,
    ) -> Result<Product, ChangeError> {
        self.change(ids, product_id, expected, Product::published).await
    }
}
