//! `POST /v1/admin/locations`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

const PATH: &str = "/v1/admin/locations";

#[tokio::test]
async fn a_location_is_made() {
    let shop = TestShop::open().await;
    let made = shop
        .post(PATH)
        .staff()
        .json(&json!({ "name": "Berlin" }))
        .await
        .expect(201);
    assert_eq!(made.text("/name"), "Berlin");
    let listed = shop.get(PATH).staff().await.expect(200);
    assert_eq!(listed.text("/data/0/id"), made.text("/id"));
}

#[tokio::test]
async fn a_repeated_create_is_one_location() {
    let shop = TestShop::open().await;
    let create = || {
        shop.post(PATH)
            .staff()
            .key("k-1")
            .json(&json!({ "name": "Berlin" }))
    };
    let first = create().await.expect(201);
    assert_eq!(create().await.expect(201).bytes(), first.bytes());
    assert_eq!(shop.get(PATH).staff().await.expect(200).data().len(), 1);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.post(PATH)
        .json(&json!({ "name": "Berlin" }))
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.post(PATH)
        .staff()
        .json(&json!({ "name": "" }))
        .await
        .refuses(400, "invalid_request")
        .names("name");
    shop.post(PATH)
        .staff()
        .json(&json!({}))
        .await
        .refuses(400, "invalid_request")
        .names("name");
}
