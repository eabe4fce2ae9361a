//! Sessions, and the families of refresh tokens they are. ID-10, ID-17

use authority::{Actor, Tokens};
use authority::{Method, RefreshError, RoleName, STOREFRONT, SessionId, UserChange, UserStatus};
use kernel::{Duration, Email, Fault};

use crate::desk::{Desk, commit, origin};

async fn refresh(desk: &Desk, token: &Tokens) -> Result<Tokens, RefreshError> {
    let text = token.refresh_token.clone().unwrap();
    desk.authority.refresh(&text, STOREFRONT, &origin()).await
}

fn refused(result: &Result<Tokens, RefreshError>) {
    assert!(matches!(result, Err(RefreshError::Invalid)), "{result:?}");
}

// ID-17: ids carry at least 128 random bits; a login is a session of its own.
#[tokio::test]
async fn every_login_is_a_session_of_its_own() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    let (one, other) = (desk.log_in(&ada).await, desk.log_in(&ada).await);
    assert_ne!(one.session_id, other.session_id);
    assert_ne!(one.refresh_token, other.refresh_token);
    assert_eq!(one.expires_in, 600);
    let seen = desk.sees(&one.access_token).await.unwrap();
    assert_eq!(seen.id, ada.user_id.to_string());
    let presence = seen.session.unwrap();
    assert_eq!(Some(presence.session_id), one.session_id.map(|id| id.to_string()));
    assert_eq!(desk.authority.sessions(&ada.user_id).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_refresh_gives_other_tokens_and_the_session_stays() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    let first = desk.log_in(&ada).await;
    let second = refresh(&desk, &first).await.unwrap();
    assert_ne!(first.refresh_token, second.refresh_token);
    assert_ne!(first.access_token, second.access_token);
    assert_eq!(first.session_id, second.session_id);
    assert!(desk.sees(&second.access_token).await.is_some());
}

// ID-10: the parent of the present token gets the same successor: an answer was lost.
#[tokio::test]
async fn a_lost_answer_is_given_again() {
    let desk = Desk::open();
    let first = desk.log_in(&desk.user("ada@example.com", &[]).await).await;
    let lost = refresh(&desk, &first).await.unwrap();
    let again = refresh(&desk, &first).await.unwrap();
    assert_eq!(lost.refresh_token, again.refresh_token);
    assert!(refresh(&desk, &again).await.is_ok());
}

// ID-10: reuse after the successor was used ends the family, though the request itself fails.
#[tokio::test]
async fn a_token_that_was_followed_by_a_used_one_ends_the_session_for_everybody() {
    let desk = Desk::open();
    let first = desk.log_in(&desk.user("ada@example.com", &[]).await).await;
    let second = refresh(&desk, &first).await.unwrap();
    let third = refresh(&desk, &second).await.unwrap();
    assert!(matches!(refresh(&desk, &first).await, Err(RefreshError::Reused)));
    for token in [&first, &second, &third] {
        refused(&refresh(&desk, token).await);
    }
    assert!(desk.sees(&third.access_token).await.is_none(), "at once");
    assert!(desk.trail().contains(&"session.reused".to_owned()));
}

// ID-10: a replay within the same second is one like any other.
#[tokio::test]
async fn a_replay_within_the_same_second_is_noticed() {
    let desk = Desk::open();
    let first = desk.log_in(&desk.user("ada@example.com", &[]).await).await;
    let before = desk.world.now();
    let second = refresh(&desk, &first).await.unwrap();
    refresh(&desk, &second).await.unwrap();
    assert!(matches!(refresh(&desk, &first).await, Err(RefreshError::Reused)));
    assert_eq!(desk.world.now().unix_s(), before.unix_s());
}

// ID-10: N tabs at once are one lineage.
#[tokio::test]
async fn tabs_that_refresh_at_once_get_one_successor() {
    let desk = Desk::open();
    let first = desk.log_in(&desk.user("ada@example.com", &[]).await).await;
    let desks: Vec<Desk> = (2..10).map(|seed| Desk::beside(&desk.world, seed)).collect();
    let tabs = desks.iter().map(|tab| refresh(tab, &first));
    let answers = join(tabs).await;
    let mut tokens: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.unwrap().refresh_token)
        .collect();
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "one lineage");
}

