//! `POST /v1/accounts/verify`, seen from outside.

use serde_json::json;

use crate::shop::{PASSWORD, Person, TestShop};

#[tokio::test]
async fn a_code_makes_the_account_and_logs_in() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    shop.log_in("anna@example.com", PASSWORD).await.expect(200);
    assert!(!anna.refresh_token.is_empty());
}

#[tokio::test]
async fn a_link_does_too_with_the_password() {
    let shop = TestShop::open().await;
    shop.register("anna@example.com").await;
    let token = shop.token_for("anna@example.com", "evt_").await;
    let verified = shop
        .post("/v1/accounts/verify")
        .json(&json!({ "token": token, "password": PASSWORD }))
        .await
        .expect(200);
    Person::of("anna@example.com", &verified);
}

#[tokio::test]
async fn who_registers_a_strangers_address_gains_nothing_when_its_owner_follows_the_link() {
    let shop = TestShop::open().await;
    shop.register("victim@example.com").await;
    let token = shop.token_for("victim@example.com", "evt_").await;
    let followed = json!({ "token": token, "password": "what the victim would choose" });
    shop.post("/v1/accounts/verify")
        .json(&followed)
        .await
        .refuses(409, "bad_code");
    shop.log_in("victim@example.com", PASSWORD)
        .await
        .refuses(401, "bad_credentials");
    // Nor does the code help, away from the browser that registered.
    let code = shop.code_for("victim@example.com").await;
    let own = shop.register("other@example.com").await;
    let typed = json!({ "registration_id": own, "code": code });
    shop.post("/v1/accounts/verify")
        .json(&typed)
        .await
        .refuses(409, "bad_code");
}

// ID-6
#[tokio::test]
async fn a_code_is_good_once_and_for_five_tries() {
    let shop = TestShop::open().await;
    let registration_id = shop.register("anna@example.com").await;
    let code = shop.code_for("anna@example.com").await;
    let verify = |code: &str| {
        let body = json!({ "registration_id": registration_id, "code": code });
        shop.post("/v1/accounts/verify").json(&body)
    };
    let wrong = if code == "00000000" {
        "00000001"
    } else {
        "00000000"
    };
    for _ in 0..5 {
        verify(wrong).await.refuses(409, "bad_code");
    }
    verify(&code).await.refuses(409, "bad_code");

    let registration_id = shop.register("ben@example.com").await;
    let code = shop.code_for("ben@example.com").await;
    let body = json!({ "registration_id": registration_id, "code": code });
    shop.post("/v1/accounts/verify").json(&body).await.expect(200);
    shop.post("/v1/accounts/verify")
        .json(&body)
        .await
        .refuses(409, "bad_code");
}

#[tokio::test]
async fn of_two_who_registered_one_address_the_first_to_prove_it_has_it() {
    let shop = TestShop::open().await;
    let first = shop.register("anna@example.com").await;
    let first_code = shop.code_for("anna@example.com").await;
    let second = shop.register("anna@example.com").await;
    let second_code = shop.code_for("anna@example.com").await;
    let verify = |registration_id: &str, code: &str| {
        let body = json!({ "registration_id": registration_id, "code": code });
        shop.post("/v1/accounts/verify").json(&body)
    };
    verify(&second, &second_code).await.expect(200);
    verify(&first, &first_code).await.refuses(409, "bad_code");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let body = json!({ "registration_id": "reg_01h455vb4pex5vsknk084sn02q_c2VjcmV0", "code": "12345678" });
    shop.post("/v1/accounts/verify")
        .json(&body)
        .await
        .refuses(409, "bad_code");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let body = json!({ "registration_id": "reg_x", "password": "y" });
    shop.post("/v1/accounts/verify")
        .json(&body)
        .await
        .refuses(400, "invalid_request");
}
