//! Flows that need a clock, a further factor or a setting.

use authority::{FactorKind, Method};
use kernel::Duration;
use platform::table::Transaction;

use super::*;
use crate::throttle::CONSECUTIVE_MAX;
use crate::{Checked, NewPassword, Present};

// ID-6
#[tokio::test(start_paused = true)]
async fn what_was_sent_is_good_for_ten_minutes() {
    let desk = Desk::open();
    let asked = desk.identity.register(new_account(ANNA), &visit()).await.unwrap();
    let shown = Shown::Code {
        registration_id: asked.ticket,
        code: code(&desk.world, ANNA),
    };
    desk.world.clock.advance(Duration::minutes(10));
    assert_eq!(
        code_of(desk.identity.verify(&shown, visit()).await.unwrap_err()),
        "bad_code"
    );

    desk.customer("ben@example.com").await;
    let ben = email("ben@example.com");
    desk.identity.request_reset(&ben, &visit().origin).await.unwrap();
    let reset = token(&desk.world, "ben@example.com", "rst");
    let link = desk.identity.request_link(&ben, &visit().origin).await.unwrap();
    let mailed = token(&desk.world, "ben@example.com", "lnk");
    desk.world.clock.advance(Duration::minutes(10));
    let refused = desk.identity.reset_password(&reset, NEW, &visit().origin).await;
    assert_eq!(code_of(refused.unwrap_err()), "bad_link");
    let refused = desk
        .identity
        .redeem_link(&both(&link.ticket, &mailed), visit())
        .await;
    assert_eq!(code_of(refused.unwrap_err()), "bad_link");
}

async fn with_factor(desk: &Desk) -> UserId {
    let user_id = desk.customer(ANNA).await;
    let authority = desk.authority();
    let user = authority.user(&user_id).await.unwrap().unwrap();
    let noting = authority.noting_factors(&user, &[FactorKind::Totp]);
    Transaction::new().with(noting).commit().await.unwrap();
    user_id
}

fn waits_for_second(logged_in: &LoggedIn) -> bool {
    matches!(logged_in, LoggedIn::SecondFactorRequired { methods, .. } if methods == &[FactorKind::Totp])
}

// ID-6
#[tokio::test(start_paused = true)]
async fn no_way_in_goes_past_the_second_factor() {
    let desk = Desk::open();
    with_factor(&desk).await;
    assert!(waits_for_second(&desk.log_in(ANNA, PASSWORD).await.unwrap()));

    desk.identity
        .request_reset(&email(ANNA), &visit().origin)
        .await
        .unwrap();
    let token_of_reset = token(&desk.world, ANNA, "rst");
    desk.identity
        .reset_password(&token_of_reset, NEW, &visit().origin)
        .await
        .unwrap();
    assert!(waits_for_second(&desk.log_in(ANNA, NEW).await.unwrap()));

    let asked = desk
        .identity
        .request_link(&email(ANNA), &visit().origin)
        .await
        .unwrap();
    let redeemed = both(&asked.ticket, &token(&desk.world, ANNA, "lnk"));
    assert!(waits_for_second(
        &desk.identity.redeem_link(&redeemed, visit()).await.unwrap()
    ));
}

// ID-15
#[tokio::test(start_paused = true)]
async fn a_password_freshens_no_session_of_an_account_with_a_second_factor() {
    let desk = Desk::open();
    let user_id = desk.customer(ANNA).await;
    let session = desk.authority().sessions(&user_id).await.unwrap().remove(0);
    let present = Present {
        user_id: user_id.clone(),
        session_id: session.session_id.clone(),
        origin: visit().origin,
    };
    desk.identity.step_up(&present, PASSWORD).await.unwrap();
    let user = desk.authority().user(&user_id).await.unwrap().unwrap();
    let noting = desk.authority().noting_factors(&user, &[FactorKind::Totp]);
    Transaction::new().with(noting).commit().await.unwrap();
    let before = desk.authority().sessions(&user_id).await.unwrap().remove(0);
    desk.world.clock.advance(Duration::minutes(11));
    for password in [PASSWORD, "not her password"] {
        let refused = desk.identity.step_up(&present, password).await.unwrap_err();
        assert_eq!(code_of(refused), "factor_wanted");
    }
    let after = desk.authority().sessions(&user_id).await.unwrap().remove(0);
    assert_eq!(after.authenticated_at, before.authenticated_at);
}

#[tokio::test(start_paused = true)]
async fn what_was_mailed_last_stays_good_however_often_a_stranger_asks() {
    let desk = Desk::open();
    desk.customer(ANNA).await;
    for _ in 0..20 {
        desk.world.clock.advance(Duration::seconds(5));
        desk.identity
            .request_reset(&email(ANNA), &visit().origin)
            .await
            .unwrap();
    }
    let sent = letters(&desk.world, ANNA);
    let resets = sent
        .iter()
        .filter(|letter| matches!(letter, Letter::ResetPassword { .. }));
    assert_eq!(resets.count(), 5);
    let reset = token(&desk.world, ANNA, "rst");
    desk.identity
        .reset_password(&reset, NEW, &visit().origin)
        .await
        .unwrap();
}

