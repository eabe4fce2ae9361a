//! Whatever happens on the way, the books end where the provider's are.

use kernel::{Currency, Ids, SeededRandom};
use proptest::prelude::*;

use super::*;
use crate::ledger::balance;
use crate::method::{Method, SandboxToken};
use crate::payment::{CaptureId, IN_FLIGHT, OrderId, PaymentId, Status};
use crate::sandbox;
use crate::standing::{Challenge, Movement};

const NOW: Time = Time::from_unix_ms(1_000_000);

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn open(token: SandboxToken) -> Payment {
    let order_id = OrderId::mint(&Ids::new(NOW, &SeededRandom::new(1)));
    let id = PaymentId::sibling_of(order_id.as_str()).unwrap();
    Payment::open(order_id, id, Method::Sandbox(token), eur(100), NOW)
}

fn word(stage: Stage, authorized: i64) -> Standing {
    Standing {
        stage,
        authorized: eur(authorized),
        movements: Vec::new(),
    }
}

fn after(payment: &Payment, word: &Standing) -> Payment {
    payment.settle(word, NOW).unwrap().unwrap().0
}

#[test]
fn the_providers_word_twice_is_entered_once() {
    let payment = open(SandboxToken::Approve);
    let (authorized, entries) = payment
        .settle(&word(Stage::Authorized, 100), NOW)
        .unwrap()
        .unwrap();
    assert_eq!(
        (authorized.status(), authorized.version, authorized.due_at),
        (Status::Authorized, 2, None)
    );
    assert_eq!(
        (entries.len(), entries[0].debit, entries[0].amount),
        (1, Account::Held, eur(100))
    );
    assert_eq!(authorized.settle(&word(Stage::Authorized, 100), NOW), Ok(None));
}

#[test]
fn a_late_authorization_of_a_canceled_order_is_let_go() {
    let canceled = open(SandboxToken::Approve).cancel(NOW).unwrap();
    let late = after(&canceled, &word(Stage::Authorized, 100));
    assert_eq!(late.intents, [Intent::Void]);
    let voided = after(&late, &word(Stage::Voided, 100));
    assert_eq!(
        (voided.status(), voided.intents.len(), voided.due_at),
        (Status::Voided, 0, None)
    );
}

#[test]
fn even_after_it_was_given_up_a_late_authorization_is_let_go() {
    let given_up = open(SandboxToken::Approve).cancel(NOW).unwrap().abandoned(NOW);
    assert_eq!((given_up.status(), given_up.due_at), (Status::Voided, None));
    let late = after(&given_up, &word(Stage::Authorized, 100));
    assert_eq!(
        (late.next_intent(), late.due_at),
        (Some(&Intent::Void), Some(NOW.plus(IN_FLIGHT)))
    );
}

#[test]
fn a_capture_under_way_when_the_order_is_canceled_is_given_back() {
    let authorized = after(&open(SandboxToken::Approve), &word(Stage::Authorized, 100));
    let id = CaptureId::sibling_of(authorized.id.as_str()).unwrap();
    let canceled = authorized
        .capture(id.clone(), Some(eur(30)), NOW)
        .unwrap()
        .cancel(NOW)
        .unwrap();
    assert_eq!(canceled.intents.len(), 1);
    let mut standing = word(Stage::Authorized, 100);
    standing.movements.push(Movement {
        id: id.to_string(),
        kind: Kind::Capture,
        amount: eur(30),
    });
    let undone = after(&canceled, &standing);
    assert!(
        matches!(undone.intents.as_slice(), [Intent::Void, Intent::Refund { amount, .. }] if *amount == eur(30))
    );
}

#[test]
fn a_challenge_that_is_canceled_is_voided() {
    let challenge = Challenge {
        id: "x".to_owned(),
        url: "y".to_owned(),
    };
    let waiting = after(
        &open(SandboxToken::ActionRequired),
        &word(Stage::NeedsBuyer(challenge), 0),
    );
    let canceled = waiting.cancel(NOW).unwrap();
    assert_eq!(canceled.intents, [Intent::Void]);
    let (voided, entries) = canceled.settle(&word(Stage::Voided, 0), NOW).unwrap().unwrap();
    assert_eq!((voided.status(), entries.len()), (Status::Voided, 0));
}