/// All of them, turn by turn.
async fn join<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut done = true;
        for (future, output) in &mut running {
            if output.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *output = Some(value),
                    std::task::Poll::Pending => done = false,
                }
            }
        }
        if done {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    running.into_iter().filter_map(|(_, output)| output).collect()
}

// ID-10, ID-17: the absolute end comes although the session is in use.
#[tokio::test]
async fn a_session_in_daily_use_ends_after_ninety_days() {
    let desk = Desk::open();
    let mut tokens = desk.log_in(&desk.user("ada@example.com", &[]).await).await;
    for _ in 0..9 {
        desk.later(Duration::days(9));
        tokens = refresh(&desk, &tokens).await.unwrap();
    }
    desk.later(Duration::days(9));
    refused(&refresh(&desk, &tokens).await);
}

// ID-17: idle time-outs; staff has shorter ones, from the moment on when somebody becomes staff.
#[tokio::test]
async fn an_idle_session_ends_sooner_for_staff() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    let grace = desk.user("grace@example.com", &["support"]).await;
    let (customer, staff) = (desk.log_in(&ada).await, desk.log_in(&grace).await);
    desk.later(Duration::hours(13));
    refused(&refresh(&desk, &staff).await);
    let customer = refresh(&desk, &customer).await.unwrap();
    commit(
        desk.authority
            .granting(&ada, &[RoleName::parse("support").unwrap()]),
    )
    .await
    .unwrap();
    desk.later(Duration::hours(13));
    refused(&refresh(&desk, &customer).await);
}

#[tokio::test]
async fn an_idle_customer_is_asked_again_after_thirty_days() {
    let desk = Desk::open();
    let tokens = desk.log_in(&desk.user("ada@example.com", &[]).await).await;
    desk.later(Duration::days(30));
    refused(&refresh(&desk, &tokens).await);
}

// ID-17: list and revoke.
#[tokio::test]
async fn one_session_is_revoked_and_the_others_go_on() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    let (here, there) = (desk.log_in(&ada).await, desk.log_in(&ada).await);
    let lost = there.session_id.clone().unwrap();
    for _ in 0..2 {
        desk.authority
            .revoke_session(&ada.user_id, &lost, &origin())
            .await
            .unwrap();
    }
    assert!(desk.sees(&there.access_token).await.is_none(), "at once");
    refused(&refresh(&desk, &there).await);
    assert!(desk.sees(&here.access_token).await.is_some());
    let left = desk.authority.sessions(&ada.user_id).await.unwrap();
    assert_eq!(
        left.iter().map(|one| Some(&one.session_id)).collect::<Vec<_>>(),
        [here.session_id.as_ref()]
    );
    let revoked = desk
        .trail()
        .iter()
        .filter(|action| *action == "session.revoked")
        .count();
    assert_eq!(revoked, 1, "twice is once");
}

// ID-18: another's session is as unknown as none.
#[tokio::test]
async fn nobody_revokes_anothers_session() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    let eve = desk.user("eve@example.com", &[]).await;
    let tokens = desk.log_in(&ada).await;
    let session_id = tokens.session_id.clone().unwrap();
    for foreign in [
        session_id,
        SessionId::parse("ses_01h455vb4pex5vsknk084sn02q").unwrap(),
    ] {
        let result = desk
            .authority
            .revoke_session(&eve.user_id, &foreign, &origin())
            .await;
        assert!(matches!(result, Err(Fault::Missing { what: "session" })));
    }
    assert!(desk.sees(&tokens.access_token).await.is_some());
}

