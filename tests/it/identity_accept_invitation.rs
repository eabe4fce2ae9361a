//! `POST /v1/invitations/accept`, seen from outside.

use serde_json::{Value, json};

use crate::shop::{Answer, PASSWORD, TestShop};

/// Invites somebody and reads the token from the mail.
async fn invited(shop: &TestShop, email: &str, roles: &[&str]) -> String {
    let body = json!({ "email": email, "roles": roles });
    shop.post("/v1/admin/invitations")
        .staff()
        .json(&body)
        .await
        .expect(201);
    mailed_token(shop, email).await
}

/// The token of the last mail.
async fn mailed_token(shop: &TestShop, email: &str) -> String {
    let mails = shop.mails_to(email).await;
    let text = mails.last().unwrap()["text"].as_str().unwrap();
    let (_, token) = text.split_once("#token=").unwrap();
    token.split_whitespace().next().unwrap().to_owned()
}

async fn accept(shop: &TestShop, body: &Value) -> Answer {
    shop.post("/v1/invitations/accept").json(body).await
}

async fn roles_of(shop: &TestShop, email: &str) -> Value {
    let rows = shop.rows("authority").await;
    let user = rows
        .into_iter()
        .find(|row| row["email"] == email && row["sk"] == "user");
    user.unwrap_or_else(|| panic!("no user {email}"))["roles"].clone()
}

#[tokio::test]
async fn who_has_no_account_makes_one_with_the_roles() {
    let shop = TestShop::open().await;
    let token = invited(&shop, "olga@example.com", &["support"]).await;
    let body = json!({ "token": token, "name": "Olga", "password": PASSWORD });
    accept(&shop, &body).await.expect(204);
    assert_eq!(roles_of(&shop, "olga@example.com").await, json!(["support"]));
    shop.log_in("olga@example.com", PASSWORD).await.expect(200);
    accept(&shop, &body).await.refuses(409, "bad_link");
}

#[tokio::test]
async fn who_has_an_account_gets_the_roles_and_keeps_the_password() {
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    let token = invited(&shop, "anna@example.com", &["support", "catalog"]).await;
    let body = json!({ "token": token, "password": "what somebody else would choose" });
    accept(&shop, &body).await.expect(204);
    assert_eq!(
        roles_of(&shop, "anna@example.com").await,
        json!(["support", "catalog"])
    );
    shop.log_in("anna@example.com", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_new_account_needs_a_password_and_a_good_one() {
    let shop = TestShop::open().await;
    let token = invited(&shop, "olga@example.com", &["support"]).await;
    let refused = accept(&shop, &json!({ "token": token })).await;
    refused.refuses(400, "invalid_request").names("password");
    let refused = accept(&shop, &json!({ "token": token, "password": "short" })).await;
    refused.refuses(400, "invalid_request").names("password");
    accept(&shop, &json!({ "token": token, "password": PASSWORD }))
        .await
        .expect(204);
}

// ID-20: nobody gives what they do not hold, when it is taken either.
#[tokio::test]
async fn who_lost_their_powers_gives_nothing_and_staff_learns_why() {
    let shop = TestShop::open().await;
    let ben = shop.staff_person("ben@example.com", &["admin"]).await;
    shop.post("/v1/admin/invitations")
        .person(&ben)
        .json(&json!({ "email": "olga@example.com", "roles": ["support"] }))
        .await
        .expect(201);
    let token = mailed_token(&shop, "olga@example.com").await;
    shop.give_roles(&ben, &[]).await;
    let body = json!({ "token": token, "name": "Olga", "password": PASSWORD });
    let refused = accept(&shop, &body).await.refuses(409, "bad_link");
    let made_up = json!({ "token": "cw_in_01h455vb4pex5vsknk084sn02q_c2VjcmV0", "password": PASSWORD });
    let strangers = accept(&shop, &made_up).await;
    assert_eq!(
        refused.at("/error/message"),
        strangers.at("/error/message"),
        "as to anybody"
    );

    let listed = shop.get("/v1/admin/invitations").staff().await.expect(200);
    assert_eq!(listed.data()[0]["status"], "revoked");
    let trail = json!(shop.rows("trail").await).to_string();
    assert!(trail.contains("inviter_lacks_powers"));
    let again = invited(&shop, "olga@example.com", &["support"]).await;
    accept(&shop, &json!({ "token": again, "password": PASSWORD }))
        .await
        .expect(204);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let body = json!({ "token": "cw_in_01h455vb4pex5vsknk084sn02q_c2VjcmV0", "password": PASSWORD });
    accept(&shop, &body).await.refuses(409, "bad_link");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let refused = accept(&shop, &json!({ "roles": ["owner"] })).await;
    refused
        .refuses(400, "invalid_request")
        .names("token")
        .names("roles");
}
