//! Each guard is taken away once, and some history must end badly: the tests can fail.

use kernel::SeededRandom;
use testing::{Disorder, FaultKind, Plan, Sabotage, Theft};

use crate::shop::Shop;
use crate::story::{Story, fill, judge, tell};

/// Looks for a history that a sabotaged shop ends badly: first one fault at each call, then
/// disorder. `None` when the shop survives all of them.
async fn first_bad_history(story: Story, sabotage: Sabotage) -> Option<String> {
    for seed in 0..60_u64 {
        let kinds = [
            FaultKind::CrashAfter,
            FaultKind::LostAnswer,
            FaultKind::CrashBefore,
        ];
        let plan = |call| Plan::calm().with(call, kinds[usize::try_from(seed % 3).unwrap()]);
        let disorder = Disorder::Seeded(SeededRandom::new(seed));
        let histories = [
            (Plan::calm(), Disorder::Calm),
            (plan(seed), Disorder::Calm),
            (plan(seed * 5 % 70), disorder),
        ];
        for (plan, disorder) in histories {
            let bad = ending((story, seed), sabotage, plan, disorder).await;
            if bad.is_some() {
                return bad;
            }
        }
    }
    None
}

async fn ending(
    (story, seed): (Story, u64),
    sabotage: Sabotage,
    plan: Plan,
    disorder: Disorder,
) -> Option<String> {
    let shop = Shop::open(5, disorder).await;
    shop.hesitation.set(seed);
    let carts = fill(&shop, story).await;
    shop.world().sabotage(sabotage);
    shop.arm(plan);
    let ending = tell(&shop, story, carts).await;
    shop.rest().await;
    let wrong = judge(&shop, story, &ending).await;
    (!wrong.is_empty()).then(|| wrong.join("; "))
}

macro_rules! mutations {
    ($($name:ident: $story:ident, $theft:ident of $function:literal on $table:literal $sk:literal;)*) => {
        $(#[tokio::test(start_paused = true)]
        async fn $name() {
            let sabotage = Sabotage { function: $function, table: $table, sk: $sk, theft: Theft::$theft };
            let bad = first_bad_history(Story::$story, sabotage).await;
            assert!(bad.is_some(), "{sabotage:?} harms nobody: what is that guard for?");
        })*
    };
}

mutations! {
    without_the_condition_on_available_stock_goods_are_sold_twice:
        Rush, Conditions of "inventory-on-order-placed" on "inventory" "level#";
    without_one_reservation_per_order_a_repeated_message_reserves_twice:
        Bought, Conditions of "inventory-on-order-placed" on "inventory" "reservation";
    without_the_carts_guard_one_cart_becomes_two_orders:
        TwoTabs, Conditions of "orders-create" on "carts" "cart";
    without_the_release_a_canceled_order_keeps_its_goods:
        CanceledLate, Writes of "inventory-on-order-canceled" on "inventory" "reservation";
    without_the_payments_mark_a_canceled_order_stays_charged:
        CanceledLate, Writes of "payments-on-order-canceled" on "payments" "payment";
    without_versions_two_writers_of_a_payment_lose_money_from_the_ledger:
        Bought, Conditions of "*" on "payments" "payment";
    without_the_providers_books_a_retry_charges_twice_or_never:
        TimedOut, Writes of "*" on "sandbox" "account";
    without_an_orders_version_late_facts_overwrite_newer_ones:
        CanceledMidway, Conditions of "*" on "orders" "order";
}
