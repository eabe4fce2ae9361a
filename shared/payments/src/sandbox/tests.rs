//! The bank across the street does what its tokens say, and nothing twice.

use kernel::{Currency, Ids, SeededRandom, Time};

use super::*;

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn open(token: SandboxToken) -> Deed {
    let payment_id = PaymentId::mint(&Ids::new(Time::from_unix_ms(1), &SeededRandom::new(1)));
    Account::open(payment_id, eur(100), token, "http://bank/challenges")
}

#[test]
fn each_token_decides_what_happens() {
    let declined = |code: &str| Stage::Declined {
        code: code.to_owned(),
    };
    for (token, stage, answered, copies) in [
        (SandboxToken::Approve, Stage::Authorized, true, 0),
        (SandboxToken::Decline, declined("card_declined"), true, 0),
        (
            SandboxToken::InsufficientFunds,
            declined("insufficient_funds"),
            true,
            0,
        ),
        (SandboxToken::Slow, Stage::Asked, false, 0),
        (SandboxToken::TimeoutAfterCommit, Stage::Authorized, false, 0),
        (SandboxToken::DuplicateWebhook, Stage::Authorized, true, 2),
    ] {
        let deed = open(token);
        assert_eq!(deed.account.standing.stage, stage, "{}", token.as_str());
        assert_eq!(deed.answered, answered, "{}", token.as_str());
        assert_eq!(
            deed.account.webhook.map_or(0, |webhook| webhook.copies),
            copies,
            "{}",
            token.as_str()
        );
    }
}

#[test]
fn a_slow_authorization_is_granted_when_it_is_asked_for_again() {
    let account = open(SandboxToken::Slow).account;
    for deed in [account.looked_up(), account.authorize_again(eur(100)).unwrap()] {
        assert!(deed.answered && deed.changed);
        assert_eq!(
            (deed.account.standing.stage, deed.account.standing.authorized),
            (Stage::Authorized, eur(100))
        );
    }
    assert_eq!(
        account.authorize_again(eur(99)),
        Err(Refusal::KeyReused(account.payment_id.to_string()))
    );
}

#[test]
fn the_buyer_answers_a_challenge_once_and_the_merchant_is_told() {
    let account = open(SandboxToken::ActionRequired).account;
    let Stage::NeedsBuyer(challenge) = &account.standing.stage else {
        panic!("no challenge")
    };
    assert_eq!(challenge.url, format!("http://bank/challenges/{}", challenge.id));
    assert!(ChallengeId::parse(&challenge.id).is_ok());

    let approved = account.challenged(Outcome::Approve).unwrap().account;
    assert_eq!(approved.standing.authorized, eur(100));
    assert_eq!(approved.webhook.as_ref().map(|webhook| webhook.copies), Some(1));
    assert!(!approved.challenged(Outcome::Approve).unwrap().changed);
    assert_eq!(approved.challenged(Outcome::Decline), Err(Refusal::ChallengeOver));

    let declined = account.challenged(Outcome::Decline).unwrap().account;
    assert_eq!(
        declined.standing.stage,
        Stage::Declined {
            code: "authentication_failed".to_owned()
        }
    );
    assert_eq!(
        account.void().account.challenged(Outcome::Approve),
        Err(Refusal::ChallengeOver)
    );
}

#[test]
fn one_key_moves_money_once_and_sums_are_kept() {
    let account = open(SandboxToken::Approve).account;
    let account = account.capture("c-1", eur(60)).unwrap().account;
    assert!(!account.capture("c-1", eur(60)).unwrap().changed);
    assert_eq!(
        account.capture("c-1", eur(61)),
        Err(Refusal::KeyReused("c-1".to_owned()))
    );
    assert_eq!(account.capture("c-2", eur(41)), Err(Refusal::Exceeds));
    assert_eq!(account.capture("c-2", eur(0)), Err(Refusal::Exceeds));
    assert_eq!(account.refund("r-1", eur(61)), Err(Refusal::Exceeds));
    let account = account.refund("r-1", eur(60)).unwrap().account;
    assert_eq!(account.refund("r-2", eur(1)), Err(Refusal::Exceeds));
}

#[test]
fn what_was_let_go_cannot_be_taken() {
    let account = open(SandboxToken::Approve)
        .account
        .capture("c-1", eur(60))
        .unwrap()
        .account;
    let voided = account.void().account;
    assert!(!voided.void().changed);
    assert_eq!(voided.capture("c-2", eur(1)), Err(Refusal::NotAuthorized));
    assert_eq!(
        voided.refund("r-1", eur(60)).unwrap().account.standing.refunded(),
        Ok(eur(60))
    );
}
