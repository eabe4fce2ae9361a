//! API keys: minted, presented, rotated, ended.

use authority::{
    Actor, ApiKey, Credential, KeyError, KeyId, KeyKind, Minted, NewKey, OVERLAP, Powers, Scope,
};
use kernel::{Duration, Limit, Time};
use platform::http::PrincipalKind;
use testing::Plan;

use crate::desk::Desk;

fn reader() -> NewKey {
    NewKey {
        kind: KeyKind::Secret,
        name: "reports".into(),
        scopes: vec![Scope::parse("orders.read").unwrap()],
        expires_at: None,
    }
}

async fn mint(desk: &Desk, new: NewKey) -> Minted {
    desk.keys.mint(new, &Actor::system()).await.unwrap()
}

async fn opens(desk: &Desk, minted: &Minted) -> bool {
    desk.sees(&minted.credential.reveal()).await.is_some()
}

async fn listed(desk: &Desk) -> Vec<(ApiKey, Option<Time>)> {
    let keys = authority::Keys::new(&testing::cloud(&desk.world, "authority-list-keys"));
    keys.list(Limit::default(), None).await.unwrap().items
}

#[tokio::test]
async fn a_minted_key_is_a_machine_with_its_scopes() {
    let desk = Desk::open();
    let minted = mint(&desk, reader()).await;
    let seen = desk.sees(&minted.credential.reveal()).await.unwrap();
    assert_eq!(
        (seen.id, seen.kind),
        (minted.key.key_id.to_string(), PrincipalKind::Key)
    );
    assert_eq!(seen.permissions, ["orders.read"]);
    assert!(seen.session.is_none());
}

// ID-21
#[tokio::test]
async fn a_refused_credential_names_somebody_only_if_it_was_given_here() {
    let desk = Desk::open();
    let minted = mint(&desk, reader()).await;
    let key = minted.credential.reveal();
    let key_id = minted.key.key_id.clone();
    desk.keys.revoke(&key_id, &Actor::system()).await.unwrap();
    assert_eq!(desk.sees(&key).await, None);
    assert_eq!(desk.was_given_to(&key).await, Some(key_id.to_string()));

    let user = desk.user("ada@example.com", &[]).await;
    let token = desk.log_in(&user).await.access_token;
    desk.later(Duration::minutes(11));
    assert_eq!(desk.sees(&token).await, None);
    assert_eq!(desk.was_given_to(&token).await, Some(user.user_id.to_string()));

    let (body, _) = token.rsplit_once('.').unwrap();
    let (other, _) = key.split_at(key.len() - 49);
    let forged = [
        format!("{body}.{}", "A".repeat(86)),
        format!("{other}{}", "0".repeat(49)),
    ];
    for forged in forged {
        assert_eq!(desk.was_given_to(&forged).await, None, "{forged}");
    }
}

#[tokio::test]
async fn malformed_unknown_and_wrong_keys_all_look_alike() {
    let desk = Desk::open();
    let right = mint(&desk, reader()).await.credential.reveal();
    let other = mint(&desk, reader()).await.credential.reveal();
    let (id_end, secret_end) = (right.len() - 50, right.len() - 6);
    for presented in [
        "cw_sk_".to_owned(),
        right.replace("cw_sk_", "cw_pk_"),
        right[..right.len() - 1].to_owned(),
        format!("{right}0"),
        format!("{}{}", &right[..id_end], &other[id_end..]),
        format!("{}{}", &right[..secret_end], "000000"),
        right.to_uppercase(),
        format!("{right} "),
    ] {
        assert!(desk.sees(&presented).await.is_none(), "{presented}");
    }
}

// A typing error and a made-up key are told without a read; so are leaked ones by a scanner.
#[tokio::test]
async fn a_wrong_checksum_costs_no_call() {
    let desk = Desk::open();
    let mut text = mint(&desk, reader()).await.credential.reveal();
    let last = text.pop().unwrap();
    text.push(if last == '0' { '1' } else { '0' });
    desk.world.faults.arm(Plan::calm());
    assert!(desk.sees(&text).await.is_none());
    assert_eq!(desk.world.faults.calls(), 0);
    assert!(Credential::parse(&text).is_none());
}

