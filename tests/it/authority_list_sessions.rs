//! `GET /v1/account/sessions`, seen from outside.

use crate::shop::{PASSWORD, Person, TestShop};

// ID-17
#[tokio::test]
async fn somebody_sees_where_they_are_logged_in() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let other = Person::of("ada@example.com", &shop.log_in("ada@example.com", PASSWORD).await);
    let listed = shop.get("/v1/account/sessions").person(&ada).await.expect(200);
    let current: Vec<(&str, bool)> = listed
        .data()
        .iter()
        .filter_map(|one| Some((one["session_id"].as_str()?, one["is_current"].as_bool()?)))
        .collect();
    assert_eq!(
        current,
        [
            (other.session_id.as_str(), false),
            (ada.session_id.as_str(), true)
        ]
    );
    assert!(
        !listed.to_string().contains("seed"),
        "only what is meant to be seen"
    );
}

// ID-18
#[tokio::test]
async fn a_stranger_is_refused_and_another_sees_their_own() {
    let shop = TestShop::open().await;
    shop.get("/v1/account/sessions")
        .await
        .refuses(401, "unauthenticated");
    shop.get("/v1/account/sessions")
        .staff()
        .await
        .refuses(403, "customer_required");
    let ada = shop.customer("ada@example.com").await;
    let eve = shop.customer("eve@example.com").await;
    let seen = shop.get("/v1/account/sessions").person(&eve).await.expect(200);
    assert!(!seen.to_string().contains(&ada.session_id));
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    shop.get("/v1/account/sessions?user=eve")
        .person(&ada)
        .await
        .refuses(400, "invalid_request");
}
