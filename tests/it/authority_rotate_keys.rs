//! `authority-rotate-keys`, seen from outside.

use serde_json::json;

use crate::shop::{TestShop, clients::base64url};

// ID-9
#[tokio::test]
async fn a_young_key_stays() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let before = shop.get("/.well-known/jwks.json").await.expect(200);
    shop.run_schedule("authority-rotate-keys").await;
    let after = shop.get("/.well-known/jwks.json").await.expect(200);
    assert_eq!(before.body(), after.body());
    shop.get("/v1/account/sessions").person(&ada).await.expect(200);
}

// ID-9
#[tokio::test]
async fn an_old_key_gets_a_successor_that_is_published_before_it_signs() {
    let shop = TestShop::open().await;
    let ada = shop.customer("ada@example.com").await;
    let old = shop.get("/.well-known/jwks.json").await.expect(200);
    shop.set(
        "authority",
        ("signing", "key#0000000001"),
        "created_at",
        "2020-01-01T00:00:00.000Z",
    )
    .await;
    for _ in 0..2 {
        shop.run_schedule("authority-rotate-keys").await;
    }
    let rows = shop.rows("authority").await;
    let keys = rows.iter().filter(|row| row["pk"] == "signing").count();
    assert_eq!(keys, 2, "one successor");
    let next = shop
        .post("/v1/sessions/refresh")
        .json(&json!({ "refresh_token": ada.refresh_token }))
        .await
        .expect(200);
    let kid = old.text("/keys/0/kid");
    let (header, _) = next.text("/access_token").split_once('.').unwrap();
    let header = String::from_utf8(base64url(header)).unwrap();
    assert!(header.contains(kid), "the old one signs on: {header}");
}

#[tokio::test]
async fn the_first_run_makes_the_first_key() {
    let shop = TestShop::open().await;
    shop.run_schedule("authority-rotate-keys").await;
    let keys = shop.get("/.well-known/jwks.json").await.expect(200);
    assert_eq!(keys.at("/keys").as_array().map(Vec::len), Some(1));
}