// ID-1: beside a second factor eight characters are enough, alone they are not.
#[tokio::test(start_paused = true)]
async fn a_shorter_password_is_enough_beside_a_second_factor() {
    let desk = Desk::open();
    with_factor(&desk).await;
    desk.identity
        .request_reset(&email(ANNA), &visit().origin)
        .await
        .unwrap();
    let reset = token(&desk.world, ANNA, "rst");
    desk.identity
        .reset_password(&reset, "nine chrs", &visit().origin)
        .await
        .unwrap();
}

// ID-5
#[tokio::test(start_paused = true)]
async fn the_delay_grows_and_the_right_password_opens_after_it() {
    let desk = Desk::open();
    desk.customer(ANNA).await;
    for delay in [30, 60, 120] {
        while desk
            .identity
            .check_password(&email(ANNA), "wrong", &visit().origin)
            .await
            .unwrap()
            == Checked::Wrong
            && !throttled(&desk)
        {}
        desk.world.clock.advance(Duration::seconds(delay - 1));
        assert!(!desk.opens(ANNA, PASSWORD).await, "{delay}");
        desk.world.clock.advance(Duration::seconds(1));
        if delay < 120 {
            assert_eq!(
                desk.log_in(ANNA, "wrong").await.map(drop).map_err(code_of),
                Err("bad_credentials")
            );
        }
    }
    assert!(desk.opens(ANNA, PASSWORD).await);
    assert!(!throttled(&desk), "a success clears the tally");
}

/// Whether anything is delayed at present.
fn throttled(desk: &Desk) -> bool {
    let now = desk.world.now().to_string();
    let rows = desk.world.rows("identity").unwrap();
    rows.iter()
        .any(|row| row["next_at"].as_str().is_some_and(|at| at > now.as_str()))
}

// ID-5
#[tokio::test(start_paused = true)]
async fn strangers_from_everywhere_cannot_lock_the_owner_out() {
    let desk = Desk::open();
    desk.customer(ANNA).await;
    assert!(desk.opens(ANNA, PASSWORD).await, "known from here");
    for stranger in 0..=CONSECUTIVE_MAX {
        let from = visit_from(&format!("198.51.100.{stranger}"));
        let refused = desk.identity.log_in(&email(ANNA), "wrong", from).await;
        assert_eq!(code_of(refused.unwrap_err()), "bad_credentials");
    }
    let elsewhere = visit_from("203.0.113.9");
    let refused = desk
        .identity
        .log_in(&email(ANNA), PASSWORD, elsewhere.clone())
        .await;
    assert_eq!(
        code_of(refused.unwrap_err()),
        "bad_credentials",
        "after a hundred only known addresses"
    );
    // From elsewhere by link; afterwards nothing stands against the account.
    let asked = desk
        .identity
        .request_link(&email(ANNA), &elsewhere.origin)
        .await
        .unwrap();
    let redeemed = both(&asked.ticket, &token(&desk.world, ANNA, "lnk"));
    desk.identity
        .redeem_link(&redeemed, elsewhere.clone())
        .await
        .unwrap();
    desk.identity
        .log_in(&email(ANNA), PASSWORD, elsewhere)
        .await
        .unwrap();
    assert!(desk.opens(ANNA, PASSWORD).await);
}

// ID-5: attempts that run side by side are all counted.
#[tokio::test(start_paused = true)]
async fn guesses_side_by_side_get_no_more_than_guesses_in_a_row() {
    let desk = Desk::open();
    desk.customer(ANNA).await;
    let address = email(ANNA);
    let guess = || async {
        // Who lost a race is busy and asks again, as a client would.
        loop {
            match desk
                .identity
                .check_password(&address, "wrong", &visit().origin)
                .await
            {
                Ok(checked) => return checked,
                Err(fault) => assert!(fault.is_busy(), "{fault:?}"),
            }
        }
    };
    for _ in 0..2 {
        let (first, second, third, fourth) = tokio::join!(guess(), guess(), guess(), guess());
        assert!(
            [first, second, third, fourth]
                .iter()
                .all(|checked| *checked == Checked::Wrong)
        );
    }
    let rows = desk.world.rows("identity").unwrap();
    let pair = rows
        .iter()
        .find(|row| text(row, "sk").starts_with("from#"))
        .unwrap();
    assert_eq!(
        (pair["failures"].as_i64(), pair["refused"].as_i64()),
        (Some(5), Some(3))
    );
}

