//! `PATCH /v1/carts/{cart_id}`, seen from outside.

use serde_json::json;

use crate::shop::{TestShop, sample};

#[tokio::test]
async fn a_patch_sets_what_it_names_and_null_empties_it() {
    let shop = TestShop::open().await;
    let cart = shop.cart().await;
    let details = sample("carts-update", "checkout")["body"].clone();

    let set = shop
        .patch(cart.path())
        .guest(&cart.token)
        .patch_with(&details)
        .await
        .expect(200);
    assert_eq!(set.text("/email"), "anna@example.com");
    assert_eq!(set.text("/shipping_address/city"), "Berlin");

    let emptied = shop
        .patch(cart.path())
        .guest(&cart.token)
        .patch_with(&json!({ "email": null }))
        .await
        .expect(200);
    assert!(emptied.at("/email").is_null());
    assert_eq!(
        emptied.text("/shipping_address/city"),
        "Berlin",
        "what is absent stays"
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let (mine, yours) = (shop.cart().await, shop.cart().await);
    let body = json!({ "email": "eve@example.com" });
    shop.patch(mine.path())
        .json(&body)
        .await
        .refuses(401, "unauthenticated");
    shop.patch(mine.path())
        .guest(&yours.token)
        .json(&body)
        .await
        .refuses(404, "not_found");
    assert!(shop.look(&mine).await.at("/email").is_null());
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let cart = shop.cart().await;
    let body = json!({ "shipping_address": { "name": "Anna", "country": "Germany" } });
    let refused = shop.patch(cart.path()).guest(&cart.token).json(&body).await;
    refused
        .refuses(400, "invalid_request")
        .names("shipping_address.country")
        .names("shipping_address.city");
    let refused = shop
        .patch(cart.path())
        .guest(&cart.token)
        .text("text/plain", "email=x")
        .await;
    assert!(
        refused
            .refuses(415, "unsupported_media_type")
            .header("accept-patch")
            .is_some()
    );
}
