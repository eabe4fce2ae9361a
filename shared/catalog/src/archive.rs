//! Taking a product off sale.

use kernel::Ids;

use crate::Catalog;
use crate::change::ChangeError;
use crate::product::{Product, ProductId};

impl Catalog {
    /// Takes an active product off sale: it leaves all lists, and its variants can no longer be
    /// bought. Handle and SKUs stay its own.
    pub async fn archive(
        &self,
        ids: &Ids<'_>,
        product_id: &ProductId,
        expected: Option<u64>,
    ) -> Result<Product, ChangeError> {
        self.change(ids, product_id, expected, Product::archived).await
    }
}
