//! `POST /v1/account/passkeys`, seen from outside.

use authenticator::{Authenticator, Lie};
use serde_json::json;

use crate::shop::{PAGE, TestShop, sample};

const PATH: &str = "/v1/account/passkeys";

// ID-16
#[tokio::test]
async fn a_passkey_is_kept_and_its_owner_is_told() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let created = shop
        .passkey_of(&anna, &mut Authenticator::synced())
        .await
        .expect(201);
    assert_eq!(created.header("location"), Some("/v1/account/factors"));
    assert_eq!(
        (created.text("/factor/name"), created.at("/factor/synced")),
        ("Laptop", &true.into())
    );
    assert_eq!(created.at("/recovery_codes").as_array().unwrap().len(), 10);
    let mails = shop.mails_to("anna@example.com").await;
    let last = mails.last().unwrap();
    assert!(last["text"].as_str().unwrap().contains("Laptop"), "{last}");
}

// ID-16
#[tokio::test]
async fn a_ceremony_is_used_once_and_by_whom_began_it() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let berta = shop.customer("berta@example.com").await;
    let options = shop
        .post("/v1/account/passkeys/options")
        .person(&anna)
        .await
        .expect(200);
    let credential = Authenticator::new().create(options.at("/public_key"), PAGE);
    let body = json!({ "ceremony": options.at("/ceremony"), "credential": credential });
    shop.post(PATH)
        .person(&berta)
        .json(&body)
        .await
        .refuses(409, "passkey_ceremony_over");
    shop.post(PATH).person(&anna).json(&body).await.expect(201);
    // Anna holds a factor now, which her session has not shown; that comes before all else.
    shop.post(PATH)
        .person(&anna)
        .json(&body)
        .await
        .refuses(409, "show_factor_first");
}

// ID-16
#[tokio::test]
async fn what_is_false_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let lies = [
        (
            Lie {
                origin: Some("https://evil.test"),
                ..Lie::default()
            },
            "passkey_origin",
        ),
        (
            Lie {
                challenge: Some(vec![0; 32]),
                ..Lie::default()
            },
            "passkey_challenge",
        ),
        (
            Lie {
                rp_id: Some("evil.test"),
                ..Lie::default()
            },
            "passkey_rp_id",
        ),
        (
            Lie {
                flags: 1,
                ..Lie::default()
            },
            "passkey_user_absent",
        ),
        (
            Lie {
                algorithm: Some(-36),
                ..Lie::default()
            },
            "passkey_algorithm",
        ),
        (
            Lie {
                trailing: vec![0],
                ..Lie::default()
            },
            "passkey_malformed",
        ),
    ];
    for (lie, code) in lies {
        let refused = shop
            .false_passkey_of(&anna, &mut Authenticator::new(), &lie)
            .await;
        refused.refuses(400, code);
    }
    let listed = shop.get("/v1/account/factors").person(&anna).await.expect(200);
    assert_eq!(listed.at("/factors"), &json!([]));
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let body = &sample("factors-create-passkey", "laptop")["body"];
    shop.post(PATH).json(body).await.refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let mut body = sample("factors-create-passkey", "laptop")["body"].clone();
    body["credential"]["type"] = json!("password");
    body["credential"]["response"]["attestationObject"] = json!(7);
    let refused = shop.post(PATH).person(&anna).json(&body).await;
    refused
        .refuses(400, "invalid_request")
        .names("credential.type")
        .names("credential.response.attestationObject");
}
