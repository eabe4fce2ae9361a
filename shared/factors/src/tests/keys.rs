//! Passkeys.

use super::*;

// ID-16
#[tokio::test]
async fn a_passkey_logs_in_by_itself_with_two_factors() {
    let desk = Desk::open().await;
    let mut laptop = Authenticator::new();
    desk.passkey(&mut laptop).await;
    assert_eq!(desk.mails(), ["factor_added"]);
    let tokens = desk.passkey_login(&mut laptop, &Lie::default()).await.unwrap();
    assert_eq!(desk.claims(&tokens).await.0, "aal2");
    assert_eq!(desk.audited("factor.verified"), 1);
    desk.passkey_login(&mut laptop, &Lie::default()).await.unwrap();
    let held = desk.factors.store.held(&desk.user_id).await.unwrap();
    assert_eq!(held.passkeys[0].credential.sign_count, 2);
    desk.agrees().await;
}

#[tokio::test]
async fn a_passkey_is_a_second_factor_and_a_step_up() {
    let desk = Desk::open().await;
    let mut stick = Authenticator::security_key();
    desk.passkey(&mut stick).await;

    let challenge = desk.challenge().await;
    let options = desk.options(Some(&challenge), &public()).await;
    assert_eq!(
        options["public_key"]["allowCredentials"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let credential = stick.get(&options["public_key"], PAGE);
    let method = json!({ "passkey": { "ceremony": options["ceremony"], "credential": credential } });
    let tokens = desk.complete(&challenge, method).await.unwrap();
    let (acr, amr) = desk.claims(&tokens).await;
    assert_eq!(acr, "aal2");
    assert!(amr.contains("pwd"), "{amr}");

    let customer = desk.password_session().await;
    let options = desk.options(None, &Caller::Customer(customer.clone())).await;
    let credential = stick.get(&options["public_key"], PAGE);
    let method = json!({ "passkey": { "ceremony": options["ceremony"], "credential": credential } });
    let proof: MethodBody = read(method);
    let (origin, now) = (Origin::default(), desk.world.now());
    let raised = desk
        .factors
        .confirm(&customer, proof.try_into().unwrap(), &origin, now)
        .await;
    assert_eq!(desk.claims(&raised.unwrap()).await.0, "aal2");
}

// ID-16
#[tokio::test]
async fn a_login_with_a_passkey_alone_needs_its_user_verified() {
    let desk = Desk::open().await;
    let mut stick = Authenticator::security_key();
    desk.passkey(&mut stick).await;
    refused(
        desk.passkey_login(&mut stick, &Lie::default()).await,
        "passkey_user_not_verified",
    );
}

// ID-16
#[tokio::test]
async fn a_ceremony_is_used_once() {
    for mut authenticator in [Authenticator::new(), Authenticator::synced()] {
        a_ceremony_of_it_is_used_once(&mut authenticator).await;
    }
}

async fn a_ceremony_of_it_is_used_once(laptop: &mut Authenticator) {
    let desk = Desk::open().await;
    let made = desk.made(laptop, &Lie::default()).await;
    desk.keep(made.clone()).await.unwrap();
    refused(desk.keep(made).await, "passkey_ceremony_over");

    let options = desk.options(None, &public()).await;
    let credential = laptop.get(&options["public_key"], PAGE);
    let login: PasskeyLogin = read(json!({ "ceremony": options["ceremony"], "credential": credential }));
    desk.log_in(login.clone()).await.unwrap();
    refused(desk.log_in(login).await, "passkey_ceremony_over");
    assert_eq!(desk.audited("passkey.counter_went_back"), 0);
}

// ID-16
#[tokio::test]
async fn a_ceremony_takes_five_minutes_at_most() {
    let desk = Desk::open().await;
    let mut laptop = Authenticator::new();
    let made = desk.made(&mut laptop, &Lie::default()).await;
    desk.wait(Duration::minutes(5));
    refused(desk.keep(made).await, "passkey_ceremony_over");
    let made = desk.made(&mut laptop, &Lie::default()).await;
    desk.wait(Duration::minutes(5));
    refused(desk.keep(made).await, "passkey_ceremony_over");
}

// ID-16
#[tokio::test]
async fn a_ceremony_is_good_for_its_purpose_only() {
    let desk = Desk::open().await;
    let mut laptop = Authenticator::new();
    desk.passkey(&mut laptop).await;
    // The signature for a login does not complete the second step of one, nor another's second step.
    let alone = desk.options(None, &public()).await;
    let (one, other) = (desk.challenge().await, desk.challenge().await);
    let second = desk.options(Some(&other), &public()).await;
    for options in [&alone, &second] {
        let credential = laptop.get(&options["public_key"], PAGE);
        let method = json!({ "passkey": { "ceremony": options["ceremony"], "credential": credential } });
        refused(desk.complete(&one, method).await, "passkey_ceremony_over");
    }
    // Nor does a second step's log in by itself.
    let credential = laptop.get(&second["public_key"], PAGE);
    let login = json!({ "ceremony": second["ceremony"], "credential": credential });
    refused(desk.log_in(read(login)).await, "passkey_ceremony_over");
    // And a sealed text of one's own making is none.
    let credential = laptop.get(&alone["public_key"], PAGE);
    let login = json!({ "ceremony": "bm8.bm8", "credential": credential });
    refused(desk.log_in(read(login)).await, "passkey_ceremony_over");
}

// ID-16
#[tokio::test]
async fn a_registration_belongs_to_whom_began_it() {
    let anna = Desk::open().await;
    let berta = anna.beside("berta@example.org").await;
    let made = anna.made(&mut Authenticator::new(), &Lie::default()).await;
    refused(berta.keep(made).await, "passkey_ceremony_over");
}

// ID-16
#[tokio::test]
async fn a_credential_is_one_users_only() {
    let anna = Desk::open().await;
    let berta = anna.beside("berta@example.org").await;
    let lie = Lie {
        credential_id: Some(vec![7; 32]),
        ..Lie::default()
    };
    let first = anna.made(&mut Authenticator::new(), &lie).await;
    anna.keep(first).await.unwrap();
    let copy = berta.made(&mut Authenticator::new(), &lie).await;
    refused(berta.keep(copy).await, "passkey_taken");
    berta.agrees().await;
    let twice = anna.made(&mut Authenticator::new(), &lie).await;
    refused(anna.keep(twice).await, "passkey_taken");
    anna.agrees().await;
}

// ID-16
#[tokio::test]
async fn a_passkey_opens_its_owners_account_only() {
    let anna = Desk::open().await;
    let berta = anna.beside("berta@example.org").await;
    let (mut hers, mut other) = (Authenticator::new(), Authenticator::new());
    anna.passkey(&mut hers).await;
    berta.passkey(&mut other).await;
    // Berta's signature completes no login of Anna's.
    let challenge = anna.challenge().await;
    let mut options = anna.options(Some(&challenge), &public()).await;
    options["public_key"]["allowCredentials"] = json!([]);
    let credential = other.get(&options["public_key"], PAGE);
    let method = json!({ "passkey": { "ceremony": options["ceremony"], "credential": credential } });
    refused(anna.complete(&challenge, method).await, "passkey_not_recognized");
    // Nor does it log in as Anna because it says so.
    let lies = [
        Lie {
            user_handle: Some("usr_01h455vb4pex5vsknk084sn02q"),
            ..Lie::default()
        },
        Lie {
            user_handle: Some("nobody"),
            ..Lie::default()
        },
        Lie {
            user_handle: Some(""),
            ..Lie::default()
        },
        Lie {
            credential_id: Some(vec![9; 32]),
            ..Lie::default()
        },
    ];
    for lie in lies {
        refused(
            berta.passkey_login(&mut other, &lie).await,
            "passkey_not_recognized",
        );
    }
    assert_eq!(berta.audited("login.failed"), 4);
}

// ID-16
#[tokio::test]
async fn a_counter_that_goes_back_is_refused_and_audited() {
    let desk = Desk::open().await;
    let mut laptop = Authenticator::new();
    desk.passkey(&mut laptop).await;
    desk.passkey_login(
        &mut laptop,
        &Lie {
            counter: Some(10),
            ..Lie::default()
        },
    )
    .await
    .unwrap();
    for counter in [9, 10] {
        let lie = Lie {
            counter: Some(counter),
            ..Lie::default()
        };
        refused(desk.passkey_login(&mut laptop, &lie).await, "passkey_counter");
    }
    assert_eq!(desk.audited("passkey.counter_went_back"), 2);
    desk.passkey_login(
        &mut laptop,
        &Lie {
            counter: Some(11),
            ..Lie::default()
        },
    )
    .await
    .unwrap();
}

// ID-16
#[tokio::test]
async fn every_lie_is_refused_with_a_code_of_its_own() {
    let desk = Desk::open().await;
    let mut laptop = Authenticator::new();
    desk.passkey(&mut laptop).await;
    let lies = [
        (
            Lie {
                kind: Some("webauthn.create"),
                ..Lie::default()
            },
            "passkey_kind",
        ),
        (
            Lie {
                challenge: Some(vec![1; 32]),
                ..Lie::default()
            },
            "passkey_challenge",
        ),
        (
            Lie {
                origin: Some("https://evil.test"),
                ..Lie::default()
            },
            "passkey_origin",
        ),
        (
            Lie {
                cross_origin: true,
                ..Lie::default()
            },
            "passkey_origin",
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
                flags: 1 << 2,
                ..Lie::default()
            },
            "passkey_user_not_verified",
        ),
        (
            Lie {
                flags: 1 << 3,
                ..Lie::default()
            },
            "passkey_backup_flags",
        ),
        (
            Lie {
                trailing: vec![1],
                ..Lie::default()
            },
            "passkey_malformed",
        ),
        (
            Lie {
                bad_signature: true,
                ..Lie::default()
            },
            "passkey_signature",
        ),
    ];
    for (lie, code) in lies {
        refused(desk.passkey_login(&mut laptop, &lie).await, code);
    }
    let options = desk.options(None, &public()).await;
    let honest = laptop.get(&options["public_key"], PAGE);
    for (part, nonsense) in [
        ("clientDataJSON", "bm8"),
        ("authenticatorData", "bm8"),
        ("signature", "="),
    ] {
        let mut credential = honest.clone();
        credential["response"][part] = json!(nonsense);
        let login = json!({ "ceremony": options["ceremony"], "credential": credential });
        refused(desk.log_in(read(login)).await, "passkey_malformed");
    }
}

// ID-16
#[tokio::test]
async fn a_false_registration_leaves_nothing() {
    let desk = Desk::open().await;
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
                rp_id: Some("evil.test"),
                ..Lie::default()
            },
            "passkey_rp_id",
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
                format: Some("android-safetynet"),
                ..Lie::default()
            },
            "passkey_attestation",
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
        let made = desk.made(&mut Authenticator::new(), &lie).await;
        refused(desk.keep(made).await, code);
    }
    assert_eq!(desk.world.rows("factors").unwrap().len(), 0);
}

