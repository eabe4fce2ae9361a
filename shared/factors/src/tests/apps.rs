//! Authenticator apps and recovery codes.

use super::*;

// ID-15
#[tokio::test]
async fn an_app_counts_after_its_first_code_and_its_owner_is_told() {
    let desk = Desk::open().await;
    let customer = desk.customer(1);
    let enrolled = desk
        .factors
        .enrol_totp(&owner(&customer), &desk.ids())
        .await
        .unwrap();
    assert!(
        enrolled
            .uri
            .starts_with("otpauth://totp/cartwright:anna%40example.com?secret=")
    );
    assert_eq!(desk.user().await.second_factors, []);

    let wrong = desk
        .factors
        .confirm_totp(&owner(&customer), "000000", &desk.ids())
        .await;
    refused(wrong, "factor_code_wrong");
    let secret = TotpSecret::from_bytes(&base32(&enrolled.secret)).unwrap();
    let code = desk.code(&secret);
    let added = desk
        .factors
        .confirm_totp(&owner(&customer), &code, &desk.ids())
        .await;

    assert_eq!(added.unwrap().recovery_codes.unwrap().len(), 10);
    assert_eq!(desk.mails(), ["factor_added"]);
    assert_eq!(desk.audited("factor.added"), 1);
    assert_eq!(
        desk.factors.enrolled(&desk.user().await).await.unwrap(),
        desk.user().await.second_factors
    );
    desk.agrees().await;
}

#[tokio::test]
async fn neither_the_secret_nor_a_code_can_be_read_from_the_table() {
    let desk = Desk::open().await;
    let secret = desk.app().await;
    let customer = desk.customer(2);
    let codes = desk
        .factors
        .create_recovery_codes(&owner(&customer), &desk.ids())
        .await
        .unwrap();
    let table = serde_json::to_string(&desk.world.rows("factors").unwrap()).unwrap();
    assert!(!table.contains(&secret.base32()));
    for code in codes.recovery_codes {
        assert!(!table.contains(&code) && !table.contains(&code.replace('-', "")));
    }
}

#[tokio::test]
async fn a_second_login_step_begins_a_session_of_two_factors() {
    let desk = Desk::open().await;
    let secret = desk.app().await;
    let challenge = desk.challenge().await;
    let tokens = desk
        .complete(&challenge, json!({ "totp": desk.code(&secret) }))
        .await
        .unwrap();
    assert!(tokens.refresh_token.is_some());
    let (acr, amr) = desk.claims(&tokens).await;
    assert_eq!(acr, "aal2");
    assert!(amr.contains("pwd") && amr.contains("otp"), "{amr}");
}

// ID-15
#[tokio::test]
async fn of_two_logins_with_one_code_one_wins() {
    let desk = Desk::open().await;
    let secret = desk.app().await;
    let (one, other) = (desk.challenge().await, desk.challenge().await);
    let code = desk.code(&secret);
    let (first, second) = tokio::join!(
        desk.complete(&one, json!({ "totp": code })),
        desk.complete(&other, json!({ "totp": code })),
    );
    let outcomes = [first, second];
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let loser = outcomes.into_iter().find(Result::is_err).unwrap();
    refused(loser, "second_factor_wrong");
    refused(
        desk.complete(&desk.challenge().await, json!({ "totp": code }))
            .await,
        "second_factor_wrong",
    );
}

// ID-15
#[tokio::test]
async fn a_login_is_completed_once_and_within_five_minutes() {
    let desk = Desk::open().await;
    let secret = desk.app().await;
    let challenge = desk.challenge().await;
    desk.complete(&challenge, json!({ "totp": desk.code(&secret) }))
        .await
        .unwrap();
    desk.wait(Duration::seconds(30));
    refused(
        desk.complete(&challenge, json!({ "totp": desk.code(&secret) }))
            .await,
        "login_step_over",
    );

    let late = desk.challenge().await;
    desk.wait(Duration::minutes(5));
    refused(
        desk.complete(&late, json!({ "totp": desk.code(&secret) })).await,
        "login_step_over",
    );
    refused(
        desk.complete("made up", json!({ "totp": desk.code(&secret) }))
            .await,
        "login_step_over",
    );
}

