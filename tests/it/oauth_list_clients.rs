//! `GET /v1/admin/oauth-clients`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn clients_come_by_age_page_by_page() {
    let shop = TestShop::open().await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(shop.client(&["openid"]).await.id);
    }
    let first = shop
        .get("/v1/admin/oauth-clients?limit=2")
        .staff()
        .await
        .expect(200);
    let cursor = first.text("/next_cursor");
    let rest = shop
        .get(format!("/v1/admin/oauth-clients?limit=2&cursor={cursor}"))
        .staff()
        .await
        .expect(200);
    let ids = first
        .data()
        .iter()
        .chain(rest.data())
        .map(|one| one["client_id"].as_str().unwrap().to_owned());
    let mut ids: Vec<String> = ids.collect();
    ids.sort();
    made.sort();
    assert_eq!(ids, made);
    assert!(rest.at("/next_cursor").is_null());
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/oauth-clients")
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.get("/v1/admin/oauth-clients")
        .bearer(&key)
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/oauth-clients?limit=0")
        .staff()
        .await
        .refuses(400, "invalid_request");
}
