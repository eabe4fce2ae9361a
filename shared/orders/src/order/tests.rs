//! Every move of an order, the ones that are refused, and what no history of moves can break.

use carts::{CartId, OrderId};
use kernel::{
    Address, CountryCode, Currency, Duration, Email, Handle, Ids, Money, Quantity, Rate, SeededRandom, Sku,
    Time,
};
use proptest::prelude::*;

use super::*;

pub(crate) const NOW: Time = Time::from_unix_ms(1_767_225_600_000);
const LATE: Time = NOW.plus(Duration::minutes(30));

pub(crate) fn order() -> Order {
    let random = SeededRandom::new(1);
    let ids = Ids::new(NOW, &random);
    let eur = |minor| Money::new(minor, Currency::EUR);
    let address = Address {
        name: "Anna Beispiel".into(),
        line1: "Hauptstr. 1".into(),
        line2: None,
        postal_code: Some("10115".into()),
        city: "Berlin".into(),
        province: None,
        country: CountryCode::parse("DE").unwrap(),
        phone: None,
    };
    let line = Line {
        line_id: LineId::mint(&ids),
        sku: Sku::parse("tea-green-100").unwrap(),
        product_id: "product_01h455vb4pex5vsknk084sn02q".into(),
        title: "Green tea, 100 g".into(),
        quantity: Quantity::new(2).unwrap(),
        unit_price: eur(1_999),
        subtotal: eur(3_998),
        tax_rate: Rate::parse("0.19").unwrap(),
        tax: eur(638),
        total: eur(3_998),
        tracks_inventory: true,
        allow_backorder: false,
    };
    let purchase = Purchase {
        region_id: Handle::parse("eu").unwrap(),
        currency: Currency::EUR,
        prices_include_tax: true,
        lines: vec![line],
        shipping: Shipping {
            option_id: Handle::parse("standard").unwrap(),
            name: "Standard".into(),
            amount: eur(490),
            tax: eur(78),
            total: eur(490),
            address,
        },
        subtotal: eur(3_998),
        tax: eur(716),
        total: eur(4_488),
        email: Email::parse("anna@example.com").unwrap(),
        billing_address: None,
        payment_method: PaymentMethod {
            provider: "sandbox".into(),
            token: "tok_approve".into(),
        },
    };
    Order::place(OrderId::mint(&ids), CartId::mint(&ids), purchase, NOW)
}

pub(crate) fn payment(version: u64, status: PaymentStatus) -> PaymentSnapshot {
    let eur = |minor| Money::new(minor, Currency::EUR);
    PaymentSnapshot {
        payment_id: "payment_01h455vb4pex5vsknk084sn02q".into(),
        version,
        status,
        authorized: eur(4_488),
        captured: eur(0),
        refunded: eur(0),
        decline_code: (status == PaymentStatus::Failed).then(|| "card_declined".into()),
        challenge_url: None,
    }
}

fn parcel() -> Shipment {
    Shipment {
        carrier: "DHL".into(),
        tracking_number: Some("JD01".into()),
        shipped_at: NOW,
    }
}

fn number() -> OrderNumber {
    OrderNumber::of(123)
}

fn clerk() -> Actor {
    Actor::Staff("key_1".into())
}

/// An order that has come as far as `status`.
pub(crate) fn order_at(status: Status) -> Order {
    let mut order = order();
    let step = |order: &mut Order, version, money| {
        assert_eq!(
            order.payment_changed(payment(version, money), Some(number()), NOW),
            Ok(Moved::Yes)
        );
    };
    if status == Status::Canceled {
        order.stock_decided(
            StockOutcome::Rejected {
                detail: Some("tea-green-100".into()),
            },
            NOW,
        );
    }
    if matches!(
        status,
        Status::Reserved | Status::Confirmed | Status::Fulfilled | Status::Completed
    ) {
        order.stock_decided(StockOutcome::Reserved, NOW);
    }
    if matches!(status, Status::Confirmed | Status::Fulfilled | Status::Completed) {
        step(&mut order, 1, PaymentStatus::Authorized);
    }
    if matches!(status, Status::Fulfilled | Status::Completed) {
        order.ship(parcel(), clerk(), NOW).unwrap();
    }
    if status == Status::Completed {
        step(&mut order, 2, PaymentStatus::Captured);
        order.deliver(clerk(), NOW).unwrap();
    }
    assert_eq!(order.status, status);
    order
}