// ID-15
#[tokio::test]
async fn a_login_takes_five_tries_and_not_even_the_right_code_then() {
    let desk = Desk::open().await;
    let secret = desk.app().await;
    let challenge = desk.challenge().await;
    for _ in 0..5 {
        let tried = desk
            .complete(&challenge, json!({ "recovery_code": "0000-0000-0000-0000" }))
            .await;
        refused(tried, "second_factor_wrong");
    }
    refused(
        desk.complete(&challenge, json!({ "totp": desk.code(&secret) }))
            .await,
        "login_step_over",
    );
    assert_eq!(desk.audited("factor.refused"), 5);
    desk.complete(&desk.challenge().await, json!({ "totp": desk.code(&secret) }))
        .await
        .unwrap();
}

// ID-15
#[tokio::test]
async fn wrong_codes_wait_across_logins_and_a_recovery_code_does_not() {
    let desk = Desk::open().await;
    let secret = desk.app().await;
    let customer = desk.customer(2);
    let codes = desk
        .factors
        .create_recovery_codes(&owner(&customer), &desk.ids())
        .await
        .unwrap();
    let challenge = desk.challenge().await;
    for _ in 0..5 {
        refused(
            desk.complete(&challenge, json!({ "totp": "000000" })).await,
            "second_factor_wrong",
        );
    }
    let next = desk.challenge().await;
    refused(
        desk.complete(&next, json!({ "totp": desk.code(&secret) })).await,
        "second_factor_wait",
    );
    desk.wait(Duration::seconds(30));
    desk.complete(&next, json!({ "totp": desk.code(&secret) }))
        .await
        .unwrap();

    let challenge = desk.challenge().await;
    for _ in 0..5 {
        refused(
            desk.complete(&challenge, json!({ "totp": "000000" })).await,
            "second_factor_wrong",
        );
    }
    let code = &codes.recovery_codes[0];
    desk.complete(&desk.challenge().await, json!({ "recovery_code": code }))
        .await
        .unwrap();
}

// ID-15
#[tokio::test]
async fn a_recovery_code_opens_once_and_its_owner_is_told_how_many_are_left() {
    let desk = Desk::open().await;
    desk.app().await;
    let customer = desk.customer(2);
    let codes = desk
        .factors
        .create_recovery_codes(&owner(&customer), &desk.ids())
        .await
        .unwrap();
    let code = codes.recovery_codes[3].to_uppercase();
    let tokens = desk
        .complete(&desk.challenge().await, json!({ "recovery_code": code }))
        .await
        .unwrap();
    assert_eq!(desk.claims(&tokens).await.0, "aal2");
    refused(
        desk.complete(&desk.challenge().await, json!({ "recovery_code": code }))
            .await,
        "second_factor_wrong",
    );
    assert_eq!(desk.factors.list(&customer).await.unwrap().recovery_codes_left, 9);
    assert_eq!(desk.mails(), ["factor_added", "recovery_codes", "recovery_codes"]);

    desk.factors
        .create_recovery_codes(&owner(&customer), &desk.ids())
        .await
        .unwrap();
    let old = &codes.recovery_codes[4];
    refused(
        desk.complete(&desk.challenge().await, json!({ "recovery_code": old }))
            .await,
        "second_factor_wrong",
    );
}

#[tokio::test]
async fn without_a_factor_there_are_no_recovery_codes() {
    let desk = Desk::open().await;
    let customer = desk.customer(1);
    let given = desk
        .factors
        .create_recovery_codes(&owner(&customer), &desk.ids())
        .await;
    refused(given, "no_second_factor");
}

#[tokio::test]
async fn who_has_a_factor_shows_it_before_changing_factors() {
    let desk = Desk::open().await;
    desk.app().await;
    let weak = desk.customer(1);
    let enrolled = desk.factors.enrol_totp(&owner(&weak), &desk.ids()).await;
    refused(enrolled, "show_factor_first");
    let factor_id = desk.factors.list(&weak).await.unwrap().factors[0]
        .factor_id
        .clone();
    let removed = desk
        .factors
        .remove(&owner(&weak), &factor_id, true, &desk.ids())
        .await;
    refused(removed, "show_factor_first");
    desk.agrees().await;
}