#[test]
fn a_word_that_cannot_follow_changes_nothing_and_is_noted() {
    let authorized = after(&open(SandboxToken::Approve), &word(Stage::Authorized, 100));
    let mut captured = word(Stage::Authorized, 100);
    captured.movements.push(Movement {
        id: "c".to_owned(),
        kind: Kind::Capture,
        amount: eur(30),
    });
    let with_capture = after(&authorized, &captured);
    let usd = Standing::asked(Currency::USD);
    let mut too_much = word(Stage::Authorized, 100);
    too_much.movements.push(Movement {
        id: "c".to_owned(),
        kind: Kind::Capture,
        amount: eur(101),
    });
    let declined = Stage::Declined {
        code: "late".to_owned(),
    };
    for (payment, word, expected) in [
        (
            &authorized,
            word(Stage::Authorized, 99),
            "authorized 0.99 EUR instead of 1.00 EUR",
        ),
        (
            &authorized,
            word(Stage::Asked, 0),
            "authorized 1.00 EUR here, 0.00 EUR at the provider",
        ),
        (
            &authorized,
            word(declined, 100),
            "authorized here, declined at the provider",
        ),
        (
            &authorized,
            too_much,
            "authorized 1.00 EUR, captured 1.01 EUR, refunded 0.00 EUR",
        ),
        (&authorized, usd, "the provider counts in USD"),
        (
            &with_capture,
            word(Stage::Authorized, 100),
            "the provider does not show `c`",
        ),
    ] {
        let mismatch = payment.settle(&word, NOW).unwrap_err();
        assert_eq!(mismatch.0, expected);
        let noted = payment.contradicted(&mismatch, NOW);
        assert_eq!(
            (noted.mismatch.as_deref(), noted.due_at),
            (Some(expected), Some(NOW.plus(MISMATCH_WAIT)))
        );
        let mended = after(&noted, &payment.standing);
        assert_eq!((mended.mismatch, mended.due_at), (None, None));
    }
}

#[test]
fn what_the_provider_refuses_is_no_longer_meant() {
    let authorized = after(&open(SandboxToken::Approve), &word(Stage::Authorized, 100));
    let id = CaptureId::sibling_of(authorized.id.as_str()).unwrap();
    let deciding = authorized.capture(id, None, NOW).unwrap();
    let intent = deciding.next_intent().unwrap().clone();
    let without = deciding.without(&intent, NOW);
    assert_eq!((without.intents.len(), without.due_at), (0, Some(NOW)));
}

/// What can happen to a payment, in any order.
#[derive(Debug, Clone, Copy)]
enum Event {
    Ask,
    AskAndCrash,
    LookUp,
    Cancel,
    Capture(i64),
    Refund(i64),
    Buyer(bool),
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(Event::Ask),
        2 => Just(Event::AskAndCrash),
        2 => Just(Event::LookUp),
        1 => Just(Event::Cancel),
        2 => (1..120_i64).prop_map(Event::Capture),
        2 => (1..120_i64).prop_map(Event::Refund),
        1 => any::<bool>().prop_map(Event::Buyer),
    ]
}

/// A shop with its books and a provider with its own.
struct World {
    payment: Payment,
    bank: Option<sandbox::Account>,
    entries: Vec<Entry>,
    token: SandboxToken,
    seed: u64,
}

impl World {
    fn new(token: SandboxToken) -> Self {
        Self {
            payment: open(token),
            bank: None,
            entries: Vec::new(),
            token,
            seed: 0,
        }
    }