#[tokio::test]
async fn an_authenticator_is_told_what_the_user_has() {
    let desk = Desk::open().await;
    desk.passkey(&mut Authenticator::new()).await;
    let customer = desk.customer(2);
    let options = desk
        .factors
        .begin_passkey(&owner(&customer), desk.world.now())
        .await
        .unwrap();
    assert_eq!(options.public_key.exclude_credentials.len(), 1);
    assert_eq!(options.public_key.rp.id, "shop.test");
    assert_eq!(options.public_key.attestation, "none");
}

#[tokio::test]
async fn a_removed_passkey_opens_nothing_and_can_be_registered_anew() {
    let desk = Desk::open().await;
    let mut laptop = Authenticator::new();
    let lie = Lie {
        credential_id: Some(vec![7; 32]),
        ..Lie::default()
    };
    let made = desk.made(&mut laptop, &lie).await;
    let factor_id = desk.keep(made).await.unwrap();
    let customer = desk.customer(2);
    desk.factors
        .remove(&owner(&customer), &factor_id, true, &desk.ids())
        .await
        .unwrap();
    desk.agrees().await;
    refused(
        desk.passkey_login(&mut laptop, &Lie::default()).await,
        "passkey_not_recognized",
    );
    let again = desk.made(&mut laptop, &lie).await;
    desk.keep(again).await.unwrap();
    desk.agrees().await;
}

#[tokio::test]
async fn without_a_passkey_there_is_nothing_to_sign() {
    let desk = Desk::open().await;
    desk.app().await;
    let challenge = desk.challenge().await;
    let options = desk
        .factors
        .begin_login(Some(&challenge), &public(), desk.world.now())
        .await;
    refused(options, "no_passkey");
}

#[tokio::test]
async fn what_an_erased_user_held_is_forgotten() {
    let desk = Desk::open().await;
    desk.passkey(&mut Authenticator::new()).await;
    desk.app().await;
    let forgetting = crate::Forgetting::new(&cloud(&desk.world, "factors-on-user-erased"));
    for _ in 0..2 {
        forgetting.forget(&desk.user_id).await.unwrap();
    }
    let rows = desk.world.rows("factors").unwrap();
    assert!(
        rows.iter()
            .all(|row| row["sk"] == "mail" || row["sk"] == "ceremony"),
        "{rows:?}"
    );
}
