//! `POST /v1/sessions/passkey`, seen from outside.

use authenticator::{Authenticator, Lie};
use serde_json::json;

use crate::shop::{Person, TestShop, sample};

const PATH: &str = "/v1/sessions/passkey";

// ID-16
#[tokio::test]
async fn a_passkey_alone_starts_a_session_of_two_factors() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let mut laptop = Authenticator::new();
    shop.passkey_of(&anna, &mut laptop).await.expect(201);
    let login = shop.passkey_login(&mut laptop, &Lie::default()).await.expect(200);
    assert_eq!(login.text("/token_type"), "Bearer");
    let anna = Person::of("anna@example.com", &login);
    // Two factors: it may change factors at once.
    shop.post("/v1/account/recovery-codes")
        .person(&anna)
        .await
        .expect(200);
    let refreshed = json!({ "refresh_token": anna.refresh_token });
    shop.post("/v1/sessions/refresh")
        .json(&refreshed)
        .await
        .expect(200);
}

// ID-16
#[tokio::test]
async fn what_is_false_is_refused_and_audited() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let mut laptop = Authenticator::new();
    shop.passkey_of(&anna, &mut laptop).await.expect(201);
    shop.passkey_login(
        &mut laptop,
        &Lie {
            counter: Some(5),
            ..Lie::default()
        },
    )
    .await
    .expect(200);
    let lies = [
        (
            Lie {
                origin: Some("https://evil.test"),
                ..Lie::default()
            },
            400,
            "passkey_origin",
        ),
        (
            Lie {
                rp_id: Some("evil.test"),
                ..Lie::default()
            },
            400,
            "passkey_rp_id",
        ),
        (
            Lie {
                flags: 1 << 2,
                ..Lie::default()
            },
            400,
            "passkey_user_not_verified",
        ),
        (
            Lie {
                bad_signature: true,
                counter: Some(6),
                ..Lie::default()
            },
            401,
            "passkey_signature",
        ),
        (
            Lie {
                counter: Some(5),
                ..Lie::default()
            },
            401,
            "passkey_counter",
        ),
        (
            Lie {
                credential_id: Some(vec![1; 32]),
                ..Lie::default()
            },
            401,
            "passkey_not_recognized",
        ),
        (
            Lie {
                user_handle: Some("usr_01h455vb4pex5vsknk084sn02q"),
                ..Lie::default()
            },
            401,
            "passkey_not_recognized",
        ),
    ];
    for (lie, status, code) in lies {
        shop.passkey_login(&mut laptop, &lie).await.refuses(status, code);
    }
    let rows = shop.rows("trail").await;
    let count = |action: &str| rows.iter().filter(|row| row["action"] == action).count();
    assert_eq!(count("passkey.counter_went_back"), 1);
    assert_eq!((count("factor.refused"), count("login.failed")), (4, 2));
}

// ID-16
#[tokio::test]
async fn a_signature_is_used_once() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let mut phone = Authenticator::synced();
    shop.passkey_of(&anna, &mut phone).await.expect(201);
    let options = shop
        .post("/v1/passkeys/options")
        .json(&json!({}))
        .await
        .expect(200);
    let proof = TestShop::sign(&options, &mut phone, &Lie::default());
    shop.post(PATH).json(&proof).await.expect(200);
    shop.post(PATH)
        .json(&proof)
        .await
        .refuses(409, "passkey_ceremony_over");
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let body = &sample("factors-login", "anna")["body"];
    shop.post(PATH)
        .json(body)
        .await
        .refuses(401, "passkey_not_recognized");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let mut body = sample("factors-login", "anna")["body"].clone();
    body["credential"]["response"]["signature"] = json!("");
    body["password"] = json!("x");
    let refused = shop.post(PATH).json(&body).await;
    refused
        .refuses(400, "invalid_request")
        .names("credential.response.signature")
        .names("password");
    let mut body = sample("factors-login", "anna")["body"].clone();
    body["credential"]["response"]["clientDataJSON"] = json!("bm8gSlNPTg");
    shop.post(PATH)
        .json(&body)
        .await
        .refuses(400, "passkey_malformed");
}
