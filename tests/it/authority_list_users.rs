//! `GET /v1/admin/users`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn users_come_a_page_at_a_time_newest_first() {
    let shop = TestShop::open().await;
    for email in ["a@example.com", "b@example.com", "c@example.com"] {
        shop.customer(email).await;
    }
    let first = shop.get("/v1/admin/users?limit=2").staff().await.expect(200);
    assert_eq!(
        (first.text("/data/0/email"), first.text("/data/1/email")),
        ("c@example.com", "b@example.com")
    );
    let cursor = first.text("/next_cursor");
    let rest = shop
        .get(format!("/v1/admin/users?limit=2&cursor={cursor}"))
        .staff()
        .await
        .expect(200);
    assert_eq!(
        (rest.data().len(), rest.text("/data/0/email")),
        (1, "a@example.com")
    );
    assert!(
        !first.to_string().contains("epoch"),
        "only what is meant to be seen"
    );
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/users").await.refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.get("/v1/admin/users")
        .bearer(&key)
        .await
        .refuses(403, "forbidden");
    let analyst = shop.staff_person("analyst@example.com", &["analyst"]).await;
    shop.get("/v1/admin/users")
        .person(&analyst)
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/users?cursor=nonsense")
        .staff()
        .await
        .refuses(400, "bad_cursor");
}