// ID-17: kill the others, or all.
#[tokio::test]
async fn all_sessions_end_but_the_one_that_is_kept() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    let (here, there) = (desk.log_in(&ada).await, desk.log_in(&ada).await);
    desk.authority
        .revoke_sessions(&ada.user_id, here.session_id.as_ref(), &origin())
        .await
        .unwrap();
    assert!(desk.sees(&there.access_token).await.is_none());
    assert!(desk.sees(&here.access_token).await.is_some());
    let here = refresh(&desk, &here).await.unwrap();
    desk.authority
        .revoke_sessions(&ada.user_id, None, &origin())
        .await
        .unwrap();
    assert!(desk.sees(&here.access_token).await.is_none());
    refused(&refresh(&desk, &here).await);
}

// ID-17: disabling or deleting somebody ends their sessions, for good.
#[tokio::test]
async fn a_disabled_user_is_out_at_once_and_stays_out_when_enabled_again() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    let tokens = desk.log_in(&ada).await;
    for status in [UserStatus::Disabled, UserStatus::Active] {
        let change = UserChange {
            status: Some(status),
            roles: None,
        };
        desk.authority
            .update_user(&ada.user_id, None, change, &Actor::system())
            .await
            .unwrap();
        assert!(desk.sees(&tokens.access_token).await.is_none());
        refused(&refresh(&desk, &tokens).await);
    }
    let ada = desk.again(&ada.user_id).await;
    let tokens = desk.log_in(&ada).await;
    commit(desk.authority.erasing(&ada)).await.unwrap();
    assert!(desk.sees(&tokens.access_token).await.is_none());
    assert!(
        desk.authority.user_by_email(&ada.email).await.unwrap().is_none(),
        "the address is free"
    );
    assert_eq!(desk.again(&ada.user_id).await.status, UserStatus::Erased);
}

#[tokio::test]
async fn a_login_that_overlaps_a_change_of_the_account_is_refused() {
    let desk = Desk::open();
    let stale = desk.user("ada@example.com", &[]).await;
    commit(desk.authority.ending_sessions(&stale, None))
        .await
        .unwrap();
    let result = desk.authority.start_session(&stale, desk.start()).await;
    assert!(matches!(
        result,
        Err(Fault::Unauthenticated {
            code: "session_refused",
            ..
        })
    ));
    assert!(desk.trail().is_empty());
}

#[tokio::test]
async fn a_step_up_raises_the_new_token_and_not_the_old() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    let old = desk.log_in(&ada).await;
    desk.later(Duration::minutes(5));
    let session_id = old.session_id.clone().unwrap();
    let raised = desk
        .authority
        .raise_session(&ada.user_id, &session_id, vec![Method::Totp], 2, &origin())
        .await
        .unwrap();
    assert_eq!(raised.refresh_token, None, "the one from before stays");
    let new = desk.sees(&raised.access_token).await.unwrap().session.unwrap();
    assert_eq!(
        (new.assurance, new.authenticated_at.unix_s()),
        (2, desk.world.now().unix_s())
    );
    let before = desk.sees(&old.access_token).await.unwrap().session.unwrap();
    assert_eq!(before.assurance, 1);
    assert!(before.authenticated_at < new.authenticated_at);
    assert!(refresh(&desk, &old).await.is_ok());
}

#[tokio::test]
async fn forged_and_foreign_refresh_tokens_change_nothing() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    let (mine, other) = (desk.log_in(&ada).await, desk.log_in(&ada).await);
    let (mine_text, other_text) = (mine.refresh_token.clone().unwrap(), other.refresh_token.unwrap());
    let (head, secret) = mine_text.rsplit_once('_').map_or_else(
        || (String::new(), String::new()),
        |(head, secret)| (head.to_owned(), secret.to_owned()),
    );
    let tokens = [
        String::new(),
        "cw_rt_".into(),
        head.clone(),
        format!("{head}_"),
        format!("{mine_text}A"),
        mine_text[..mine_text.len() - 2].to_owned(),
        format!("{}{}", &mine_text[..33], &other_text[33..]),
        mine_text.to_uppercase(),
        format!("cw_rt_01h455vb4pex5vsknk084sn02q_{secret}"),
    ];
    for forged in tokens {
        let result = desk.authority.refresh(&forged, STOREFRONT, &origin()).await;
        assert!(matches!(result, Err(RefreshError::Invalid)), "{forged}");
        desk.authority
            .revoke_refresh_token(&forged, STOREFRONT, &origin())
            .await
            .unwrap();
    }
    let foreign = desk
        .authority
        .refresh(&mine_text, "cli_01h455vb4pex5vsknk084sn02q", &origin())
        .await;
    assert!(matches!(foreign, Err(RefreshError::Invalid)), "another client's");
    assert!(refresh(&desk, &mine).await.is_ok());
}