#[tokio::test]
async fn the_last_use_is_noted_once_an_hour() {
    let desk = Desk::open();
    let minted = mint(&desk, reader()).await;
    assert_eq!(listed(&desk).await[0].1, None);
    desk.world.faults.arm(Plan::calm());
    for _ in 0..10 {
        assert!(opens(&desk, &minted).await);
    }
    assert_eq!(desk.world.faults.calls(), 11, "ten reads, one write");
    let first = desk.world.now();
    assert_eq!(listed(&desk).await[0].1, Some(first));
    let other = Desk::beside(&desk.world, 2);
    desk.later(Duration::minutes(59));
    assert!(opens(&other, &minted).await);
    assert_eq!(
        listed(&desk).await[0].1,
        Some(first),
        "another process, the same hour"
    );
    desk.later(Duration::minutes(1));
    assert!(opens(&desk, &minted).await);
    assert_eq!(listed(&desk).await[0].1, Some(desk.world.now()));
}

#[tokio::test]
async fn a_use_that_cannot_be_noted_is_no_refusal() {
    let desk = Desk::open();
    let minted = mint(&desk, reader()).await;
    // The first call reads the key, the second notes its use; the SDK tries three times.
    let plan = (1..=3).fold(Plan::calm(), |plan, call| {
        plan.with(call, testing::FaultKind::Throttle)
    });
    desk.world.faults.arm(plan);
    assert!(opens(&desk, &minted).await);
    desk.world.faults.disarm();
    assert!(opens(&desk, &minted).await);
    assert_eq!(
        listed(&desk).await[0].1,
        Some(desk.world.now()),
        "the next use is noted instead"
    );
}

#[tokio::test]
async fn expired_and_revoked_keys_open_nothing() {
    let desk = Desk::open();
    let end = desk.world.now().plus(Duration::hours(1));
    let expiring = mint(
        &desk,
        NewKey {
            expires_at: Some(end),
            ..reader()
        },
    )
    .await;
    let revoked = mint(&desk, reader()).await;
    for _ in 0..2 {
        desk.keys
            .revoke(&revoked.key.key_id, &Actor::system())
            .await
            .unwrap();
    }
    assert!(!opens(&desk, &revoked).await, "at once");
    assert!(opens(&desk, &expiring).await);
    desk.later(Duration::hours(1));
    assert!(!opens(&desk, &expiring).await);
    let unknown = KeyId::parse("key_01h455vb4pex5vsknk084sn02q").unwrap();
    let result = desk.keys.revoke(&unknown, &Actor::system()).await;
    assert!(matches!(result, Err(KeyError::Missing)));
    assert_eq!(desk.trail(), ["key.created", "key.created", "key.revoked"]);
}

// ID-14: two are alive while the new one is brought to where the old one is used.
#[tokio::test]
async fn a_rotated_key_and_its_successor_are_both_good_for_a_day() {
    let desk = Desk::open();
    let old = mint(&desk, reader()).await;
    let new = desk.keys.rotate(&old.key.key_id, &Actor::system()).await.unwrap();
    assert_eq!((&new.key.name, &new.key.scopes), (&old.key.name, &old.key.scopes));
    assert!(opens(&desk, &old).await && opens(&desk, &new).await);
    // Its answer was lost, and somebody rotates again: what is in use stays in use.
    let again = desk.keys.rotate(&old.key.key_id, &Actor::system()).await.unwrap();
    assert!(opens(&desk, &old).await && opens(&desk, &again).await);
    desk.later(OVERLAP);
    assert!(!opens(&desk, &old).await);
    assert!(opens(&desk, &new).await && opens(&desk, &again).await);
    let over = desk.keys.rotate(&old.key.key_id, &Actor::system()).await;
    assert!(matches!(over, Err(KeyError::Over)));
}

