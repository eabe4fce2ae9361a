//! `PATCH /v1/account`, seen from outside.

use serde_json::json;

use crate::shop::{TestShop, sample};

const PATH: &str = "/v1/account";

#[tokio::test]
async fn a_customer_says_who_they_are_and_where_they_live() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let profile = sample("customers-update", "profile")["body"].clone();
    let changed = shop
        .patch(PATH)
        .person(&anna)
        .patch_with(&profile)
        .await
        .expect(200);
    assert_eq!(changed.text("/name"), "Anna Beispiel");
    assert_eq!(changed.at("/marketing/granted"), true);
    assert!(changed.at("/marketing/since").is_string());
    assert_eq!(changed.text("/addresses/0/address/city"), "Berlin");
    let seen = shop.get(PATH).person(&anna).await.expect(200);
    assert_eq!(seen.bytes(), changed.bytes());

    let emptied = shop
        .patch(PATH)
        .person(&anna)
        .patch_with(&json!({ "phone": null, "marketing": false }))
        .await
        .expect(200);
    assert!(emptied.at("/phone").is_null() && emptied.at("/name").is_string());
    assert_eq!(emptied.at("/marketing/granted"), false);
}

#[tokio::test]
async fn a_change_of_something_older_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let seen = shop.get(PATH).person(&anna).await.expect(200);
    let change = |name: &str| {
        shop.patch(PATH)
            .person(&anna)
            .patch_with(&json!({ "name": name }))
    };
    let second = change("Anna").if_match(seen.etag()).await.expect(200);
    change("Anne").if_match(seen.etag()).await.refuses(412, "stale");
    let phone = shop
        .patch(PATH)
        .person(&anna)
        .patch_with(&json!({ "phone": "+49 30 1" }));
    phone.if_match(second.etag()).await.expect(200);
    change("Anne").if_match(second.etag()).await.refuses(412, "stale");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.patch(PATH)
        .patch_with(&json!({ "name": "Eve" }))
        .await
        .refuses(401, "unauthenticated");
}

// ID-19
#[tokio::test]
async fn nonsense_and_what_is_not_theirs_to_change_are_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let body = json!({ "name": "", "locale": "Klingon!", "roles": ["owner"], "email": "eve@example.com" });
    shop.patch(PATH)
        .person(&anna)
        .patch_with(&body)
        .await
        .refuses(400, "invalid_request")
        .names("name")
        .names("locale")
        .names("roles")
        .names("email");
}
