//! `PUT /v1/admin/regions/{region_id}`, seen from outside.

use serde_json::{Value, json};

use crate::shop::{TestShop, sample};

fn europe() -> Value {
    sample("pricing-put-region", "europe")["body"].clone()
}

#[tokio::test]
async fn a_region_is_made_and_replaced() {
    let shop = TestShop::open().await;
    let made = shop
        .put("/v1/admin/regions/eu")
        .staff()
        .json(&europe())
        .await
        .expect(200);
    let mut changed = europe();
    changed["name"] = json!("The Continent");

    let replaced = shop
        .put("/v1/admin/regions/eu")
        .staff()
        .if_match(made.etag())
        .json(&changed)
        .await
        .expect(200);

    assert_eq!(replaced.text("/name"), "The Continent");
    assert_ne!(replaced.etag(), made.etag());
}

#[tokio::test]
async fn two_editors_never_overwrite_each_other() {
    let shop = TestShop::open().await;
    let read = shop
        .put("/v1/admin/regions/eu")
        .staff()
        .json(&europe())
        .await
        .expect(200);
    let mut changed = europe();
    changed["name"] = json!("The Continent");
    shop.put("/v1/admin/regions/eu")
        .staff()
        .if_match(read.etag())
        .json(&changed)
        .await
        .expect(200);
    changed["name"] = json!("Elsewhere");
    let late = shop
        .put("/v1/admin/regions/eu")
        .staff()
        .if_match(read.etag())
        .json(&changed)
        .await;
    late.refuses(412, "stale");
    assert_eq!(
        shop.get("/v1/regions").await.expect(200).text("/data/0/name"),
        "The Continent"
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.put("/v1/admin/regions/eu")
        .json(&europe())
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let mut body = europe();
    body["currency"] = json!("BEADS");
    body["countries"] = json!([]);
    let refused = shop.put("/v1/admin/regions/eu").staff().json(&body).await;
    refused
        .refuses(400, "invalid_request")
        .names("currency")
        .names("countries");
}
