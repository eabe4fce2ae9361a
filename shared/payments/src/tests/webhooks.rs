//! The provider is heard, whatever its webhooks say and however often.

use platform::stream::Change;
use serde_json::{Value, json};

use super::{Shop, order};
use crate::signature::{Stamp, sign};
use crate::{ChallengeId, Outcome, PaymentId, WebhookError, Webhooks};

const SECRET: [u8; 32] = [0x5e; 32];

async fn deliver(shop: &Shop, id: &str, body: &[u8], secret: &[u8]) -> Result<(), WebhookError> {
    let webhooks = Webhooks::new(&testing::cloud(&shop.world, "payments-receive-webhook"));
    let timestamp_s = kernel::Clock::now(&*shop.world.clock).unix_s();
    let (timestamp, signature) = (timestamp_s.to_string(), sign(secret, id, timestamp_s, body));
    webhooks
        .receive(
            Stamp {
                id,
                timestamp: &timestamp,
                signature: &signature,
            },
            body,
        )
        .await
}

fn event(number: u64, says: &str) -> Vec<u8> {
    let payment_id = PaymentId::sibling_of(order(number).as_str()).unwrap();
    json!({ "type": says, "data": { "payment_id": payment_id }, "more": 1 })
        .to_string()
        .into_bytes()
}

#[tokio::test(start_paused = true)]
async fn a_webhook_is_a_reason_to_ask_and_never_believed() {
    let shop = Shop::open();
    shop.authorize(1, "tok_action_required").await;
    deliver(&shop, "evt_1", &event(1, "payment.captured"), &SECRET)
        .await
        .unwrap();
    assert_eq!(shop.status(1).await, "action_required");

    let id = ChallengeId::sibling_of(order(1).as_str()).unwrap();
    shop.sandbox
        .complete_challenge(&id, Outcome::Approve)
        .await
        .unwrap();
    for _ in 0..2 {
        deliver(&shop, "evt_2", &event(1, "payment.updated"), &SECRET)
            .await
            .unwrap();
    }
    assert_eq!(shop.status(1).await, "authorized");
    assert_eq!(shop.statement(1).await.1.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn only_the_provider_is_heard() {
    let shop = Shop::open();
    shop.authorize(1, "tok_approve").await;
    let forged = deliver(&shop, "evt_1", &event(1, "payment.updated"), b"guess")
        .await
        .unwrap_err();
    assert!(matches!(forged, WebhookError::Unsigned));
    let nonsense = deliver(&shop, "evt_1", b"{", &SECRET).await.unwrap_err();
    assert!(matches!(nonsense, WebhookError::Unreadable(_)));
    deliver(&shop, "evt_1", &event(2, "payment.updated"), &SECRET)
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_change_on_the_buyers_side_carries_a_webhook_and_no_other_does() {
    let shop = Shop::open();
    shop.authorize(1, "tok_action_required").await;
    shop.authorize(2, "tok_duplicate_webhook").await;
    shop.authorize(3, "tok_approve").await;
    let id = ChallengeId::sibling_of(order(1).as_str()).unwrap();
    shop.sandbox
        .complete_challenge(&id, Outcome::Approve)
        .await
        .unwrap();
    let rows = shop.world.rows("sandbox").unwrap();
    let copies = |number| {
        let payment_id = PaymentId::sibling_of(order(number).as_str()).unwrap();
        let row = rows
            .iter()
            .find(|row| row["payment_id"] == payment_id.as_str())
            .unwrap();
        row["webhook"]["copies"].clone()
    };
    assert_eq!(
        [copies(1), copies(2), copies(3)],
        [json!(1), json!(2), Value::Null]
    );
}

#[tokio::test(start_paused = true)]
async fn a_change_that_carries_no_webhook_calls_nobody() {
    let shop = Shop::open();
    shop.authorize(1, "tok_approve").await;
    shop.authorize(2, "tok_duplicate_webhook").await;
    let notifier = crate::Notifier::new(&testing::cloud(&shop.world, "sandbox-stream"));
    let now = kernel::Clock::now(&*shop.world.clock);
    for row in shop.world.rows("sandbox").unwrap() {
        // The same webhook before and after was told with an earlier change.
        let change = Change::between(Some(&row), Some(&row), now).unwrap();
        notifier.tell(&change).await.unwrap();
        let carries = !row["webhook"].is_null();
        let told = notifier
            .tell(&Change::between(None, Some(&row), now).unwrap())
            .await;
        assert_eq!(
            told.is_err(),
            carries,
            "nobody answers in this test, so a call is an error"
        );
    }
}
