//! Changing what a product says of itself.

use kernel::Ids;

use crate::Catalog;
use crate::change::ChangeError;
use crate::patch::Patch;
use crate::product::{Product, ProductId};

impl Catalog {
    /// Patches a product, in any status. One on sale must remain fit for sale
    /// (`product_not_publishable`); handle and SKUs must be free (`handle_taken`, `sku_taken`).
    pub async fn update(
        &self,
        ids: &Ids<'_>,
        product_id: &ProductId,
        expected: Option<u64>,
        patch: Patch,
    ) -> Result<Product, ChangeError> {
        let rule = |product: &Product, change| product.revised(patch.clone().on(product), ids, change);
        self.change(ids, product_id, expected, rule).await
    }
}