fn words(order: &Order) -> Vec<&str> {
    order.history.iter().map(|entry| entry.what.as_str()).collect()
}

#[test]
fn an_order_goes_its_whole_way_and_writes_it_down() {
    let order = order_at(Status::Completed);
    let way = [
        "placed",
        "reserved",
        "authorized",
        "confirmed",
        "shipped",
        "captured",
        "delivered",
        "completed",
    ];
    assert_eq!(words(&order), way);
    assert_eq!(order.number.as_ref().map(OrderNumber::as_str), Some("CW-100123"));
    assert_eq!(order.fulfillment_status, FulfillmentStatus::Fulfilled);
    assert_eq!(order.completed_at, Some(NOW));
}

#[test]
fn each_status_permits_its_own_actions() {
    let check =
        |status, allowed: &[Action]| assert_eq!(order_at(status).allowed_actions(), allowed, "{status}");
    check(Status::Pending, &[Action::Cancel]);
    check(Status::Reserved, &[Action::Cancel]);
    check(Status::Confirmed, &[Action::Cancel, Action::Ship]);
    check(Status::Fulfilled, &[Action::Deliver]);
    check(Status::Completed, &[]);
    check(Status::Canceled, &[]);
}

#[test]
fn an_action_is_possible_exactly_when_it_is_permitted() {
    for &status in Status::ALL {
        let allowed = order_at(status).allowed_actions();
        let check = |action, outcome: Result<Moved, NotAllowed>| match outcome {
            Ok(moved) => {
                assert!(
                    moved == Moved::No || allowed.contains(&action),
                    "{action} of {status}"
                );
            }
            Err(refusal) => {
                assert!(!allowed.contains(&action), "{action} of {status}");
                assert_eq!(refusal.allowed, allowed);
            }
        };
        check(Action::Cancel, order_at(status).cancel(Actor::Buyer, None, NOW));
        check(Action::Ship, order_at(status).ship(parcel(), clerk(), NOW));
        check(Action::Deliver, order_at(status).deliver(clerk(), NOW));
    }
}

#[test]
fn a_refusal_names_what_is_allowed() {
    let refusal = order_at(Status::Fulfilled)
        .cancel(Actor::Buyer, None, NOW)
        .unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "this order is fulfilled and cannot cancel; it permits deliver"
    );
    let refusal = order_at(Status::Completed)
        .cancel(clerk(), None, NOW)
        .unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "this order is completed and cannot cancel; it permits nothing"
    );
}

#[test]
fn what_is_done_twice_is_done_once() {
    let mut canceled = order_at(Status::Confirmed);
    assert_eq!(canceled.cancel(Actor::Buyer, None, NOW), Ok(Moved::Yes));
    let once = canceled.clone();
    assert_eq!(
        canceled.cancel(Actor::Buyer, Some("again".into()), LATE),
        Ok(Moved::No)
    );
    assert_eq!(canceled, once);

    let mut shipped = order_at(Status::Fulfilled);
    let once = shipped.clone();
    assert_eq!(
        shipped.ship(
            Shipment {
                shipped_at: LATE,
                ..parcel()
            },
            clerk(),
            LATE
        ),
        Ok(Moved::No)
    );
    assert_eq!(shipped, once);
    assert!(
        shipped
            .ship(
                Shipment {
                    carrier: "UPS".into(),
                    ..parcel()
                },
                clerk(),
                LATE
            )
            .is_err()
    );

    assert_eq!(shipped.deliver(clerk(), NOW), Ok(Moved::Yes));
    assert_eq!(shipped.deliver(clerk(), LATE), Ok(Moved::No));
}

#[test]
fn an_order_that_ended_otherwise_is_not_canceled_again() {
    assert!(
        order_at(Status::Canceled)
            .cancel(Actor::Buyer, None, NOW)
            .is_err()
    );
}

#[test]
fn only_a_pending_order_listens_to_stock() {
    for &status in Status::ALL.iter().filter(|status| **status != Status::Pending) {
        for outcome in [StockOutcome::Reserved, StockOutcome::Rejected { detail: None }] {
            let mut order = order_at(status);
            assert_eq!(order.stock_decided(outcome, LATE), Moved::No);
            assert_eq!(order, order_at(status));
        }
    }
}

