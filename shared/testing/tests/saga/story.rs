//! What can become of an order, and what must be true at the end of it.

use audit::Moment;
use serde_json::{Value, json};
use testing::World;

use crate::shop::{Answer, Cart, Shop};

/// What the buyers of one history do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Story {
    /// Two teas are bought, shipped, and one is refunded.
    Bought,
    /// The card is declined.
    Declined,
    /// Two buyers want three of five teas each.
    SoldOut,
    /// Four buyers want two of five teas each, at the same moment.
    Rush,
    /// One cart is placed from two tabs at the same moment.
    TwoTabs,
    /// The buyer cancels before anything else happens.
    CanceledAtOnce,
    /// The buyer cancels while the stock is held and the card is about to be charged.
    CanceledMidway,
    /// The buyer cancels the confirmed order.
    CanceledLate,
    /// The bank asks the buyer, who confirms.
    Challenged,
    /// The bank asks the buyer, who has gone.
    Abandoned,
    /// The provider commits, and its answer is lost.
    TimedOut,
}

/// What the test knows at the end.
pub(crate) struct Ending {
    carts: Vec<Cart>,
    placed: Vec<Answer>,
    staff: Vec<Answer>,
}

/// Two teas of 9.90 and the shipping of 4.90.
const TOTAL: i64 = 2 * 990 + 490;
const REFUND: i64 = 990;

impl Story {
    fn card(self) -> &'static str {
        match self {
            Self::Declined => "tok_decline",
            Self::Challenged | Self::Abandoned => "tok_action_required",
            Self::TimedOut => "tok_timeout_after_commit",
            Self::Bought
            | Self::SoldOut
            | Self::Rush
            | Self::TwoTabs
            | Self::CanceledAtOnce
            | Self::CanceledMidway
            | Self::CanceledLate => "tok_approve",
        }
    }
}

/// The buyers' carts, ready to be placed, in a shop that has five teas.
pub(crate) async fn fill(shop: &Shop, story: Story) -> Vec<Cart> {
    let (buyers, quantity) = match story {
        Story::SoldOut => (2, 3),
        Story::Rush => (4, 2),
        _ => (1, 2),
    };
    let mut carts = Vec::new();
    for _ in 0..buyers {
        carts.push(shop.cart(quantity).await);
    }
    carts
}

