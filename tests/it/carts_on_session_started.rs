//! `carts-session-started`, seen from outside.

use serde_json::json;

use crate::shop::{PASSWORD, Person, TestShop};

const QUEUE: &str = "carts-session-started";

async fn log_in_with(shop: &TestShop, email: &str, token: &str) -> Person {
    let body = json!({ "email": email, "password": PASSWORD });
    let answer = shop.post("/v1/sessions").guest(token).json(&body).await;
    let person = Person::of(email, &answer);
    shop.quiet().await;
    person
}

#[tokio::test]
async fn the_cart_of_a_guest_who_signs_in_becomes_theirs() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(9).await;
    shop.customer("anna@example.com").await;
    let cart = shop.cart_with([("tea", 2)]).await;
    let anna = log_in_with(&shop, "anna@example.com", &cart.token).await;
    let mine = shop.get("/v1/account/cart").person(&anna).await.expect(200);
    assert_eq!(
        (mine.text("/cart_id"), mine.at("/lines/0/quantity")),
        (&*cart.id, &2.into())
    );
    shop.get(cart.path())
        .guest(&cart.token)
        .await
        .refuses(404, "not_found");
    assert_eq!(shop.parked(QUEUE).await.len(), 0);
}

#[tokio::test]
async fn a_second_guest_cart_goes_over_into_the_first() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(9).await;
    shop.customer("anna@example.com").await;
    let first = shop.cart_with([("tea", 2)]).await;
    log_in_with(&shop, "anna@example.com", &first.token).await;
    let second = shop.cart_with([("tea", 3)]).await;
    let anna = log_in_with(&shop, "anna@example.com", &second.token).await;
    let mine = shop.get("/v1/account/cart").person(&anna).await.expect(200);
    assert_eq!(
        (mine.text("/cart_id"), mine.at("/lines/0/quantity")),
        (&*first.id, &5.into())
    );
    let merged = shop.get(second.path()).person(&anna).await.expect(200);
    assert_eq!(
        (merged.text("/status"), merged.text("/merged_into")),
        ("merged", &*first.id)
    );
}

#[tokio::test]
async fn a_sign_in_told_twice_adds_nothing_twice() {
    let shop = TestShop::open().await;
    shop.product("tea").stock(9).await;
    let anna = shop.customer("anna@example.com").await;
    let user_id = shop
        .get("/v1/account")
        .person(&anna)
        .await
        .expect(200)
        .text("/user_id")
        .to_owned();
    let cart = shop.cart_with([("tea", 2)]).await;
    for _ in 0..2 {
        let fact = json!({ "user_id": user_id, "session_id": anna.session_id, "cart_id": cart.id });
        shop.tell(QUEUE, &fact).await;
    }
    let mine = shop.get("/v1/account/cart").person(&anna).await.expect(200);
    assert_eq!(mine.at("/lines/0/quantity"), 2);
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    shop.tell(QUEUE, &json!({ "user_id": "nobody" })).await;
    assert_eq!(shop.parked(QUEUE).await.len(), 2);
}
