//! `GET /v1/admin/orders`, seen from outside.

use std::collections::BTreeSet;

use serde_json::json;

use crate::shop::TestShop;

const PATH: &str = "/v1/admin/orders";

#[tokio::test]
async fn orders_are_listed_by_status() {
    let shop = TestShop::open().await;
    let order = shop.confirmed_order("tea", 1).await;
    let other = shop.confirmed_order("mug", 1).await;
    shop.post(format!("{}/cancel", other.path()))
        .guest(&other.token)
        .json(&json!({}))
        .await
        .expect(200);
    other.until("canceled").await;

    assert_eq!(shop.get(PATH).staff().await.expect(200).data().len(), 2);
    let confirmed = shop
        .get(format!("{PATH}?status=confirmed"))
        .staff()
        .await
        .expect(200);
    assert_eq!(confirmed.data().len(), 1);
    assert_eq!(confirmed.text("/data/0/order_id"), order.id);
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    for _ in 0..5 {
        let cart = shop.cart_with([("tea", 1)]).await;
        shop.place(&cart).await;
    }
    shop.quiet().await;
    let mut seen = BTreeSet::new();
    let mut times = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = shop
            .get(format!("{PATH}?limit=2{cursor}"))
            .staff()
            .await
            .expect(200);
        for order in page.data() {
            assert!(
                seen.insert(order["order_id"].as_str().unwrap().to_owned()),
                "listed twice"
            );
            times.push(order["placed_at"].as_str().unwrap().to_owned());
        }
        match page.at("/next_cursor").as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
    assert!(
        times.is_sorted_by(|newer, older| newer >= older),
        "newest first: {times:?}"
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get(PATH).await.refuses(401, "unauthenticated");
    let key = shop.key_with(&["catalog.read"]).await;
    shop.get(PATH).bearer(&key).await.refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get(format!("{PATH}?status=lost"))
        .staff()
        .await
        .refuses(400, "invalid_request")
        .names("status");
    shop.get(format!("{PATH}?cursor=lost"))
        .staff()
        .await
        .refuses(400, "bad_cursor");
}
