//! Products, stock and regions, in shop words.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
};

use serde_json::{Value, json};

use super::{TestShop, sample};

/// A product on sale with one variant.
#[derive(Debug, Clone)]
pub(crate) struct Product {
    /// Names it.
    pub(crate) product_id: String,
    /// Names its variant.
    pub(crate) sku: String,
}

/// A product to be made: 10.00 EUR, no stock, on sale, unless said otherwise.
#[must_use = "a product is made by `.await`"]
pub(crate) struct NewProduct<'a> {
    shop: &'a TestShop,
    sku: String,
    price: i64,
    stock: i64,
    on_sale: bool,
}

impl TestShop {
    /// A product whose one variant has this SKU.
    pub(crate) fn product(&self, sku: &str) -> NewProduct<'_> {
        NewProduct {
            shop: self,
            sku: sku.to_owned(),
            price: 1000,
            stock: 0,
            on_sale: true,
        }
    }

    /// Makes sure that the shop sells in Europe: `eu`, EUR, prices with 19 % tax, shipping 4.90.
    pub(crate) async fn region(&self) -> &'static str {
        let make = async || {
            let body = sample("pricing-put-region", "europe")["body"].clone();
            self.put("/v1/admin/regions/eu")
                .staff()
                .json(&body)
                .await
                .expect(200);
        };
        self.region.get_or_init(make).await;
        "eu"
    }

    /// A category with this handle; its id.
    pub(crate) async fn category(&self, handle: &str, parent_id: Option<&str>) -> String {
        let body = json!({ "handle": handle, "name": handle, "parent_id": parent_id });
        let made = self
            .post("/v1/admin/categories")
            .staff()
            .json(&body)
            .await
            .expect(201);
        made.text("/category_id").to_owned()
    }

    /// Makes sure that goods have a place to lie.
    pub(crate) async fn location(&self) -> &str {
        let make = async || {
            let made = self
                .post("/v1/admin/locations")
                .staff()
                .json(&json!({ "name": "Berlin" }))
                .await
                .expect(201);
            made.text("/id").to_owned()
        };
        self.location.get_or_init(make).await
    }

    /// Puts so many pieces on the shelf, or takes them off.
    pub(crate) async fn adjust(&self, sku: &str, delta: i64) {
        let reason = if delta < 0 { "damaged" } else { "received" };
        let body = json!({ "location_id": self.location().await, "reason": reason, "delta": delta });
        self.post(format!("/v1/admin/stock/{sku}/adjustments"))
            .staff()
            .json(&body)
            .await
            .expect(201);
    }

    /// The level of a SKU at the one location.
    pub(crate) async fn level(&self, sku: &str) -> Value {
        let levels = self
            .get(format!("/v1/admin/stock/{sku}/levels"))
            .staff()
            .await
            .expect(200);
        levels.at("/data/0").clone()
    }
}

impl NewProduct<'_> {
    /// At this price, in cents.
    pub(crate) fn price(mut self, cents: i64) -> Self {
        self.price = cents;
        self
    }

    /// With so many pieces on the shelf.
    pub(crate) fn stock(mut self, pieces: i64) -> Self {
        self.stock = pieces;
        self
    }

    /// Not on sale yet.
    pub(crate) fn draft(mut self) -> Self {
        self.on_sale = false;
        self
    }

    async fn make(self) -> Product {
        let Self {
            shop,
            sku,
            price,
            stock,
            on_sale,
        } = self;
        let body = json!({
            "title": format!("The {sku}"),
            "variants": [{ "sku": sku, "prices": [{ "amount": price, "currency": "EUR" }] }],
        });
        let made = shop
            .post("/v1/admin/products")
            .staff()
            .json(&body)
            .await
            .expect(201);
        let product_id = made.text("/product_id").to_owned();
        if on_sale {
            shop.post(format!("/v1/admin/products/{product_id}/publish"))
                .staff()
                .await
                .expect(200);
        }
        if stock != 0 {
            shop.adjust(&sku, stock).await;
        }
        Product { product_id, sku }
    }
}

impl<'a> IntoFuture for NewProduct<'a> {
    type Output = Product;
    type IntoFuture = Pin<Box<dyn Future<Output = Product> + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.make())
    }
}
