//! `DELETE /v1/account/factors/{factor_id}`, seen from outside.

use authenticator::{Authenticator, Lie};
use serde_json::json;

use crate::shop::{Answer, Person, TestShop};

async fn delete(shop: &TestShop, person: &Person, factor_id: &str, query: &str) -> Answer {
    let path = format!("/v1/account/factors/{factor_id}{query}");
    shop.delete(path).person(person).await
}

/// Anna in a session of two factors, and her passkey.
async fn with_passkey(shop: &TestShop) -> (Person, String) {
    let anna = shop.customer("anna@example.com").await;
    let mut laptop = Authenticator::new();
    let created = shop.passkey_of(&anna, &mut laptop).await.expect(201);
    let login = shop.passkey_login(&mut laptop, &Lie::default()).await.expect(200);
    (
        Person::of("anna@example.com", &login),
        created.text("/factor/factor_id").to_owned(),
    )
}

// ID-16
#[tokio::test]
async fn the_last_factor_goes_on_purpose_and_its_owner_is_told() {
    let shop = TestShop::open().await;
    let (anna, factor_id) = with_passkey(&shop).await;
    delete(&shop, &anna, &factor_id, "")
        .await
        .refuses(409, "last_factor");
    shop.challenge_of("anna@example.com").await;
    delete(&shop, &anna, &factor_id, "?last=true").await.expect(204);
    delete(&shop, &anna, &factor_id, "?last=true")
        .await
        .refuses(404, "not_found");

    let login = shop
        .log_in("anna@example.com", crate::shop::PASSWORD)
        .await
        .expect(200);
    assert_eq!(login.at("/status"), "authenticated");
    let mails = shop.mails_to("anna@example.com").await;
    let last = mails.last().unwrap();
    assert!(last["text"].as_str().unwrap().contains("the last one"), "{last}");
}

// ID-15
#[tokio::test]
async fn a_password_alone_takes_no_factor_away() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let created = shop
        .passkey_of(&anna, &mut Authenticator::new())
        .await
        .expect(201);
    let factor_id = created.text("/factor/factor_id");
    delete(&shop, &anna, factor_id, "?last=true")
        .await
        .refuses(409, "show_factor_first");
}

// ID-18
#[tokio::test]
async fn nobody_takes_anothers_factor_away() {
    let shop = TestShop::open().await;
    let (anna, factor_id) = with_passkey(&shop).await;
    let berta = shop.customer("berta@example.com").await;
    delete(&shop, &berta, &factor_id, "?last=true")
        .await
        .refuses(404, "not_found");
    let hers = shop.get("/v1/account/factors").person(&anna).await.expect(200);
    assert_eq!(hers.at("/factors").as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_stranger_is_refused() {
    let shop = TestShop::open().await;
    let path = "/v1/account/factors/factor_01h455vb4pex5vsknk084sn02q";
    shop.delete(path).await.refuses(401, "unauthenticated");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let id = "factor_01h455vb4pex5vsknk084sn02q";
    delete(&shop, &anna, id, "?last=perhaps")
        .await
        .refuses(400, "invalid_request")
        .names("last");
    delete(&shop, &anna, "nonsense", "")
        .await
        .refuses(404, "not_found");
    assert_eq!(
        json!([]),
        *shop.get("/v1/account/factors").person(&anna).await.at("/factors")
    );
}
