//! Payments over real (embedded) tables: both books agree, and nobody pays twice.

mod faults;
mod webhooks;

use std::sync::Arc;

use kernel::{Currency, Duration, Fault, Ids, Money, SeededRandom, Time};
use testing::World;

use crate::ledger::balance;
use crate::{
    Account, Ask, CaptureId, ChallengeId, Entry, MoveError, OrderId, Outcome, Payment, PaymentError,
    PaymentId, Payments, RefundId, Sandbox, Statements, Status,
};

/// A shop with nothing but payments.
struct Shop {
    world: Arc<World>,
    payments: Payments,
    sandbox: Sandbox,
    statements: Statements,
}

impl Shop {
    fn open() -> Self {
        let world = Arc::new(World::new().unwrap());
        let cloud = testing::cloud(&world, "payments-reconcile");
        Self {
            payments: Payments::new(&cloud),
            sandbox: Sandbox::new(&cloud),
            statements: Statements::new(&cloud),
            world,
        }
    }

    /// Asks for the money as a queue would: again, when there was no answer.
    async fn authorize(&self, number: u64, token: &str) {
        for _ in 0..3 {
            match self.payments.authorize(ask(number, token)).await {
                Ok(()) => return,
                Err(error) => assert!(Fault::from(error).is_busy()),
            }
        }
        panic!("`{token}` is never settled");
    }

    async fn statement(&self, number: u64) -> (Payment, Vec<Entry>) {
        self.statements.of_order(&order(number)).await.unwrap()
    }

    async fn status(&self, number: u64) -> &'static str {
        self.statement(number).await.0.status().as_str()
    }

    /// What the provider has taken and holds, by its own books.
    async fn at_provider(&self, number: u64) -> (i64, i64, i64) {
        let id = PaymentId::sibling_of(order(number).as_str()).unwrap();
        let standing = self.sandbox.look_up(&id).await.unwrap();
        standing.map_or((0, 0, 0), |standing| {
            let (captured, refunded) = (standing.captured().unwrap(), standing.refunded().unwrap());
            (standing.held().unwrap().minor, captured.minor, refunded.minor)
        })
    }

    /// Ours, theirs and the ledger say the same.
    async fn assert_books_agree(&self, number: u64) {
        let (payment, entries) = self.statement(number).await;
        let (held, captured, refunded) = self.at_provider(number).await;
        let of = |account| balance(&entries, account, eur(0)).unwrap().minor;
        assert_eq!(payment.standing.held().unwrap().minor, held);
        assert_eq!(
            (of(Account::Held), of(Account::Merchant)),
            (held, captured - refunded)
        );
        assert_eq!(payment.standing.captured().unwrap().minor, captured);
        assert_eq!(payment.standing.refunded().unwrap().minor, refunded);
    }

    /// The reconciler's ticks until nothing is open.
    async fn reconcile(&self) {
        for _ in 0..10 {
            self.world.clock.advance(Duration::minutes(20));
            let swept = self
                .payments
                .reconcile(kernel::Clock::now(&*self.world.clock))
                .await
                .unwrap();
            if swept.handled == 0 && !swept.left {
                return;
            }
        }
    }
}