// ID-15
#[tokio::test]
async fn another_app_takes_the_place_of_the_one_there_is() {
    let desk = Desk::open().await;
    let first = desk.app().await;
    let second = desk.app().await;
    assert_eq!(
        desk.factors.list(&desk.customer(2)).await.unwrap().factors.len(),
        1
    );
    refused(
        desk.complete(&desk.challenge().await, json!({ "totp": desk.code(&first) }))
            .await,
        "second_factor_wrong",
    );
    desk.complete(&desk.challenge().await, json!({ "totp": desk.code(&second) }))
        .await
        .unwrap();
}

// ID-16
#[tokio::test]
async fn the_last_factor_goes_only_on_purpose_and_never_silently() {
    let desk = Desk::open().await;
    desk.app().await;
    let customer = desk.customer(2);
    let factor_id = desk.factors.list(&customer).await.unwrap().factors[0]
        .factor_id
        .clone();
    let asked = desk
        .factors
        .remove(&owner(&customer), &factor_id, false, &desk.ids())
        .await;
    refused(asked, "last_factor");
    desk.agrees().await;
    desk.factors
        .remove(&owner(&customer), &factor_id, true, &desk.ids())
        .await
        .unwrap();
    assert_eq!(desk.user().await.second_factors, []);
    assert_eq!(desk.mails(), ["factor_added", "factor_removed"]);
    assert_eq!(desk.audited("factor.removed"), 1);
    desk.agrees().await;
    let again = desk
        .factors
        .remove(&owner(&customer), &factor_id, true, &desk.ids())
        .await;
    refused(again, "not_found");
}

#[tokio::test]
async fn staff_learns_what_the_last_factor_opened() {
    let desk = Desk::open_for(&["support"]).await;
    desk.app().await;
    let customer = desk.customer(2);
    let factor_id = desk.factors.list(&customer).await.unwrap().factors[0]
        .factor_id
        .clone();
    let asked = desk
        .factors
        .remove(&owner(&customer), &factor_id, false, &desk.ids())
        .await;
    let fault = asked.unwrap_err();
    assert_eq!(fault.code(), "last_factor");
    assert!(fault.to_string().contains("your roles ask for one"), "{fault}");
}

#[tokio::test]
async fn a_factor_makes_a_session_fresh_and_strong() {
    let desk = Desk::open().await;
    let secret = desk.app().await;
    let customer = desk.password_session().await;
    let now = desk.world.now();
    let proof: MethodBody = read(json!({ "totp": "000000" }));
    let wrong = desk
        .factors
        .confirm(&customer, proof.try_into().unwrap(), &Origin::default(), now)
        .await;
    refused(wrong, "factor_code_wrong");
    let proof: MethodBody = read(json!({ "totp": desk.code(&secret) }));
    let raised = desk
        .factors
        .confirm(&customer, proof.try_into().unwrap(), &Origin::default(), now)
        .await;
    let raised = raised.unwrap();
    assert_eq!(desk.claims(&raised).await.0, "aal2");
    assert_eq!(raised.refresh_token, None);
}

#[tokio::test]
async fn a_page_of_the_shop_asks_for_a_factor_too() {
    let desk = Desk::open().await;
    let secret = desk.app().await;
    let (user, origin) = (desk.user().await, Origin::default());
    let proof = |code: &str| crate::Proof::Totp(code.to_owned());
    assert!(
        !desk
            .factors
            .verify(&user, proof("000000"), &origin)
            .await
            .unwrap()
    );
    let code = desk.code(&secret);
    assert!(desk.factors.verify(&user, proof(&code), &origin).await.unwrap());
    assert!(!desk.factors.verify(&user, proof(&code), &origin).await.unwrap());
}

#[test]
fn a_method_is_exactly_one() {
    for body in [
        json!({}),
        json!({ "totp": "123456", "recovery_code": "0123-4567-89ab-cdef" }),
    ] {
        let body: MethodBody = read(body);
        refused(crate::Proof::try_from(body), "invalid_request");
    }
}
