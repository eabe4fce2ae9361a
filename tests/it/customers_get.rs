//! `GET /v1/account`, seen from outside.

use crate::shop::TestShop;

const PATH: &str = "/v1/account";

#[tokio::test]
async fn a_customer_sees_their_account_and_nobody_elses() {
    let shop = TestShop::open().await;
    let (anna, ben) = (
        shop.customer("anna@example.com").await,
        shop.customer("ben@example.com").await,
    );
    let (annas, bens) = (
        shop.get(PATH).person(&anna).await.expect(200),
        shop.get(PATH).person(&ben).await.expect(200),
    );
    assert_eq!(
        (annas.text("/email"), bens.text("/email")),
        ("anna@example.com", "ben@example.com")
    );
    assert_ne!(annas.text("/user_id"), bens.text("/user_id"));
    assert_eq!(annas.at("/marketing/granted"), false);
    // ID-19: what is kept about a user beside that is nobody's to see.
    for field in ["version", "epoch", "roles", "status"] {
        assert!(annas.at(&format!("/{field}")).is_null(), "{field}");
    }
}

#[tokio::test]
async fn an_unchanged_account_is_not_sent_again() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let seen = shop.get(PATH).person(&anna).await.expect(200);
    shop.get(PATH)
        .person(&anna)
        .if_none_match(seen.etag())
        .await
        .expect(304);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get(PATH).await.refuses(401, "unauthenticated");
    shop.get(PATH)
        .bearer("nonsense")
        .await
        .refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.get(format!("{PATH}?nonsense=1"))
        .person(&anna)
        .await
        .refuses(400, "invalid_request")
        .names("nonsense");
}