#[test]
fn a_rejected_order_says_what_was_sold_out() {
    let order = order_at(Status::Canceled);
    let cancellation = order.cancellation.unwrap();
    assert_eq!(cancellation.reason, CancelReason::SoldOut);
    assert_eq!(cancellation.detail.as_deref(), Some("tea-green-100"));
}

#[test]
fn a_payment_moves_an_order_only_from_where_it_waits_for_it() {
    use PaymentStatus as P;
    use Status as S;
    let check = |from, money, expected: Status| {
        let mut order = order_at(from);
        assert_eq!(
            order.payment_changed(payment(9, money), Some(number()), NOW),
            Ok(Moved::Yes)
        );
        assert_eq!(
            (order.status, order.payment_status),
            (expected, money),
            "{money} in {from}"
        );
    };
    for (money, expected) in [
        (P::Awaiting, S::Reserved),
        (P::ActionRequired, S::Reserved),
        (P::Authorized, S::Confirmed),
        (P::Captured, S::Confirmed),
        (P::Voided, S::Canceled),
        (P::Failed, S::Canceled),
    ] {
        check(S::Reserved, money, expected);
    }
    for &money in P::ALL {
        for from in [S::Confirmed, S::Fulfilled, S::Completed, S::Canceled] {
            check(from, money, from);
        }
    }
}

#[test]
fn an_order_is_not_confirmed_without_a_number() {
    let mut order = order_at(Status::Reserved);
    let before = order.clone();
    assert_eq!(
        order.payment_changed(payment(1, PaymentStatus::Authorized), None, NOW),
        Err(NeedsNumber)
    );
    assert_eq!(order, before);
    assert_eq!(
        order.payment_changed(payment(1, PaymentStatus::ActionRequired), None, NOW),
        Ok(Moved::Yes)
    );
}

#[test]
fn an_older_or_repeated_payment_snapshot_changes_nothing() {
    let mut order = order_at(Status::Reserved);
    order
        .payment_changed(payment(5, PaymentStatus::Authorized), Some(number()), NOW)
        .unwrap();
    let before = order.clone();
    for version in [1, 4, 5] {
        let outcome = order.payment_changed(payment(version, PaymentStatus::Failed), Some(number()), LATE);
        assert_eq!(outcome, Ok(Moved::No));
    }
    assert_eq!(order, before);
}

#[test]
fn a_delivered_order_completes_when_the_money_is_taken() {
    let mut order = order_at(Status::Fulfilled);
    order.deliver(clerk(), NOW).unwrap();
    assert_eq!(order.status, Status::Fulfilled);
    order
        .payment_changed(payment(2, PaymentStatus::Captured), None, LATE)
        .unwrap();
    assert_eq!(
        (order.status, order.completed_at),
        (Status::Completed, Some(LATE))
    );
}

#[test]
fn an_unpaid_order_is_not_shipped() {
    let mut order = order_at(Status::Confirmed);
    order
        .payment_changed(payment(2, PaymentStatus::Voided), None, NOW)
        .unwrap();
    assert_eq!(order.allowed_actions(), [Action::Cancel]);
    assert!(order.ship(parcel(), clerk(), NOW).is_err());
}

#[test]
fn time_ends_only_what_is_undecided() {
    for &status in Status::ALL {
        let waits = matches!(status, Status::Pending | Status::Reserved);
        let mut order = order_at(status);
        assert_eq!(order.due_at().is_some(), waits);
        assert_eq!(order.expire(LATE.minus(Duration::millis(1))), Moved::No);
        assert_eq!(order.expire(LATE) == Moved::Yes, waits, "{status}");
        assert!(!waits || order.cancellation.map(|end| end.reason) == Some(CancelReason::Expired));
    }
}

#[test]
fn only_an_end_the_buyer_did_not_choose_reopens_the_cart() {
    let reopening: Vec<_> = CancelReason::ALL
        .iter()
        .filter(|reason| reason.reopens_cart())
        .collect();
    assert_eq!(
        reopening,
        [
            &CancelReason::SoldOut,
            &CancelReason::PaymentDeclined,
            &CancelReason::Expired
        ]
    );
}

