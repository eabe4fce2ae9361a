//! `oauth-user-erased`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

const QUEUE: &str = "oauth-user-erased";

#[tokio::test]
async fn what_programs_did_in_somebodys_name_is_forgotten_with_them() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.customer("ben@example.com").await;
    let client = shop.client(&["openid"]).await;
    shop.code(&client, "anna@example.com", "openid").await;
    shop.code(&client, "ben@example.com", "openid").await;
    let account = shop.get("/v1/account").person(&anna).await.expect(200);
    let user_id = account.text("/user_id");
    let of_people = |rows: Vec<serde_json::Value>| {
        let kinds = ["browser#", "code#", "user#"];
        let is_kept = |row: &serde_json::Value| {
            let pk = row["pk"].as_str().unwrap_or_default();
            row["sk"] != "erased" && kinds.iter().any(|kind| pk.starts_with(kind))
        };
        rows.into_iter().filter(is_kept).collect::<Vec<_>>()
    };
    assert_eq!(of_people(shop.rows("oauth").await).len(), 6);
    for _ in 0..2 {
        shop.tell(QUEUE, &json!({ "user_id": user_id })).await;
    }
    let left = of_people(shop.rows("oauth").await);
    assert_eq!(left.len(), 3, "Ben's stay: {left:#?}");
    assert!(!format!("{left:?}").contains(user_id));
    assert_eq!(shop.parked(QUEUE).await.len(), 0);
}

#[tokio::test]
async fn nonsense_is_parked() {
    let shop = TestShop::open().await;
    shop.tell_nonsense(QUEUE).await;
    assert_eq!(shop.parked(QUEUE).await.len(), 1);
}
