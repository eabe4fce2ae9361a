//! `GET /v1/admin/locations`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

const PATH: &str = "/v1/admin/locations";

#[tokio::test]
async fn every_location_is_listed() {
    let shop = TestShop::open().await;
    for name in ["Berlin", "Lyon"] {
        shop.post(PATH)
            .staff()
            .json(&json!({ "name": name }))
            .await
            .expect(201);
    }
    let seen = shop.get(PATH).staff().await.expect(200);
    let mut names: Vec<&str> = seen
        .data()
        .iter()
        .filter_map(|location| location["name"].as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["Berlin", "Lyon"]);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get(PATH).await.refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get(format!("{PATH}?limit=0"))
        .staff()
        .await
        .refuses(400, "invalid_request")
        .names("limit");
    shop.get(format!("{PATH}?cursor=x"))
        .staff()
        .await
        .refuses(400, "bad_cursor");
}
