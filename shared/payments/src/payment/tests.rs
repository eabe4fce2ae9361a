//! Decisions keep within what was authorized and captured.

use kernel::{Currency, Ids, SeededRandom};

use super::*;
use crate::method::SandboxToken;
use crate::standing::{Challenge, Kind, Movement};

const NOW: Time = Time::from_unix_ms(1_000_000);

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn capture_id(seed: u64) -> CaptureId {
    CaptureId::mint(&Ids::new(NOW, &SeededRandom::new(seed)))
}

fn refund_id(seed: u64) -> RefundId {
    RefundId::mint(&Ids::new(NOW, &SeededRandom::new(seed)))
}

fn open() -> Payment {
    let order_id = OrderId::mint(&Ids::new(NOW, &SeededRandom::new(1)));
    let id = PaymentId::sibling_of(order_id.as_str()).unwrap();
    Payment::open(
        order_id,
        id,
        Method::Sandbox(SandboxToken::Approve),
        eur(100),
        NOW,
    )
}

fn standing(stage: Stage, captured: i64, refunded: i64) -> Standing {
    let movement = |id: &str, kind, minor| Movement {
        id: id.to_owned(),
        kind,
        amount: eur(minor),
    };
    let mut movements = Vec::new();
    if captured > 0 {
        movements.push(movement("c", Kind::Capture, captured));
    }
    if refunded > 0 {
        movements.push(movement("r", Kind::Refund, refunded));
    }
    let authorized = if matches!(stage, Stage::Authorized | Stage::Voided) {
        eur(100)
    } else {
        eur(0)
    };
    Standing {
        stage,
        authorized,
        movements,
    }
}

fn settled(captured: i64, refunded: i64) -> Payment {
    open()
        .settle(&standing(Stage::Authorized, captured, refunded), NOW)
        .unwrap()
        .unwrap()
        .0
}

#[test]
fn a_status_says_where_the_money_is() {
    let declined = Stage::Declined {
        code: "card_declined".to_owned(),
    };
    let challenge = Stage::NeedsBuyer(Challenge {
        id: "x".to_owned(),
        url: "y".to_owned(),
    });
    for (stage, captured, refunded, expected) in [
        (Stage::Asked, 0, 0, "pending"),
        (challenge, 0, 0, "action_required"),
        (declined, 0, 0, "failed"),
        (Stage::Authorized, 0, 0, "authorized"),
        (Stage::Authorized, 40, 0, "partially_captured"),
        (Stage::Authorized, 100, 0, "captured"),
        (Stage::Voided, 40, 0, "captured"),
        (Stage::Authorized, 100, 40, "partially_refunded"),
        (Stage::Voided, 40, 40, "refunded"),
        (Stage::Authorized, 100, 100, "refunded"),
        (Stage::Voided, 0, 0, "voided"),
    ] {
        let payment = Payment {
            standing: standing(stage, captured, refunded),
            ..open()
        };
        assert_eq!(payment.status().as_str(), expected);
    }
}

#[test]
fn captures_never_exceed_the_authorization_even_while_under_way() {
    let first = settled(0, 0).capture(capture_id(1), Some(eur(60)), NOW).unwrap();
    assert!(first.knows(capture_id(1).as_str()) && !first.knows(capture_id(2).as_str()));
    assert_eq!(
        first.capture(capture_id(2), Some(eur(41)), NOW),
        Err(MoveError::CaptureTooLarge {
            asked: eur(41),
            left: eur(40)
        })
    );
    let second = first.capture(capture_id(2), None, NOW).unwrap();
    assert_eq!(
        second.intents.last(),
        Some(&Intent::Capture {
            id: capture_id(2),
            amount: eur(40)
        })
    );
    assert_eq!(
        second.capture(capture_id(3), None, NOW),
        Err(MoveError::NothingToCapture)
    );
}

#[test]
fn refunds_never_exceed_the_captures_even_while_under_way() {
    assert_eq!(
        settled(0, 0).refund(refund_id(1), None, "", NOW),
        Err(MoveError::NothingToRefund)
    );
    let first = settled(60, 0)
        .refund(refund_id(1), Some(eur(50)), "broken cup", NOW)
        .unwrap();
    assert_eq!(
        first.refund(refund_id(2), Some(eur(11)), "", NOW),
        Err(MoveError::RefundTooLarge {
            asked: eur(11),
            left: eur(10)
        })
    );
    assert_eq!(
        first.refund(refund_id(2), None, "", NOW).unwrap().refundable(),
        Ok(eur(0))
    );
}

#[test]
fn an_amount_must_be_money_of_the_payment() {
    for (amount, expected) in [
        (eur(0), MoveError::NotPositive),
        (eur(-1), MoveError::NotPositive),
        (
            Money::new(1, Currency::USD),
            MoveError::OtherCurrency(Currency::EUR),
        ),
    ] {
        assert_eq!(
            settled(0, 0).capture(capture_id(1), Some(amount), NOW),
            Err(expected.clone())
        );
        assert_eq!(
            settled(9, 0).refund(refund_id(1), Some(amount), "", NOW),
            Err(expected)
        );
    }
}

#[test]
fn only_what_is_authorized_can_be_captured() {
    assert_eq!(
        open().capture(capture_id(1), None, NOW),
        Err(MoveError::NotAuthorized(Status::Pending))
    );
    let canceled = settled(0, 0).cancel(NOW).unwrap();
    assert_eq!(
        canceled.capture(capture_id(1), None, NOW),
        Err(MoveError::Canceled)
    );
}

#[test]
fn a_cancelation_lets_go_and_gives_back_everything_once() {
    let canceled = settled(60, 10).cancel(NOW).unwrap();
    let undo = RefundId::sibling_of(canceled.id.as_str()).unwrap();
    let refund = Intent::Refund {
        id: undo,
        amount: eur(50),
        reason: "the order was canceled".to_owned(),
    };
    assert_eq!(canceled.intents, [Intent::Void, refund]);
    assert_eq!(canceled.cancel(NOW), None);
}

#[test]
fn a_canceled_authorization_is_never_started_but_waited_for() {
    let canceled = open().cancel(NOW).unwrap();
    assert_eq!(canceled.next_intent(), None);
    assert_eq!(canceled.due_at, Some(NOW.plus(IN_FLIGHT)));
}

#[test]
fn a_payment_without_a_usable_method_fails_at_once() {
    let order_id = OrderId::mint(&Ids::new(NOW, &SeededRandom::new(1)));
    let id = PaymentId::sibling_of(order_id.as_str()).unwrap();
    let payment = Payment::unpayable(order_id, id, "payment_token_unknown", eur(100), NOW);
    assert_eq!(
        (payment.status(), payment.next_intent(), payment.due_at),
        (Status::Failed, None, None)
    );
}

#[test]
fn movements_are_counted() {
    let mut payment = settled(0, 0);
    for seed in 0..50 {
        match payment.capture(capture_id(seed), Some(eur(1)), NOW) {
            Ok(next) => payment = next,
            Err(error) => {
                assert_eq!((seed, error), (49, MoveError::TooManyMovements));
                return;
            }
        }
    }
    panic!("a payment took 50 captures and left no room for the refund");
}

#[test]
fn a_declined_payment_has_nothing_to_give_back() {
    let declined = standing(
        Stage::Declined {
            code: "card_declined".to_owned(),
        },
        0,
        0,
    );
    let (failed, _) = open().settle(&declined, NOW).unwrap().unwrap();
    assert_eq!(failed.cancel(NOW), None);
}
