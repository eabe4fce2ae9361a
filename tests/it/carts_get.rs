//! `GET /v1/carts/{cart_id}`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn a_buyer_sees_the_cart_and_what_it_costs() {
    let shop = TestShop::open().await;
    shop.product("tea").price(1999).stock(5).await;
    let cart = shop.cart_with([("tea", 2)]).await;

    let seen = shop.look(&cart).await;

    assert_eq!(seen.at("/lines/0/quantity"), 2);
    assert_eq!(seen.at("/subtotal/amount"), 3998);
    assert_eq!(seen.at("/total/amount"), 3998 + 490, "with shipping");
    assert!(seen.at("/quote_id").is_string(), "nothing is missing");
}

#[tokio::test]
async fn a_stranger_is_refused_and_another_buyer_learns_nothing() {
    let shop = TestShop::open().await;
    let (mine, yours) = (shop.cart().await, shop.cart().await);

    shop.get(mine.path()).await.refuses(401, "unauthenticated");
    shop.get(mine.path())
        .guest("forged")
        .await
        .refuses(401, "unauthenticated");
    let foreign = shop
        .get(mine.path())
        .guest(&yours.token)
        .await
        .refuses(404, "not_found");
    let unknown = shop
        .get("/v1/carts/cart_01h455vb4pex5vsknk084sn02q")
        .guest(&yours.token)
        .await;
    let unknown = unknown.refuses(404, "not_found");
    assert_eq!(foreign.at("/error/message"), unknown.at("/error/message"));
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let cart = shop.cart().await;
    let refused = shop
        .get(format!("{}?with=everything", cart.path()))
        .guest(&cart.token)
        .await;
    refused.refuses(400, "invalid_request").names("with");
}

#[tokio::test]
async fn an_unchanged_cart_is_not_sent_again() {
    let shop = TestShop::open().await;
    let cart = shop.cart().await;
    let first = shop.look(&cart).await;

    let again = shop
        .get(cart.path())
        .guest(&cart.token)
        .if_none_match(first.etag())
        .await
        .expect(304);

    assert!(again.bytes().is_empty());
    assert_eq!(again.etag(), first.etag());
}

// ID-18
// ID-18
#[tokio::test]
async fn another_customer_is_told_nothing_on_any_route_of_a_cart() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(9).await;
    let (anna, ben) = (
        shop.customer("anna@example.com").await,
        shop.customer("ben@example.com").await,
    );
    let body = json!({ "region_id": shop.region().await });
    let made = shop.post("/v1/carts").person(&anna).json(&body).await.expect(201);
    let path = made.text("/links/self").to_owned();
    let line = json!({ "sku": "tea", "quantity": 1 });
    let filled = shop
        .post(format!("{path}/lines"))
        .person(&anna)
        .json(&line)
        .await
        .expect(200);
    let line_path = format!("{path}/lines/{}", filled.text("/lines/0/line_id"));

    let guest = shop.cart().await;
    let strangers = || {
        [
            shop.get(&*path),
            shop.patch(&*path)
                .patch_with(&json!({ "email": "ben@example.com" })),
        ]
    };
    for ask in strangers() {
        ask.person(&ben).await.refuses(404, "not_found");
    }
    for ask in strangers() {
        ask.guest(&guest.token).await.refuses(404, "not_found");
    }
    let add = shop.post(format!("{path}/lines")).person(&ben).json(&line);
    add.await.refuses(404, "not_found");
    let change = shop
        .patch(&*line_path)
        .person(&ben)
        .patch_with(&json!({ "quantity": 9 }));
    change.await.refuses(404, "not_found");
    shop.delete(&*line_path)
        .person(&ben)
        .await
        .refuses(404, "not_found");
    let unknown = shop
        .get("/v1/carts/cart_01h455vb4pex5vsknk084sn02q")
        .person(&ben)
        .await;
    let foreign = shop.get(&*path).person(&ben).await;
    assert_eq!(foreign.at("/error/message"), unknown.at("/error/message"));
    let seen = shop.get(&*path).person(&anna).await.expect(200);
    assert_eq!(seen.bytes(), filled.bytes(), "nothing has changed");
}
