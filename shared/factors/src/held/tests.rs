//! What a user holds changes by its rules only.

use kernel::{Duration, Ids, SeededRandom};

use super::*;

const NOW: Time = Time::from_unix_ms(1_800_000_015_000);

fn ids() -> (SeededRandom, Time) {
    (SeededRandom::new(3), NOW)
}

fn somebody() -> Held {
    let (random, now) = ids();
    Held::nothing(UserId::mint(&Ids::new(now, &random)))
}

fn secret() -> TotpSecret {
    TotpSecret::from_bytes(&[7; 20]).unwrap()
}

fn code(now: Time) -> String {
    secret().code_at(crate::totp::step_at(now))
}

fn factor_id(seed: u64) -> FactorId {
    let random = SeededRandom::new(seed);
    FactorId::mint(&Ids::new(NOW, &random))
}

fn with_app() -> Held {
    let mut held = somebody();
    held.pending = Some(PendingTotp {
        factor_id: factor_id(1),
        sealed: "sealed".into(),
        started_at: NOW,
    });
    held.confirm_totp(&secret(), &code(NOW), NOW).unwrap();
    held
}

fn passkey(seed: u64) -> Passkey {
    Passkey {
        factor_id: factor_id(seed),
        name: format!("key {seed}"),
        credential: Credential {
            id: seed.to_be_bytes().repeat(4),
            public_key: vec![],
            sign_count: 0,
            backup_eligible: false,
            backed_up: false,
            aaguid: [0; 16],
            user_verified: true,
        },
        transports: vec![],
        created_at: NOW,
        used_at: None,
    }
}

// ID-15
#[test]
fn an_app_counts_only_after_its_first_right_code() {
    let mut held = somebody();
    assert_eq!(
        held.confirm_totp(&secret(), &code(NOW), NOW),
        Err(HeldError::NotStarted)
    );
    held.pending = with_app().totp.map(|totp| PendingTotp {
        factor_id: totp.factor_id,
        sealed: totp.sealed,
        started_at: NOW,
    });
    assert_eq!(held.kinds(), []);
    assert_eq!(
        held.confirm_totp(&secret(), "000000", NOW),
        Err(HeldError::CodeWrong)
    );
    assert!(!held.accept_totp(&secret(), &code(NOW), NOW));
    held.confirm_totp(&secret(), &code(NOW), NOW).unwrap();
    assert_eq!(held.kinds(), [FactorKind::Totp]);
}

#[test]
fn a_secret_waits_an_hour_for_its_first_code() {
    let mut held = somebody();
    held.pending = Some(PendingTotp {
        factor_id: factor_id(1),
        sealed: "sealed".into(),
        started_at: NOW,
    });
    let late = NOW.plus(Duration::hours(1));
    assert_eq!(
        held.confirm_totp(&secret(), &code(late), late),
        Err(HeldError::NotStarted)
    );
}

// ID-15
#[test]
fn the_code_that_confirmed_the_app_opens_nothing_more() {
    let mut held = with_app();
    assert!(!held.accept_totp(&secret(), &code(NOW), NOW));
    let later = NOW.plus(Duration::seconds(30));
    assert!(held.accept_totp(&secret(), &code(later), later));
    assert!(!held.accept_totp(&secret(), &code(later), later));
}

// ID-15
#[test]
fn wrong_codes_are_counted_until_a_right_one() {
    let mut held = with_app();
    for _ in 0..5 {
        assert!(!held.accept_totp(&secret(), "nonsense", NOW));
    }
    assert_eq!(held.turn(NOW), Turn::At(NOW.plus(Duration::seconds(30))));
    let later = NOW.plus(Duration::seconds(30));
    assert!(held.accept_totp(&secret(), &code(later), later));
    assert_eq!(held.attempts, Attempts::default());
}

// ID-15
#[test]
fn a_recovery_code_opens_once_and_new_ones_replace_all() {
    let mut held = with_app();
    held.replace_recovery(vec!["a".into(), "b".into()]).unwrap();
    assert!(held.accept_recovery("a"));
    assert!(!held.accept_recovery("a"));
    assert_eq!(held.recovery, ["b"]);
    held.replace_recovery(vec!["c".into()]).unwrap();
    assert!(!held.accept_recovery("b"));
}

#[test]
fn recovery_codes_stand_in_for_a_factor() {
    assert_eq!(
        somebody().replace_recovery(vec!["a".into()]),
        Err(HeldError::NoFactor)
    );
    let mut held = somebody();
    held.recovery = vec!["a".into()];
    assert!(!held.accept_recovery("a"));
}

// ID-16
#[test]
fn the_last_factor_goes_only_on_purpose_and_takes_the_codes_along() {
    let mut held = with_app();
    held.add_passkey(passkey(2)).unwrap();
    held.replace_recovery(vec!["a".into()]).unwrap();
    assert_eq!(held.kinds(), [FactorKind::Totp, FactorKind::Passkey]);
    let first = held.remove(&factor_id(1), false).unwrap();
    assert_eq!((first.name(), held.recovery.len()), ("authenticator app", 1));
    assert_eq!(held.clone().remove(&factor_id(2), false), Err(HeldError::Last));
    assert_eq!(held.clone().remove(&factor_id(9), true), Err(HeldError::Unknown));
    assert_eq!(held.remove(&factor_id(2), true), Ok(Removed::Passkey(passkey(2))));
    assert_eq!((held.kinds(), held.recovery.len()), (vec![], 0));
}

#[test]
fn an_account_has_ten_passkeys_at_most() {
    let mut held = somebody();
    for seed in 0..10 {
        held.add_passkey(passkey(seed)).unwrap();
    }
    assert_eq!(held.add_passkey(passkey(10)), Err(HeldError::TooMany));
}