// ID-20: whoever holds a key for a week has nothing of it after that week.
#[tokio::test]
async fn a_key_gives_at_most_its_own_remaining_life() {
    let desk = Desk::open();
    let end = desk.world.now().plus(Duration::days(7));
    let week = NewKey {
        expires_at: Some(end),
        ..reader()
    };
    let own = mint(&desk, week.clone()).await;
    let endless = mint(&desk, reader()).await.key.key_id;
    let machine = |minted: &Minted| Actor {
        id: minted.key.key_id.to_string(),
        powers: Powers::new(&["orders.read".into()]),
        ends_at: minted.key.ends_at(),
        ..Actor::system()
    };
    let by = machine(&own);
    for longer in [None, Some(end.plus(Duration::millis(1)))] {
        let new = NewKey {
            expires_at: longer,
            ..reader()
        };
        let refused = desk.keys.mint(new, &by).await;
        assert!(matches!(refused, Err(KeyError::Outlives)), "{longer:?}");
    }
    assert!(desk.keys.mint(week, &by).await.is_ok());
    let refused = desk.keys.rotate(&endless, &by).await;
    assert!(matches!(refused, Err(KeyError::Outlives)), "another's key");

    let next = desk.keys.rotate(&own.key.key_id, &by).await.unwrap();
    assert_eq!(next.key.expires_at, Some(end), "its own, with its own end");
    let replaced = desk.sees(&own.credential.reveal()).await.unwrap();
    assert_eq!(replaced.ends_at, Some(desk.world.now().plus(OVERLAP)));
    let by = Actor {
        ends_at: replaced.ends_at,
        ..by
    };
    let again = desk.keys.rotate(&own.key.key_id, &by).await;
    assert!(matches!(again, Err(KeyError::Outlives)), "a day is left of it");
    let by_person = desk.keys.rotate(&own.key.key_id, &Actor::system()).await.unwrap();
    assert_eq!(
        by_person.key.expires_at,
        Some(end),
        "the end is not lost on the way"
    );
}

#[tokio::test]
async fn a_publishable_key_names_a_shop_front_and_grants_nothing() {
    let desk = Desk::open();
    let new = NewKey {
        kind: KeyKind::Publishable,
        scopes: Vec::new(),
        ..reader()
    };
    let minted = mint(&desk, new).await;
    assert!(minted.credential.reveal().starts_with("cw_pk_"));
    assert!(!opens(&desk, &minted).await);
    let powerful = NewKey {
        kind: KeyKind::Publishable,
        ..reader()
    };
    let refused = desk.keys.mint(powerful, &Actor::system()).await;
    assert!(matches!(refused, Err(KeyError::PublicScope)));
}

#[tokio::test]
async fn nobody_mints_rotates_or_ends_a_key_beyond_their_own_powers() {
    let desk = Desk::open();
    let key = mint(&desk, reader()).await.key.key_id;
    let by = Actor {
        powers: Powers::new(&["keys.write".into()]),
        ..Actor::system()
    };
    assert!(matches!(
        desk.keys.mint(reader(), &by).await,
        Err(KeyError::Exceeds)
    ));
    assert!(matches!(
        desk.keys.rotate(&key, &by).await,
        Err(KeyError::Exceeds)
    ));
    assert!(matches!(
        desk.keys.revoke(&key, &by).await,
        Err(KeyError::Exceeds)
    ));
    let all = NewKey {
        scopes: vec![Scope::everything()],
        ..reader()
    };
    let by = Actor {
        powers: Powers::new(&["orders.read".into()]),
        ..Actor::system()
    };
    assert!(matches!(desk.keys.mint(all, &by).await, Err(KeyError::Exceeds)));
    assert!(desk.keys.mint(reader(), &by).await.is_ok());
}

#[tokio::test]
async fn a_key_without_name_scope_or_future_is_not_minted() {
    let desk = Desk::open();
    let now = desk.world.now();
    for (new, expected) in [
        (
            NewKey {
                name: "  ".into(),
                ..reader()
            },
            "a key needs a name of 1 to 100 characters",
        ),
        (
            NewKey {
                scopes: Vec::new(),
                ..reader()
            },
            "a secret key needs at least one scope",
        ),
        (
            NewKey {
                expires_at: Some(now),
                ..reader()
            },
            "the key would have expired already",
        ),
    ] {
        let refused = desk.keys.mint(new, &Actor::system()).await.unwrap_err();
        assert_eq!(refused.to_string(), expected);
    }
}

#[tokio::test]
async fn neither_the_row_nor_a_debug_line_holds_the_secret() {
    let desk = Desk::open();
    let minted = mint(&desk, reader()).await;
    let text = minted.credential.reveal();
    let secret = &text[text.len() - 49..text.len() - 6];
    assert!(!format!("{minted:?}").contains(secret));
    for table in ["authority", "trail", "usage"] {
        assert!(
            !serde_json::Value::from(desk.rows(table))
                .to_string()
                .contains(secret)
        );
    }
    assert_eq!(Credential::parse(&text), Some(minted.credential));
}