#[tokio::test]
async fn neither_rows_nor_debug_lines_hold_a_token() {
    let desk = Desk::open();
    let tokens = desk.log_in(&desk.user("ada@example.com", &[]).await).await;
    let secret = tokens.refresh_token.clone().unwrap()[33..].to_owned();
    assert!(!format!("{tokens:?}").contains(&secret));
    for table in ["authority", "trail"] {
        let rows = serde_json::Value::from(desk.rows(table)).to_string();
        assert!(
            !rows.contains(&secret) && !rows.contains(&tokens.access_token),
            "{table}"
        );
    }
}

#[tokio::test]
async fn logging_out_ends_the_session_of_the_token() {
    let desk = Desk::open();
    let tokens = desk.log_in(&desk.user("ada@example.com", &[]).await).await;
    let text = tokens.refresh_token.clone().unwrap();
    for _ in 0..2 {
        desk.authority
            .revoke_refresh_token(&text, STOREFRONT, &origin())
            .await
            .unwrap();
    }
    assert!(desk.sees(&tokens.access_token).await.is_none());
    refused(&refresh(&desk, &tokens).await);
}

#[tokio::test]
async fn an_address_is_one_account_whatever_its_case() {
    let desk = Desk::open();
    let ada = desk.user("Ada@Example.com", &[]).await;
    let found = desk
        .authority
        .user_by_email(&Email::parse("aDA@example.COM").unwrap())
        .await
        .unwrap();
    assert_eq!(found.as_ref().map(|user| &user.user_id), Some(&ada.user_id));
    let new = Email::parse("lovelace@example.com").unwrap();
    commit(desk.authority.changing_email(&ada, &new)).await.unwrap();
    assert!(desk.authority.user_by_email(&ada.email).await.unwrap().is_none());
    let eve = desk.user("ada@example.com", &[]).await;
    let taken = commit(desk.authority.changing_email(&eve, &new))
        .await
        .unwrap_err();
    assert!(taken.condition_failed_at(2), "somebody has the address");
    let stale = commit(
        desk.authority
            .changing_email(&ada, &Email::parse("x@example.com").unwrap()),
    )
    .await;
    assert!(
        stale.unwrap_err().condition_failed_at(0),
        "read before the first change"
    );
}

#[tokio::test]
async fn a_second_step_opens_for_five_minutes() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    let step = authority::SecondStep {
        methods: vec![Method::Password],
        client_id: STOREFRONT.into(),
        scopes: None,
        cart_id: Some("cart_1".into()),
        origin: origin(),
    };
    let text = desk.authority.second_step(&ada, step.clone()).unwrap();
    let other = desk.authority.second_step(&ada, step.clone()).unwrap();
    let waiting = desk.authority.open_second_step(&text).unwrap().unwrap();
    assert_eq!(
        (&waiting.user_id, waiting.epoch, &waiting.step),
        (&ada.user_id, ada.epoch, &step)
    );
    let waiting_other = desk.authority.open_second_step(&other).unwrap().unwrap();
    assert_ne!(
        waiting.step_id, waiting_other.step_id,
        "tries are counted for each"
    );
    assert_eq!(desk.authority.open_second_step(&text[1..]).unwrap(), None);
    desk.later(Duration::minutes(5));
    assert_eq!(desk.authority.open_second_step(&text).unwrap(), None);
}
