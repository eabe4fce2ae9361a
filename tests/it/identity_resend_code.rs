//! `POST /v1/accounts/resend`, seen from outside.

use serde_json::json;

use crate::shop::TestShop;

// ID-6
#[tokio::test]
async fn another_code_is_sent_and_the_older_is_dead() {
    let shop = TestShop::open().await;
    let registration_id = shop.register("anna@example.com").await;
    let older = shop.code_for("anna@example.com").await;
    let again = shop
        .post("/v1/accounts/resend")
        .json(&json!({ "registration_id": registration_id }))
        .await
        .expect(202);
    assert_eq!(again.text("/registration_id"), registration_id);
    let newer = shop.code_for("anna@example.com").await;
    let verify = |code: &str| {
        let body = json!({ "registration_id": registration_id, "code": code });
        shop.post("/v1/accounts/verify").json(&body)
    };
    verify(&older).await.refuses(409, "bad_code");
    verify(&newer).await.expect(200);
}

// ID-7
#[tokio::test]
async fn an_address_with_an_account_gets_its_letter_again_and_the_answer_is_alike() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    let (decoy, real) = (
        shop.register("anna@example.com").await,
        shop.register("ben@example.com").await,
    );
    let resend = |id: &str| {
        shop.post("/v1/accounts/resend")
            .json(&json!({ "registration_id": id }))
    };
    let (decoy, real) = (resend(&decoy).await.expect(202), resend(&real).await.expect(202));
    assert_eq!(decoy.bytes().len(), real.bytes().len());
    let mails = shop.mails_to("anna@example.com").await;
    assert_eq!(
        mails
            .iter()
            .filter(|mail| mail["subject"] == "You have an account already")
            .count(),
        2
    );
}

#[tokio::test]
async fn a_stranger_learns_nothing_and_nobody_is_written_to() {
    let shop = TestShop::open().await;
    let made_up = "reg_01h455vb4pex5vsknk084sn02q_c2VjcmV0";
    let answer = shop
        .post("/v1/accounts/resend")
        .json(&json!({ "registration_id": made_up }))
        .await
        .expect(202);
    assert_eq!(answer.text("/registration_id"), made_up);
    shop.quiet().await;
    assert!(shop.mails().await.is_empty());
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let refused = shop
        .post("/v1/accounts/resend")
        .json(&json!({ "email": "anna@example.com" }))
        .await;
    refused
        .refuses(400, "invalid_request")
        .names("registration_id")
        .names("email");
}
