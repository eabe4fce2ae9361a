//! `POST /v1/admin/categories`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

const PATH: &str = "/v1/admin/categories";

#[tokio::test]
async fn a_category_stands_below_its_parent() {
    let shop = TestShop::open().await;
    let drinks = shop.category("drinks", None).await;
    let body = json!({ "handle": "tea", "name": "Tea", "parent_id": drinks });
    let made = shop.post(PATH).staff().json(&body).await.expect(201);
    assert_eq!(
        (made.text("/path"), made.text("/parent_id")),
        ("drinks/tea", drinks.as_str())
    );
}

#[tokio::test]
async fn a_handle_is_given_once() {
    let shop = TestShop::open().await;
    let body = json!({ "handle": "tea", "name": "Tea" });
    let first = shop.post(PATH).staff().key("k-1").json(&body).await.expect(201);
    let again = shop.post(PATH).staff().key("k-1").json(&body).await.expect(201);
    assert_eq!(again.bytes(), first.bytes());
    shop.post(PATH)
        .staff()
        .json(&body)
        .await
        .refuses(409, "handle_taken");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.post(PATH)
        .json(&json!({ "handle": "tea", "name": "Tea" }))
        .await
        .refuses(401, "unauthenticated");
    assert_eq!(shop.get("/v1/categories").await.expect(200).data().len(), 0);
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let body = json!({ "handle": "Not A Handle", "name": "" });
    shop.post(PATH)
        .staff()
        .json(&body)
        .await
        .refuses(400, "invalid_request")
        .names("handle")
        .names("name");
    let body = json!({ "handle": "tea", "name": "Tea", "parent_id": "cat_01h455vb4pex5vsknk084sn02q" });
    shop.post(PATH)
        .staff()
        .json(&body)
        .await
        .refuses(400, "invalid_request")
        .names("parent_id");
}