/// Lets a story happen from placing on.
pub(crate) async fn tell(shop: &Shop, story: Story, carts: Vec<Cart>) -> Ending {
    let mut ending = Ending {
        carts,
        placed: Vec::new(),
        staff: Vec::new(),
    };
    if story == Story::TwoTabs {
        let cart = &ending.carts[0];
        let (left, right) = tokio::join!(
            shop.place(cart, story.card(), "left"),
            shop.place(cart, story.card(), "right")
        );
        ending.placed.extend([left, right]);
        // The tab that came second is told so; the first one's order is the one that counts.
        ending.placed.sort_by_key(|answer| answer.status);
        let refused = ending.placed.pop();
        ending.staff.extend(refused.filter(|answer| answer.status != 409));
    } else {
        for cart in &ending.carts {
            ending.placed.push(shop.place(cart, story.card(), "only").await);
        }
    }
    let order_id = ending.placed[0].body["order_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    match story {
        Story::CanceledAtOnce => ending.staff.push(shop.cancel(&ending.carts[0], &order_id).await),
        Story::CanceledMidway => {
            let reserved = |world: &World| {
                world
                    .rows("orders")
                    .is_ok_and(|rows| rows.iter().any(|row| row["status"] == "reserved"))
            };
            shop.driver.settle_until(reserved).await.unwrap();
            let cancel = async {
                for _ in 0..shop.hesitation.get() {
                    tokio::task::yield_now().await;
                }
                shop.cancel(&ending.carts[0], &order_id).await
            };
            let (canceled, settled) = tokio::join!(cancel, shop.driver.settle());
            settled.unwrap();
            ending.staff.push(canceled);
        }
        Story::CanceledLate => {
            shop.driver.settle().await.unwrap();
            ending.staff.push(shop.cancel(&ending.carts[0], &order_id).await);
        }
        Story::Challenged => {
            shop.driver.settle().await.unwrap();
            let account = shop.world().rows("sandbox").unwrap().pop().unwrap_or_default();
            let challenge = account["stage"]["challenge_id"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            let path = format!("/v1/sandbox/challenges/{challenge}");
            let headers = [("idempotency-key", "challenge")];
            let body = json!({ "outcome": "approve" });
            ending.staff.push(
                shop.call("payments-complete-challenge", "POST", &path, &headers, body)
                    .await,
            );
        }
        Story::Bought => {
            shop.driver.settle().await.unwrap();
            let parcel = json!({ "carrier": "DHL", "tracking_number": "00340434" });
            let path = format!("/v1/admin/orders/{order_id}/ship");
            ending
                .staff
                .push(shop.as_staff("orders-ship", "POST", &path, parcel).await);
            shop.driver.settle().await.unwrap();
            let refund =
                json!({ "amount": { "amount": REFUND, "currency": "EUR" }, "reason": "one arrived broken" });
            let path = format!("/v1/admin/orders/{order_id}/refunds");
            ending
                .staff
                .push(shop.as_staff("payments-refund", "POST", &path, refund).await);
        }
        Story::Declined
        | Story::SoldOut
        | Story::Rush
        | Story::TwoTabs
        | Story::Abandoned
        | Story::TimedOut => {}
    }
    shop.driver.settle().await.unwrap();
    ending
}

/// Everything that is wrong with the end of a story; nothing in a good history.
pub(crate) async fn judge(shop: &Shop, story: Story, ending: &Ending) -> Vec<String> {
    let mut wrong: Vec<String> = shop
        .findings(Moment::AtRest)
        .iter()
        .map(ToString::to_string)
        .collect();
    wrong.extend(
        shop.parked()
            .into_iter()
            .map(|message| format!("parked: {message}")),
    );
    for answer in ending.placed.iter().filter(|answer| answer.status != 201) {
        wrong.push(format!("placing answered {}: {}", answer.status, answer.body));
    }
    for answer in ending
        .staff
        .iter()
        .filter(|answer| !(200..300).contains(&answer.status))
    {
        wrong.push(format!("a call answered {}: {}", answer.status, answer.body));
    }
    if !wrong.is_empty() {
        return wrong;
    }
    let mut orders = Vec::new();
    for (cart, placed) in ending.carts.iter().zip(&ending.placed) {
        orders.push(
            shop.order(cart, placed.body["order_id"].as_str().unwrap_or_default())
                .await,
        );
    }
    let mut expect = |what: &str, found: Value, expected: Value| {
        if found != expected {
            wrong.push(format!("{what} is {found}, not {expected}"));
        }
    };
    let (level, bank) = (json!(shop.level()), json!(shop.bank()));
    let status = |order: &Value| order["status"].clone();
    match story {
        Story::Bought => {
            expect("the order", status(&orders[0]), json!("fulfilled"));
            expect("the level", level, json!([3, 0, 3]));
            expect("the bank", bank, json!([TOTAL, TOTAL, REFUND]));
        }
        Story::Challenged | Story::TimedOut | Story::TwoTabs => {
            expect("the order", status(&orders[0]), json!("confirmed"));
            expect("the level", level, json!([5, 2, 3]));
            expect("the bank", bank, json!([TOTAL, 0, 0]));
        }
        Story::SoldOut => {
            let mut statuses: Vec<String> = orders.iter().map(|order| status(order).to_string()).collect();
            statuses.sort();
            expect(
                "the orders",
                json!(statuses),
                json!(["\"canceled\"", "\"confirmed\""]),
            );
            expect("the level", level, json!([5, 3, 2]));
            expect("the bank", bank, json!([3 * 990 + 490, 0, 0]));
        }
        Story::Rush => {
            let confirmed = orders
                .iter()
                .filter(|order| order["status"] == "confirmed")
                .count();
            expect("the number of confirmed orders", json!(confirmed), json!(2));
            expect("the level", level, json!([5, 4, 1]));
            expect("the bank", bank, json!([2 * TOTAL, 0, 0]));
        }
        Story::Declined
        | Story::CanceledAtOnce
        | Story::CanceledMidway
        | Story::CanceledLate
        | Story::Abandoned => {
            expect("the order", status(&orders[0]), json!("canceled"));
            expect("the level", level, json!([5, 0, 5]));
            expect("the bank", bank, json!([0, 0, 0]));
        }
    }
    wrong
}