fn order(number: u64) -> OrderId {
    OrderId::mint(&Ids::new(Time::from_unix_ms(5), &SeededRandom::new(number)))
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn ask(number: u64, token: &str) -> Ask {
    Ask {
        order_id: order(number),
        total: eur(100),
        provider: "sandbox".to_owned(),
        token: token.to_owned(),
    }
}

fn capture_id(number: u64) -> CaptureId {
    CaptureId::mint(&Ids::new(Time::from_unix_ms(6), &SeededRandom::new(number)))
}

fn refund_id(number: u64) -> RefundId {
    RefundId::mint(&Ids::new(Time::from_unix_ms(7), &SeededRandom::new(number)))
}

#[tokio::test(start_paused = true)]
async fn each_token_ends_where_it_should() {
    let shop = Shop::open();
    for (number, token, status) in [
        (1, "tok_approve", "authorized"),
        (2, "tok_decline", "failed"),
        (3, "tok_insufficient_funds", "failed"),
        (4, "tok_action_required", "action_required"),
        (5, "tok_slow", "authorized"),
        (6, "tok_timeout_after_commit", "authorized"),
        (7, "tok_duplicate_webhook", "authorized"),
        (8, "tok_nothing", "failed"),
        (9, "4242424242424242", "failed"),
    ] {
        shop.authorize(number, token).await;
        shop.authorize(number, token).await;
        assert_eq!(shop.status(number).await, status, "{token}");
        shop.assert_books_agree(number).await;
    }
    let rows = shop.world.rows("payments").unwrap();
    assert!(!serde_json::to_string(&rows).unwrap().contains("4242424242424242"));
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_not_taken_for_a_decline() {
    let shop = Shop::open();
    for (number, token) in [(1, "tok_slow"), (2, "tok_timeout_after_commit")] {
        let lost = shop.payments.authorize(ask(number, token)).await.unwrap_err();
        assert!(matches!(lost, PaymentError::NoAnswer(_)));
        assert_eq!(shop.status(number).await, "pending");
    }
    shop.reconcile().await;
    for number in [1, 2] {
        assert_eq!(shop.status(number).await, "authorized");
        shop.assert_books_agree(number).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_challenge_is_settled_by_the_buyer_and_found_by_the_reconciler() {
    let shop = Shop::open();
    for (number, outcome, status) in [
        (1, Outcome::Approve, "authorized"),
        (2, Outcome::Decline, "failed"),
    ] {
        shop.authorize(number, "tok_action_required").await;
        let id = ChallengeId::sibling_of(order(number).as_str()).unwrap();
        for _ in 0..2 {
            shop.sandbox.complete_challenge(&id, outcome).await.unwrap();
        }
        shop.reconcile().await;
        assert_eq!(shop.status(number).await, status);
        shop.assert_books_agree(number).await;
    }
    shop.authorize(3, "tok_approve").await;
    let foreign = ChallengeId::sibling_of(order(3).as_str()).unwrap();
    let missing = shop
        .sandbox
        .complete_challenge(&foreign, Outcome::Approve)
        .await
        .unwrap_err();
    assert!(matches!(
        Fault::from(missing),
        Fault::Missing { what: "challenge" }
    ));
}

#[tokio::test(start_paused = true)]
async fn captures_and_refunds_happen_once_for_each_id_and_keep_within_their_sums() {
    let shop = Shop::open();
    shop.authorize(1, "tok_approve").await;
    for _ in 0..2 {
        let payment = shop
            .payments
            .capture(&order(1), capture_id(1), Some(eur(60)))
            .await
            .unwrap();
        assert_eq!(payment.status(), Status::PartiallyCaptured);
    }
    let too_much = shop
        .payments
        .capture(&order(1), capture_id(2), Some(eur(41)))
        .await
        .unwrap_err();
    assert!(matches!(
        too_much,
        PaymentError::Move(MoveError::CaptureTooLarge { .. })
    ));
    for _ in 0..2 {
        shop.payments.capture_shipped(&order(1)).await.unwrap();
    }
    assert_eq!(shop.status(1).await, "captured");
    for _ in 0..2 {
        let payment = shop
            .payments
            .refund(&order(1), refund_id(1), Some(eur(30)), "broken cup")
            .await
            .unwrap();
        assert_eq!(payment.status(), Status::PartiallyRefunded);
    }
    shop.payments.capture_shipped(&order(1)).await.unwrap();
    shop.payments
        .refund(&order(1), refund_id(2), None, "returned")
        .await
        .unwrap();
    assert_eq!(shop.status(1).await, "refunded");
    assert_eq!(shop.at_provider(1).await, (0, 100, 100));
    shop.assert_books_agree(1).await;
    let none = shop
        .payments
        .capture(&order(9), capture_id(9), None)
        .await
        .unwrap_err();
    assert!(matches!(Fault::from(none), Fault::Missing { what: "payment" }));
}

#[tokio::test(start_paused = true)]
async fn a_cancelation_lets_go_gives_back_and_forbids_what_comes_late() {
    let shop = Shop::open();
    shop.authorize(1, "tok_approve").await;
    shop.authorize(2, "tok_approve").await;
    shop.payments
        .capture(&order(2), capture_id(2), Some(eur(70)))
        .await
        .unwrap();
    shop.authorize(3, "tok_action_required").await;
    shop.authorize(4, "tok_decline").await;
    for number in 1..=5 {
        shop.payments.cancel(&order(number)).await.unwrap();
        shop.payments.cancel(&order(number)).await.unwrap();
        shop.payments.authorize(ask(number, "tok_approve")).await.unwrap();
    }
    for (number, status) in [(1, "voided"), (2, "refunded"), (3, "voided"), (4, "failed")] {
        assert_eq!(shop.status(number).await, status);
        shop.assert_books_agree(number).await;
    }
    assert!(shop.statements.of_order(&order(5)).await.is_err());
    assert_eq!(shop.at_provider(5).await, (0, 0, 0));
    let late = shop
        .payments
        .capture(&order(1), capture_id(1), None)
        .await
        .unwrap_err();
    assert_eq!(Fault::from(late).code(), "payment_canceled");
}

#[tokio::test(start_paused = true)]
async fn a_cancelation_while_the_answer_is_lost_ends_with_nothing_held() {
    let shop = Shop::open();
    for (number, token) in [(1, "tok_slow"), (2, "tok_timeout_after_commit")] {
        shop.payments.authorize(ask(number, token)).await.unwrap_err();
        shop.payments.cancel(&order(number)).await.unwrap();
        assert_eq!(shop.status(number).await, "voided");
        shop.assert_books_agree(number).await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_contradicts_the_provider_is_marked_and_mended_when_it_agrees_again() {
    let shop = Shop::open();
    shop.authorize(1, "tok_approve").await;
    let table = shop.world.physical.name("sandbox");
    let key = format!("account#{}", PaymentId::sibling_of(order(1).as_str()).unwrap());
    let set_amount = |minor: i64| {
        let update = serde_json::json!({
            "TableName": table, "Key": { "pk": { "S": key }, "sk": { "S": "account" } },
            "UpdateExpression": "SET authorized.amount = :a",
            "ExpressionAttributeValues": { ":a": { "N": minor.to_string() } },
        });
        shop.world.must("DynamoDB_20120810.UpdateItem", &update).unwrap();
    };
    set_amount(99);
    let refused = shop
        .payments
        .capture(&order(1), capture_id(1), Some(eur(10)))
        .await
        .unwrap_err();
    assert!(matches!(refused, PaymentError::Mismatch(..)));
    let (marked, _) = shop.statement(1).await;
    assert!(marked.mismatch.is_some() && marked.due_at.is_some());
    set_amount(100);
    shop.reconcile().await;
    let (mended, _) = shop.statement(1).await;
    assert_eq!(
        (mended.mismatch, mended.due_at, mended.intents.len()),
        (None, None, 0)
    );
    shop.assert_books_agree(1).await;
}

#[tokio::test(start_paused = true)]
async fn a_payment_that_has_changed_since_it_was_read_is_not_overwritten() {
    let shop = Shop::open();
    shop.authorize(1, "tok_approve").await;
    let (seen, _) = shop.statement(1).await;
    shop.payments
        .capture(&order(1), capture_id(1), Some(eur(60)))
        .await
        .unwrap();
    let late = seen.capture(capture_id(2), None, Time::from_unix_ms(9)).unwrap();
    assert!(matches!(
        shop.payments.save(late).await,
        Err(PaymentError::Contended)
    ));
    shop.assert_books_agree(1).await;
}
