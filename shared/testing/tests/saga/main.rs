//! The purchase under faults: every history ends well, and the books agree.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends where something is not as it must be"
)]

mod background;
mod functions;
mod mutations;
mod shop;
mod story;

use kernel::SeededRandom;
use testing::{Disorder, FaultKind, Plan};

use shop::Shop;
use story::{Story, fill, judge, tell};

/// Tells a story under a plan, lets everything rest, and says what is wrong with the end.
async fn history(story: Story, plan: Plan, disorder: Disorder) -> (Vec<String>, u64, Vec<String>) {
    let shop = Shop::open(5, disorder).await;
    let carts = fill(&shop, story).await;
    shop.arm(plan);
    let ending = tell(&shop, story, carts).await;
    let (calls, trace) = (shop.world().faults.calls(), shop.world().faults.trace());
    shop.rest().await;
    (judge(&shop, story, &ending).await, calls, trace)
}

/// Tells a story once in calm, and then once per call and kind of fault.
async fn under_every_fault(story: Story) {
    let (wrong, calls, trace) = history(story, Plan::calm(), Disorder::Calm).await;
    assert_eq!(
        wrong,
        [""; 0],
        "{story:?} goes wrong without any fault:\n{}",
        trace.join("\n")
    );
    assert!(
        calls > 10,
        "{story:?} makes {calls} calls: is anything simulated at all?"
    );
    let mut failures = Vec::new();
    for call in 0..calls {
        let line = &trace[usize::try_from(call).unwrap()];
        for kind in kinds_at(line) {
            let (wrong, _, _) = history(story, Plan::calm().with(call, kind), Disorder::Calm).await;
            if !wrong.is_empty() {
                failures.push(format!(
                    "{kind:?} at {}: {}",
                    trace[usize::try_from(call).unwrap()],
                    wrong.join("; ")
                ));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{story:?}: {} histories end badly:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// Only a transaction can be in conflict; for any other call that is a throttle like another.
fn kinds_at(line: &str) -> impl Iterator<Item = FaultKind> {
    let is_transaction = line.ends_with("TransactWriteItems");
    FaultKind::ALL
        .into_iter()
        .filter(move |kind| is_transaction || *kind != FaultKind::Conflict)
}

macro_rules! stories {
    ($($name:ident: $story:expr;)*) => {
        $(#[tokio::test(start_paused = true)]
        async fn $name() {
            under_every_fault($story).await;
        })*
    };
}

stories! {
    a_purchase_that_is_shipped_and_partly_refunded_survives_every_fault: Story::Bought;
    a_declined_purchase_gives_everything_back_under_every_fault: Story::Declined;
    a_sold_out_purchase_harms_nobody_under_every_fault: Story::SoldOut;
    an_order_canceled_at_once_gives_everything_back_under_every_fault: Story::CanceledAtOnce;
    an_order_canceled_midway_gives_everything_back_under_every_fault: Story::CanceledMidway;
    an_order_canceled_after_confirmation_gives_everything_back_under_every_fault: Story::CanceledLate;
    a_challenge_that_is_answered_confirms_the_order_under_every_fault: Story::Challenged;
    a_challenge_that_nobody_answers_ends_the_order_under_every_fault: Story::Abandoned;
    a_provider_that_commits_and_times_out_charges_once_under_every_fault: Story::TimedOut;
}

/// Two faults in one history: a sample of all pairs, the same in every run.
#[tokio::test(start_paused = true)]
async fn a_purchase_survives_pairs_of_faults() {
    let (_, calls, _) = history(Story::Bought, Plan::calm(), Disorder::Calm).await;
    let mut failures = Vec::new();
    for pair in 0..60_u64 {
        let (first, second) = ((pair * 7) % calls, (pair * 13 + 5) % (calls + 10));
        let kinds = FaultKind::ALL;
        let (one, two) = (
            kinds[usize::try_from(pair % 3).unwrap()],
            kinds[usize::try_from(pair / 3 % 5).unwrap()],
        );
        let plan = Plan::calm().with(first, one).with(second, two);
        let (wrong, _, _) = history(Story::Bought, plan.clone(), Disorder::Calm).await;
        if !wrong.is_empty() {
            failures.push(format!("{plan:?}: {}", wrong.join("; ")));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Duplicates, reordering, odd batches and lost deletes, from printed seeds.
#[tokio::test(start_paused = true)]
async fn seeded_disorder_never_breaks_the_books() {
    for seed in 0..40_u64 {
        for story in [
            Story::Bought,
            Story::CanceledAtOnce,
            Story::SoldOut,
            Story::TimedOut,
        ] {
            let plan = Plan::calm()
                .with(seed * 3 % 50, FaultKind::CrashAfter)
                .with(seed * 11 % 70, FaultKind::LostAnswer);
            let (wrong, _, trace) = history(story, plan, Disorder::Seeded(SeededRandom::new(seed))).await;
            assert_eq!(
                wrong,
                [""; 0],
                "{story:?} with seed {seed}:\n{}",
                trace.join("\n")
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_replays_the_same_history() {
    let tell = async || {
        let plan = Plan::calm().with(20, FaultKind::CrashBefore);
        history(Story::Bought, plan, Disorder::Seeded(SeededRandom::new(7))).await
    };
    let (first, second) = (tell().await, tell().await);
    assert_eq!(first.2, second.2);
}
