//! `GET /v1/admin/orders/{order_id}`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn staff_sees_what_happened_by_whom() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let seen = shop.get(order.admin_path()).staff().await.expect(200);
    let history = seen.at("/history").as_array().unwrap();
    let what: Vec<&str> = history
        .iter()
        .filter_map(|entry| entry["what"].as_str())
        .collect();
    assert_eq!(what.first(), Some(&"placed"));
    assert_eq!(what.last(), Some(&"confirmed"));
    assert!(history.iter().all(|entry| entry["by"].is_string()));
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    shop.get(order.admin_path()).await.refuses(401, "unauthenticated");
    shop.get(order.admin_path())
        .guest(&order.token)
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/orders/nonsense")
        .staff()
        .await
        .refuses(404, "not_found");
    shop.get("/v1/admin/orders/order_01h455vb4pex5vsknk084sn02q")
        .staff()
        .await
        .refuses(404, "not_found");
}
