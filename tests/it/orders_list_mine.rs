//! `GET /v1/account/orders`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

const PATH: &str = "/v1/account/orders";

#[tokio::test]
async fn a_customer_pages_through_their_orders_newest_first() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(9).await;
    let anna = shop.customer("anna@example.com").await;
    let mut placed = Vec::new();
    for _ in 0..3 {
        placed.insert(0, shop.order_of_customer(&anna, "tea").await);
    }
    let first = shop
        .get(format!("{PATH}?limit=2"))
        .person(&anna)
        .await
        .expect(200);
    let cursor = first.text("/next_cursor");
    let rest = shop
        .get(format!("{PATH}?limit=2&cursor={cursor}"))
        .person(&anna)
        .await
        .expect(200);
    assert!(rest.at("/next_cursor").is_null());
    let ids = first.data().iter().chain(rest.data());
    let ids: Vec<_> = ids
        .map(|order| order["order_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids, placed);
    assert_eq!(
        first.at("/data/0/total/amount").as_i64(),
        rest.at("/data/0/total/amount").as_i64()
    );
}

// ID-18
#[tokio::test]
async fn nobody_sees_anothers_orders() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(9).await;
    let (anna, ben) = (
        shop.customer("anna@example.com").await,
        shop.customer("ben@example.com").await,
    );
    let order_id = shop.order_of_customer(&anna, "tea").await;
    let bens = shop.get(PATH).person(&ben).await.expect(200);
    assert_eq!(bens.at("/data"), &json!([]));
    let path = format!("/v1/orders/{order_id}");
    shop.get(&*path).person(&ben).await.refuses(404, "not_found");
    shop.post(format!("{path}/cancel"))
        .person(&ben)
        .json(&json!({}))
        .await
        .refuses(404, "not_found");
    let own = shop.get(&*path).person(&anna).await.expect(200);
    assert!(own.at("/customer_id").is_string());
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get(PATH).await.refuses(401, "unauthenticated");
    let cart = shop.cart().await;
    shop.get(PATH)
        .guest(&cart.token)
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.get(format!("{PATH}?limit=0&cursor=nonsense"))
        .person(&anna)
        .await
        .refuses(400, "invalid_request")
        .names("limit");
}
