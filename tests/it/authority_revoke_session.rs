//! `DELETE /v1/account/sessions/{session_id}`, seen from outside.

use crate::shop::{PASSWORD, Person, TestShop};

// ID-17
#[tokio::test]
async fn one_device_is_logged_out_and_the_others_stay() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let lost = Person::of("ada@example.com", &shop.log_in("ada@example.com", PASSWORD).await);
    let path = format!("/v1/account/sessions/{}", lost.session_id);
    for _ in 0..2 {
        shop.delete(&*path).person(&ada).await.expect(204);
    }
    shop.get("/v1/account/sessions")
        .person(&lost)
        .await
        .refuses(401, "unauthenticated");
    shop.get("/v1/account/sessions").person(&ada).await.expect(200);
}

// ID-18
#[tokio::test]
async fn a_stranger_is_refused_and_anothers_session_is_unknown() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let eve = shop.customer("eve@example.com").await;
    let path = format!("/v1/account/sessions/{}", ada.session_id);
    shop.delete(&*path).await.refuses(401, "unauthenticated");
    shop.delete(&*path).person(&eve).await.refuses(404, "not_found");
    shop.get("/v1/account/sessions").person(&ada).await.expect(200);
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    shop.delete("/v1/account/sessions/nonsense")
        .person(&ada)
        .await
        .refuses(404, "not_found");
}
