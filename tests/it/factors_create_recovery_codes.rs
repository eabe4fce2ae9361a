//! `POST /v1/account/recovery-codes`, seen from outside.

use authenticator::{Authenticator, Lie};
use serde_json::json;

use crate::shop::{Person, TestShop};

const PATH: &str = "/v1/account/recovery-codes";

// ID-15
#[tokio::test]
async fn new_codes_replace_the_old_and_each_opens_once() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let mut laptop = Authenticator::new();
    let created = shop.passkey_of(&anna, &mut laptop).await.expect(201);
    let login = shop.passkey_login(&mut laptop, &Lie::default()).await.expect(200);
    let anna = Person::of("anna@example.com", &login);
    let fresh = shop.post(PATH).person(&anna).await.expect(200);
    assert_eq!(fresh.at("/recovery_codes").as_array().unwrap().len(), 10);

    let challenge = shop.challenge_of("anna@example.com").await;
    let old = json!({ "recovery_code": created.text("/recovery_codes/0") });
    shop.complete(&challenge, old)
        .await
        .refuses(401, "second_factor_wrong");
    let new = json!({ "recovery_code": fresh.text("/recovery_codes/0") });
    shop.complete(&challenge, new.clone()).await.expect(200);
    let next = shop.challenge_of("anna@example.com").await;
    shop.complete(&next, new)
        .await
        .refuses(401, "second_factor_wrong");
    let listed = shop.get("/v1/account/factors").person(&anna).await.expect(200);
    assert_eq!(listed.at("/recovery_codes_left"), 9);
}

#[tokio::test]
async fn without_a_factor_there_is_nothing_to_recover() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.post(PATH)
        .person(&anna)
        .await
        .refuses(409, "no_second_factor");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    shop.post(PATH).await.refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let refused = shop.post(PATH).person(&anna).json(&json!({ "count": 100 })).await;
    refused.refuses(400, "invalid_request").names("count");
}
