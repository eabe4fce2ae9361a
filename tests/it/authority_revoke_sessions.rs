//! `DELETE /v1/account/sessions`, seen from outside.

use crate::shop::{PASSWORD, Person, TestShop};

// ID-17
#[tokio::test]
async fn all_others_are_logged_out_or_all() {
    let shop = TestShop::open().await;
    let here = shop.customer("ada@example.com").await;
    let there = Person::of("ada@example.com", &shop.log_in("ada@example.com", PASSWORD).await);
    shop.delete("/v1/account/sessions?keep_current=true")
        .person(&here)
        .await
        .expect(204);
    shop.get("/v1/account/sessions")
        .person(&there)
        .await
        .refuses(401, "unauthenticated");
    shop.get("/v1/account/sessions").person(&here).await.expect(200);
    shop.delete("/v1/account/sessions")
        .person(&here)
        .await
        .expect(204);
    shop.get("/v1/account/sessions")
        .person(&here)
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.delete("/v1/account/sessions")
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    shop.delete("/v1/account/sessions?keep_current=perhaps")
        .person(&ada)
        .await
        .refuses(400, "invalid_request");
    shop.get("/v1/account/sessions").person(&ada).await.expect(200);
}
