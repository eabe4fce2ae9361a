//! Listeners hear of money, in the shape they know.

use kernel::{Currency, Ids, SeededRandom, Time};
use serde_json::{Value, json};

use super::*;
use crate::method::{Method, SandboxToken};
use crate::standing::{Challenge, Standing};

const NOW: Time = Time::from_unix_ms(1_000_000);

fn open() -> Payment {
    let order_id = OrderId::mint(&Ids::new(NOW, &SeededRandom::new(1)));
    let id = PaymentId::sibling_of(order_id.as_str()).unwrap();
    let total = Money::new(1999, Currency::EUR);
    Payment::open(order_id, id, Method::Sandbox(SandboxToken::Approve), total, NOW)
}

fn settled(stage: Stage, minor: i64) -> Payment {
    let authorized = Money::new(minor, Currency::EUR);
    open()
        .settle(
            &Standing {
                stage,
                authorized,
                movements: Vec::new(),
            },
            NOW,
        )
        .unwrap()
        .unwrap()
        .0
}

fn announced(old: Option<&Payment>, new: &Payment) -> Vec<Value> {
    let change = Change::between(
        old.map(PaymentRow::from).as_ref(),
        Some(&PaymentRow::from(new)),
        NOW,
    )
    .unwrap();
    from_change(&change)
        .unwrap()
        .iter()
        .map(|said| said.data().unwrap().clone())
        .collect()
}

#[test]
fn a_change_is_announced_with_the_whole_state() {
    let authorized = settled(Stage::Authorized, 1999);
    let eur = |minor: i64| json!({ "amount": minor, "currency": "EUR" });
    assert_eq!(
        announced(Some(&open()), &authorized),
        [json!({
            "order_id": authorized.order_id, "payment_id": authorized.id, "version": 2, "status": "authorized",
            "authorized": eur(1999), "captured": eur(0), "refunded": eur(0),
        })]
    );
}

#[test]
fn a_decline_and_a_challenge_carry_what_the_buyer_needs() {
    let failed = settled(
        Stage::Declined {
            code: "card_declined".to_owned(),
        },
        0,
    );
    assert_eq!(
        announced(Some(&open()), &failed)[0]["decline_code"],
        "card_declined"
    );
    let challenge = Challenge {
        id: "challenge_1".to_owned(),
        url: "http://shop/1".to_owned(),
    };
    let waiting = settled(Stage::NeedsBuyer(challenge), 0);
    assert_eq!(
        announced(Some(&open()), &waiting)[0]["challenge_url"],
        "http://shop/1"
    );
}

#[test]
fn what_moves_no_money_is_not_announced() {
    let authorized = settled(Stage::Authorized, 1999);
    let canceling = authorized.cancel(NOW).unwrap();
    assert_eq!(announced(None, &open()), Vec::<Value>::new());
    assert_eq!(announced(Some(&authorized), &canceling), Vec::<Value>::new());
}

#[test]
fn a_payment_that_fails_at_birth_is_announced() {
    let payment = open();
    let unpayable = Payment::unpayable(
        payment.order_id,
        payment.id,
        "payment_token_unknown",
        payment.total,
        NOW,
    );
    assert_eq!(announced(None, &unpayable)[0]["status"], "failed");
}

#[test]
fn every_version_of_the_fact_decodes() {
    let sample = include_str!("../../../../events/facts/PaymentChanged.v1.json");
    let fact: PaymentChanged = serde_json::from_str(sample).unwrap();
    assert_eq!(
        (fact.status, fact.authorized.minor),
        (StatusWord::ActionRequired, 0)
    );
}
