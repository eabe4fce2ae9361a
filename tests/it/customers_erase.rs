//! `POST /v1/admin/users/{user_id}/erase`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

async fn user_id(shop: &TestShop, email: &str) -> (crate::shop::Person, String) {
    let person = shop.customer(email).await;
    let account = shop.get("/v1/account").person(&person).await.expect(200);
    (person, account.text("/user_id").to_owned())
}

#[tokio::test]
async fn staff_ends_an_account_on_its_owners_behalf_and_twice_is_once() {
    let shop = TestShop::open().await;
    let (anna, id) = user_id(&shop, "anna@example.com").await;
    for key in ["k-1", "k-2"] {
        shop.post(format!("/v1/admin/users/{id}/erase"))
            .staff()
            .key(key)
            .json(&json!({}))
            .await
            .expect(204);
    }
    shop.get("/v1/account")
        .person(&anna)
        .await
        .refuses(401, "unauthenticated");
    let told = shop.rows("trail").await;
    let entries = told
        .iter()
        .filter(|row| row["action"] == "account.erased" && row["subject"] == *id);
    assert_eq!(entries.count(), 1);
}

#[tokio::test]
async fn who_may_not_change_users_may_not_erase_them() {
    let shop = TestShop::open().await;
    let (anna, id) = user_id(&shop, "anna@example.com").await;
    let path = format!("/v1/admin/users/{id}/erase");
    shop.post(&*path)
        .json(&json!({}))
        .await
        .refuses(401, "unauthenticated");
    let key = shop.key_with(&["users.read"]).await;
    shop.post(&*path)
        .bearer(&key)
        .json(&json!({}))
        .await
        .refuses(403, "forbidden");
    let by_a_customer = shop.post(&*path).person(&anna).json(&json!({})).await;
    assert_eq!(by_a_customer.status(), 403, "{by_a_customer}");
    shop.get("/v1/account").person(&anna).await.expect(200);
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    shop.post("/v1/admin/users/nonsense/erase")
        .staff()
        .json(&json!({}))
        .await
        .refuses(404, "not_found");
    shop.post("/v1/admin/users/usr_01h455vb4pex5vsknk084sn02q/erase")
        .staff()
        .json(&json!({}))
        .await
        .refuses(404, "not_found");
}
