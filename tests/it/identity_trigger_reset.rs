//! `POST /v1/admin/users/{user_id}/password-reset`, seen from outside.

use crate::shop::{PASSWORD, TestShop};

async fn user_id(shop: &TestShop) -> String {
    let rows = shop.rows("authority").await;
    let user = rows
        .iter()
        .find(|row| row["pk"].as_str().unwrap().starts_with("user#"));
    user.unwrap()["user_id"].as_str().unwrap().to_owned()
}

// ID-6
#[tokio::test]
async fn staff_sends_the_link_and_learns_nothing_of_it() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    let path = format!("/v1/admin/users/{}/password-reset", user_id(&shop).await);
    let answer = shop.post(path).staff().key("k-1").await.expect(202);
    let token = shop.token_for("anna@example.com", "rst_").await;
    assert!(!answer.to_string().contains(&token));
    // Until the owner chooses another, the password is what it was.
    shop.log_in("anna@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let path = format!("/v1/admin/users/{}/password-reset", user_id(&shop).await);
    shop.post(&*path).await.refuses(401, "unauthenticated");
    shop.post(&*path).person(&anna).await.refuses(403, "forbidden");
    let key = shop.key_with(&["users.read"]).await;
    shop.post(&*path).bearer(&key).await.refuses(403, "forbidden");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.post("/v1/admin/users/nobody/password-reset")
        .staff()
        .await
        .refuses(404, "not_found");
}