// ID-4
#[tokio::test(start_paused = true)]
async fn a_login_hashes_anew_when_the_cost_has_risen() {
    let desk = Desk::open();
    desk.customer(ANNA).await;
    let kept = |desk: &Desk| {
        let rows = desk.world.rows("identity").unwrap();
        text(rows.iter().find(|row| row["sk"] == "password").unwrap(), "hash")
    };
    assert!(kept(&desk).starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    desk.world.set("PASSWORD_HASH_MEMORY_KIB", "16");
    let desk = Desk::at(desk.world);
    assert!(!desk.opens(ANNA, "wrong").await);
    assert!(kept(&desk).contains("m=8,"), "a wrong password changes nothing");
    assert!(desk.opens(ANNA, PASSWORD).await);
    assert!(kept(&desk).starts_with("$argon2id$v=19$m=16,t=1,p=1$"));
    assert!(desk.opens(ANNA, PASSWORD).await);
}

#[tokio::test(start_paused = true)]
async fn a_disabled_account_is_like_none() {
    let desk = Desk::open();
    let user_id = desk.customer(ANNA).await;
    let row = serde_json::json!({
        "TableName": desk.world.physical.name("authority"),
        "Key": { "pk": { "S": format!("user#{user_id}") }, "sk": { "S": "user" } },
        "UpdateExpression": "SET #s = :s", "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeNames": { "#s": "status" }, "ExpressionAttributeValues": { ":s": { "S": "disabled" } },
    });
    desk.world.must("DynamoDB_20120810.UpdateItem", &row).unwrap();
    assert_eq!(
        code_of(desk.log_in(ANNA, PASSWORD).await.unwrap_err()),
        "bad_credentials"
    );
    desk.identity
        .request_link(&email(ANNA), &visit().origin)
        .await
        .unwrap();
    assert!(matches!(
        letters(&desk.world, ANNA).last(),
        Some(Letter::MagicUnknown {})
    ));
}

#[tokio::test(start_paused = true)]
async fn a_password_changed_during_a_login_is_not_overlooked() {
    let desk = Desk::open();
    let user_id = desk.customer(ANNA).await;
    let session = desk.authority().sessions(&user_id).await.unwrap().remove(0);
    let present = Present {
        user_id,
        session_id: session.session_id,
        origin: visit().origin,
    };
    let new = NewPassword {
        current: PASSWORD.to_owned(),
        next: NEW.to_owned(),
        keep_other_sessions: false,
    };
    desk.identity.change_password(&present, &new).await.unwrap();
    assert_eq!(
        code_of(desk.identity.change_password(&present, &new).await.unwrap_err()),
        "wrong_password"
    );
    let sessions = desk.authority().sessions(&present.user_id).await.unwrap();
    assert!(
        sessions
            .iter()
            .any(|session| session.methods.contains(&Method::Password))
    );
    assert!(desk.opens(ANNA, NEW).await && !desk.opens(ANNA, PASSWORD).await);
}

// ID-6: people type their address as they like, and a look-alike of it gets no letter.
#[tokio::test(start_paused = true)]
async fn a_letter_goes_to_the_address_as_the_account_spells_it() {
    let desk = Desk::open();
    let spelled = "Anna.K@example.com";
    desk.customer(spelled).await;
    // The last is a Kelvin sign, whose lower case is k.
    for typed in [
        "anna.k@example.com",
        "ANNA.K@Example.com",
        "anna.\u{212a}@example.com",
    ] {
        let typed = email(typed);
        let asked = desk.identity.request_link(&typed, &visit().origin).await.unwrap();
        let redeemed = both(&asked.ticket, &token(&desk.world, spelled, "lnk"));
        desk.identity.redeem_link(&redeemed, visit()).await.unwrap();
        desk.identity
            .request_reset(&typed, &visit().origin)
            .await
            .unwrap();
        let reset = token(&desk.world, spelled, "rst");
        desk.identity
            .reset_password(&reset, NEW, &visit().origin)
            .await
            .unwrap();
        desk.identity
            .register(new_account(typed.as_str()), &visit())
            .await
            .unwrap();
        assert!(letters(&desk.world, typed.as_str()).is_empty(), "{typed}");
        // Five letters of a kind an hour are enough.
        desk.world.clock.advance(Duration::hours(1));
    }
}

// ID-5: who has an account may not go on guessing at those of others by logging in between.
#[tokio::test(start_paused = true)]
async fn a_login_of_ones_own_opens_no_address_that_failed_too_often() {
    let desk = Desk::open();
    desk.customer(ANNA).await;
    desk.customer("ben@example.com").await;
    // All of one network: an IPv6 subscriber has as many addresses as they like.
    let from = |host: i64| visit_from(&format!("2001:db8:1:2::{host:x}"));
    let guess = async |who: String, password: &str, host| {
        desk.identity.log_in(&email(&who), password, from(host)).await
    };
    guess("ben@example.com".into(), PASSWORD, 1).await.unwrap();
    for host in 2..60 {
        guess(format!("stranger-{host}@example.com"), "wrong", host)
            .await
            .unwrap_err();
    }
    for host in 60..63 {
        guess("ben@example.com".into(), PASSWORD, host).await.unwrap();
        let refused = guess(ANNA.into(), PASSWORD, host).await;
        assert_eq!(code_of(refused.unwrap_err()), "bad_credentials");
    }
    let elsewhere = visit_from("2001:db8:1:3::1");
    desk.identity
        .log_in(&email(ANNA), PASSWORD, elsewhere)
        .await
        .unwrap();
}