#[test]
fn every_word_reads_back() {
    assert!(
        Status::ALL
            .iter()
            .all(|word| Status::parse(word.as_str()) == Some(*word))
    );
    assert!(
        PaymentStatus::ALL
            .iter()
            .all(|word| PaymentStatus::parse(word.as_str()) == Some(*word))
    );
    assert!(
        FulfillmentStatus::ALL
            .iter()
            .all(|word| FulfillmentStatus::parse(word.as_str()) == Some(*word))
    );
    assert!(
        CancelReason::ALL
            .iter()
            .all(|word| CancelReason::parse(word.as_str()) == Some(*word))
    );
    for actor in [Actor::Buyer, Actor::Shop, Actor::Payments, clerk()] {
        assert_eq!(Actor::parse(&actor.to_text()), Some(actor));
    }
    assert_eq!((Status::parse("open"), Actor::parse("king")), (None, None));
}

/// One thing that can happen to an order.
#[derive(Debug, Clone)]
enum Event {
    Stock(bool),
    Money(u64, PaymentStatus),
    Time(u32),
    Cancel(bool),
    Ship(bool),
    Deliver,
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        any::<bool>().prop_map(Event::Stock),
        (1_u64..6, 0..PaymentStatus::ALL.len())
            .prop_map(|(version, which)| Event::Money(version, PaymentStatus::ALL[which])),
        (0_u32..40).prop_map(Event::Time),
        any::<bool>().prop_map(Event::Cancel),
        any::<bool>().prop_map(Event::Ship),
        Just(Event::Deliver),
    ]
}

fn happen(order: &mut Order, event: &Event) {
    let number = Some(OrderNumber::of(order.version));
    match event {
        Event::Stock(true) => {
            order.stock_decided(StockOutcome::Reserved, NOW);
        }
        Event::Stock(false) => {
            order.stock_decided(StockOutcome::Rejected { detail: None }, NOW);
        }
        Event::Money(version, status) => {
            order
                .payment_changed(payment(*version, *status), number, NOW)
                .unwrap();
        }
        Event::Time(minutes) => {
            order.expire(NOW.plus(Duration::minutes(*minutes)));
        }
        Event::Cancel(buyer) => drop(order.cancel(if *buyer { Actor::Buyer } else { clerk() }, None, NOW)),
        Event::Ship(dhl) => {
            drop(order.ship(
                Shipment {
                    carrier: if *dhl { "DHL" } else { "UPS" }.into(),
                    ..parcel()
                },
                clerk(),
                NOW,
            ));
        }
        Event::Deliver => drop(order.deliver(clerk(), NOW)),
    }
}

proptest! {
    /// Messages may come twice, late and in any order: the second never moves what the first moved,
    /// final is final, history only grows, the number never changes, what was bought never changes.
    #[test]
    fn no_history_breaks_an_order(events in proptest::collection::vec(any_event(), 0..60)) {
        let mut order = order();
        for event in events {
            let before = order.clone();
            happen(&mut order, &event);
            let once = order.clone();
            happen(&mut order, &event);
            prop_assert_eq!(&order, &once, "{:?} is not idempotent", event);
            prop_assert_eq!(&order.purchase, &before.purchase);
            prop_assert!(order.history.starts_with(&before.history));
            prop_assert_eq!(order == before, order.version == before.version);
            prop_assert!(before.number.is_none() || order.number == before.number);
            prop_assert!(order.number.is_some() == order.confirmed_at.is_some());
            let is_final = matches!(before.status, Status::Completed | Status::Canceled);
            prop_assert!(!is_final || order.status == before.status);
            prop_assert_eq!(order.cancellation.is_some(), order.status == Status::Canceled);
            prop_assert_eq!(order.due_at().is_some(), matches!(order.status, Status::Pending | Status::Reserved));
        }
    }

    /// Whatever happened before, time alone brings an order out of waiting.
    #[test]
    fn every_order_is_decided_in_time(events in proptest::collection::vec(any_event(), 0..30)) {
        let mut order = order();
        for event in &events {
            happen(&mut order, event);
        }
        order.expire(LATE);
        prop_assert!(!matches!(order.status, Status::Pending | Status::Reserved));
        prop_assert!(order.is_settled());
    }
}
