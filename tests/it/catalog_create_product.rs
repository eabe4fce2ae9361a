//! `POST /v1/admin/products`, seen from outside.

use serde_json::json;

use crate::shop::{TestShop, sample};

const PATH: &str = "/v1/admin/products";

#[tokio::test]
async fn a_product_begins_as_a_draft_with_all_its_variants() {
    let shop = TestShop::open().await;
    let body = sample("catalog-create-product", "with-options")["body"].clone();
    let made = shop.post(PATH).staff().json(&body).await.expect(201);
    assert_eq!(
        (made.text("/status"), made.text("/handle")),
        ("draft", "green-tea")
    );
    assert_eq!(made.at("/variants").as_array().map(Vec::len), Some(2));
    let path = made.header("location").unwrap();
    assert_eq!(
        shop.get(path).staff().await.expect(200).text("/title"),
        "Green tea"
    );
}

#[tokio::test]
async fn a_repeated_create_is_one_product() {
    let shop = TestShop::open().await;
    let body = json!({ "title": "Tea" });
    let first = shop.post(PATH).staff().key("k-1").json(&body).await.expect(201);
    let again = shop.post(PATH).staff().key("k-1").json(&body).await.expect(201);
    assert_eq!(again.bytes(), first.bytes());
    assert_eq!(shop.get(PATH).staff().await.expect(200).data().len(), 1);
}

#[tokio::test]
async fn a_sku_belongs_to_one_product() {
    let shop = TestShop::open().await;
    let body = |title: &str| json!({ "title": title, "variants": [{ "sku": "tea" }] });
    shop.post(PATH).staff().json(&body("Tea")).await.expect(201);
    shop.post(PATH)
        .staff()
        .json(&body("Another tea"))
        .await
        .refuses(409, "sku_taken");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.post(PATH)
        .json(&json!({ "title": "Tea" }))
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let body =
        json!({ "title": 7, "variants": [{ "sku": "", "prices": [{ "amount": 9.99, "currency": "EUR" }] }] });
    let refused = shop
        .post(PATH)
        .staff()
        .json(&body)
        .await
        .refuses(400, "invalid_request");
    refused
        .names("title")
        .names("variants[0].sku")
        .names("variants[0].prices[0].amount");
}
