//! `GET /v1/admin/users/{user_id}`, seen from outside.

use crate::shop::TestShop;

#[tokio::test]
async fn staff_sees_a_user() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let user_id = shop.user_id(&ada).await;
    let path = format!("/v1/admin/users/{user_id}");
    let user = shop.get(&*path).staff().await.expect(200);
    assert_eq!(
        (user.text("/email"), user.text("/status")),
        ("ada@example.com", "active")
    );
    shop.get(&*path)
        .staff()
        .if_none_match(user.etag())
        .await
        .expect(304);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.get("/v1/admin/users/usr_01h455vb4pex5vsknk084sn02q")
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["orders.read"]).await;
    shop.get("/v1/admin/users/usr_01h455vb4pex5vsknk084sn02q")
        .bearer(&key)
        .await
        .refuses(403, "forbidden");
    let analyst = shop.staff_person("analyst@example.com", &["analyst"]).await;
    shop.get("/v1/admin/users/usr_01h455vb4pex5vsknk084sn02q")
        .person(&analyst)
        .await
        .refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    for user_id in ["nonsense", "usr_01h455vb4pex5vsknk084sn02q"] {
        shop.get(format!("/v1/admin/users/{user_id}"))
            .staff()
            .await
            .refuses(404, "not_found");
    }
}
