//! `POST /v1/orders`, seen from outside.

use std::future::IntoFuture;

use serde_json::json;

use crate::shop::TestShop;

#[tokio::test]
async fn a_cart_becomes_an_order_that_is_paid_and_confirmed() {
    let shop = TestShop::open().await;
    shop.product("tea").price(1999).stock(5).await;
    let cart = shop.cart_with([("tea", 2)]).await;

    let (ask, _) = shop.order_of(&cart, "tok_approve").await;
    let placed = ask.key("k-1").await.expect(201);

    assert_eq!(
        placed.header("location").unwrap(),
        format!("/v1/orders/{}", placed.text("/order_id"))
    );
    assert_eq!(
        placed.at("/total"),
        &json!({ "amount": 3998 + 490, "currency": "EUR" })
    );
    shop.quiet().await;
    let seen = shop
        .get(placed.header("location").unwrap())
        .guest(&cart.token)
        .await
        .expect(200);
    assert_eq!(
        (seen.text("/status"), seen.text("/payment_status")),
        ("confirmed", "authorized")
    );
    assert!(seen.at("/number").is_string());
    assert_eq!(shop.look(&cart).await.text("/status"), "completed");
}

#[tokio::test]
async fn a_repeated_create_returns_the_first_order() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let cart = shop.cart_with([("tea", 2)]).await;
    let (_, body) = shop.order_of(&cart, "tok_approve").await;
    let create = || shop.post("/v1/orders").guest(&cart.token).key("k-1").json(&body);

    let first = create().await.expect(201);
    let again = create().await.expect(201);

    assert_eq!(again.bytes(), first.bytes());
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    shop.quiet().await;
    assert_eq!(
        shop.get("/v1/admin/orders")
            .staff()
            .await
            .expect(200)
            .data()
            .len(),
        1
    );
    assert_eq!(shop.level("tea").await["reserved"], 2);
}

#[tokio::test]
async fn a_cart_becomes_one_order_whatever_the_keys() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let cart = shop.cart_with([("tea", 1)]).await;
    let (_, body) = shop.order_of(&cart, "tok_approve").await;
    let create = |key: &'static str| {
        shop.post("/v1/orders")
            .guest(&cart.token)
            .key(key)
            .json(&body)
            .into_future()
    };

    let (one, other) = tokio::join!(create("k-1"), create("k-2"));

    let mut statuses = [one.status(), other.status()];
    statuses.sort_unstable();
    assert!(matches!(statuses, [201, 201 | 409 | 503]), "{one}\n{other}");
    shop.quiet().await;
    assert_eq!(
        shop.get("/v1/admin/orders")
            .staff()
            .await
            .expect(200)
            .data()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_key_is_required_and_bound_to_its_body() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let cart = shop.cart_with([("tea", 2)]).await;
    let (ask, mut body) = shop.order_of(&cart, "tok_approve").await;
    ask.await.refuses(400, "idempotency_key_missing");
    shop.post("/v1/orders")
        .guest(&cart.token)
        .key("k-1")
        .json(&body)
        .await
        .expect(201);
    body["payment_method"]["token"] = json!("tok_decline");
    let reused = shop
        .post("/v1/orders")
        .guest(&cart.token)
        .key("k-1")
        .json(&body)
        .await;
    reused.refuses(422, "idempotency_key_reused");
}

#[tokio::test]
async fn the_last_piece_is_sold_once() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(1).await;
    let (anna, ben) = (
        shop.cart_with([("tea", 1)]).await,
        shop.cart_with([("tea", 1)]).await,
    );
    let (annas, _) = shop.order_of(&anna, "tok_approve").await;
    let (bens, _) = shop.order_of(&ben, "tok_approve").await;

    let (annas, bens) = tokio::join!(annas.key("k-1").into_future(), bens.key("k-1").into_future());
    let (annas, bens) = (annas.expect(201), bens.expect(201));
    shop.quiet().await;

    let mut statuses = Vec::new();
    for (order, cart) in [(annas, &anna), (bens, &ben)] {
        let seen = shop
            .get(format!("/v1/orders/{}", order.text("/order_id")))
            .guest(&cart.token)
            .await
            .expect(200);
        statuses.push(seen.text("/status").to_owned());
    }
    statuses.sort();
    assert_eq!(statuses, ["canceled", "confirmed"]);
    assert_eq!(shop.level("tea").await["reserved"], 1);
}