    /// Carries out the next intent at the bank; `heard` is whether the answer arrives.
    fn ask(&mut self, heard: bool) {
        let Some(intent) = self.payment.next_intent().cloned() else {
            return;
        };
        let deed = match (&self.bank, &intent) {
            (None, Intent::Authorize) => {
                sandbox::Account::open(self.payment.id.clone(), eur(100), self.token, "http://bank")
            }
            (None, _) => return,
            (Some(bank), Intent::Authorize) => bank.authorize_again(eur(100)).unwrap(),
            (Some(bank), Intent::Capture { id, amount }) => {
                let Ok(deed) = bank.capture(id.as_str(), *amount) else {
                    self.payment = self.payment.without(&intent, NOW);
                    return;
                };
                deed
            }
            (Some(bank), Intent::Refund { id, amount, .. }) => bank.refund(id.as_str(), *amount).unwrap(),
            (Some(bank), Intent::Void) => bank.void(),
        };
        let answered = deed.answered && heard;
        self.bank = Some(deed.account);
        if answered {
            self.settle();
        }
    }

    fn settle(&mut self) {
        if let Some(bank) = &self.bank
            && bank.standing.stage != Stage::Asked
            && let Some((next, entries)) = self.payment.settle(&bank.standing, NOW).unwrap()
        {
            self.payment = next;
            self.entries.extend(entries);
        }
    }

    fn happen(&mut self, event: Event) {
        self.seed += 1;
        let random = SeededRandom::new(self.seed);
        let ids = Ids::new(NOW, &random);
        match event {
            Event::Ask => self.ask(true),
            Event::AskAndCrash => self.ask(false),
            Event::LookUp => {
                self.bank = self.bank.as_ref().map(|bank| bank.looked_up().account);
                self.settle();
            }
            Event::Cancel => self.payment = self.payment.cancel(NOW).unwrap_or_else(|| self.payment.clone()),
            Event::Capture(minor) => {
                if let Ok(next) = self.payment.capture(CaptureId::mint(&ids), Some(eur(minor)), NOW) {
                    self.payment = next;
                }
            }
            Event::Refund(minor) => {
                if let Ok(next) = self
                    .payment
                    .refund(RefundId::mint(&ids), Some(eur(minor)), "", NOW)
                {
                    self.payment = next;
                }
            }
            Event::Buyer(approves) => {
                let outcome = if approves {
                    sandbox::Outcome::Approve
                } else {
                    sandbox::Outcome::Decline
                };
                if let Some(Ok(deed)) = self.bank.as_ref().map(|bank| bank.challenged(outcome)) {
                    self.bank = Some(deed.account);
                }
            }
        }
    }

    fn check(&self) {
        let standing = &self.payment.standing;
        let of = |account| balance(&self.entries, account, eur(0)).unwrap();
        assert_eq!(of(Account::Held), standing.held().unwrap());
        let kept = standing
            .captured()
            .unwrap()
            .minus(standing.refunded().unwrap())
            .unwrap();
        assert_eq!(of(Account::Merchant), kept);
        assert_eq!(
            of(Account::Buyer).minor + of(Account::Held).minor + of(Account::Merchant).minor,
            0
        );
        assert!(
            self.payment.capturable().unwrap().minor >= 0 && self.payment.refundable().unwrap().minor >= 0
        );
        assert!(self.entries.iter().all(|entry| entry.amount.minor > 0));
    }

    /// The reconciler, until nothing is open.
    fn come_to_rest(&mut self) {
        for _ in 0..20 {
            self.happen(Event::LookUp);
            self.ask(true);
        }
        if self.bank.is_none() && self.payment.canceled {
            self.payment = self.payment.abandoned(NOW);
        }
    }
}

proptest! {
    #[test]
    fn any_history_of_crashes_and_decisions_ends_in_the_providers_books(
        which in 0..SandboxToken::ALL.len(), events in proptest::collection::vec(any_event(), 0..30),
    ) {
        let mut world = World::new(SandboxToken::ALL[which]);
        for event in events {
            world.happen(event);
            world.check();
        }
        world.come_to_rest();
        world.check();
        prop_assert_eq!(world.payment.intents.len(), 0);
        if let Some(bank) = &world.bank {
            prop_assert_eq!(&bank.standing, &world.payment.standing);
        }
        if world.payment.canceled {
            let standing = &world.payment.standing;
            prop_assert_eq!(standing.held(), Ok(eur(0)));
            prop_assert_eq!(standing.captured(), standing.refunded());
        }
    }
}