#[tokio::test]
async fn a_declined_card_cancels_the_order_and_gives_stock_and_cart_back() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let cart = shop.cart_with([("tea", 2)]).await;
    let order = shop.place(&cart).card("tok_decline").await;
    let seen = order.until("canceled").await;
    assert_eq!(seen.text("/cancellation/reason"), "payment_declined");
    assert_eq!(shop.level("tea").await["reserved"], 0);
    assert_eq!(
        shop.look(&cart).await.text("/status"),
        "active",
        "the buyer may try another card"
    );
}

#[tokio::test]
async fn a_quote_that_is_no_longer_true_is_refused() {
    let shop = TestShop::open().await;
    let tea = shop.product("tea").price(1000).stock(5).await;
    let cart = shop.cart_with([("tea", 1)]).await;
    let (ask, _) = shop.order_of(&cart, "tok_approve").await;
    let variant = shop
        .get(format!("/v1/admin/products/{}", tea.product_id))
        .staff()
        .await
        .expect(200);
    let dearer = json!({ "variants": [{
        "variant_id": variant.text("/variants/0/variant_id"), "sku": "tea",
        "prices": [{ "amount": 2000, "currency": "EUR" }],
    }] });
    shop.patch(format!("/v1/admin/products/{}", tea.product_id))
        .staff()
        .patch_with(&dearer)
        .await
        .expect(200);

    ask.key("k-1").await.refuses(409, "quote_changed");
    assert_eq!(shop.look(&cart).await.text("/status"), "active");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let (mine, yours) = (
        shop.cart_with([("tea", 1)]).await,
        shop.cart_with([("tea", 1)]).await,
    );
    let (_, body) = shop.order_of(&mine, "tok_approve").await;
    shop.post("/v1/orders")
        .key("k-1")
        .json(&body)
        .await
        .refuses(401, "unauthenticated");
    let stolen = shop
        .post("/v1/orders")
        .guest(&yours.token)
        .key("k-1")
        .json(&body)
        .await;
    stolen.refuses(400, "invalid_request").names("quote_id");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(5).await;
    let cart = shop.cart_with([("tea", 1)]).await;
    let ask = || shop.post("/v1/orders").guest(&cart.token).key("k-1");
    ask()
        .json(&json!({}))
        .await
        .refuses(400, "invalid_request")
        .names("quote_id")
        .names("payment_method");
    let forged =
        json!({ "quote_id": "forged", "payment_method": { "provider": "sandbox", "token": "tok_approve" } });
    ask()
        .json(&forged)
        .await
        .refuses(400, "invalid_request")
        .names("quote_id");
}

// ID-18
// ID-18
#[tokio::test]
async fn a_customer_places_their_own_cart_and_nobody_elses() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(9).await;
    let (anna, ben) = (
        shop.customer("anna@example.com").await,
        shop.customer("ben@example.com").await,
    );
    let cart = shop.cart_with([("tea", 1)]).await;
    let body = json!({ "region_id": shop.region().await });
    let adopt = shop.post("/v1/carts").person(&anna).guest(&cart.token);
    adopt.json(&body).await.expect(201);
    let seen = shop.get(cart.path()).person(&anna).await.expect(200);
    let body = json!({
        "quote_id": seen.text("/quote_id"),
        "payment_method": { "provider": "sandbox", "token": "tok_approve" },
    });
    let place = |key: &str| shop.post("/v1/orders").key(key).json(&body);
    place("k-1").person(&ben).await.refuses(404, "not_found");
    place("k-2").guest(&cart.token).await.refuses(404, "not_found");
    let placed = place("k-3").person(&anna).await.expect(201);
    assert!(placed.at("/customer_id").is_string());
    let path = format!("/v1/orders/{}", placed.text("/order_id"));
    shop.get(&*path).person(&ben).await.refuses(404, "not_found");
    shop.get(&*path).guest(&cart.token).await.expect(200);
}
