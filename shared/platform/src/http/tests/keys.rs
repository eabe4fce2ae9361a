//! `Idempotency-Key`: one effect, one answer.

use std::pin::Pin;
use std::task::Poll;

use http::StatusCode;
use kernel::{Clock as _, Duration, Fault, SeededRandom};
use std::sync::Arc;

use super::{Shared, Shop, TEA, ThingView, cloud, create, shop};
use crate::http::idempotency::{Claim, ClaimKey, Claims, Held};
use crate::http::{Call, Created, Reply, Sealed};
use crate::token::Cipher;

fn open() -> Shop {
    shop!(create, "POST /v1/things")
}

async fn create_secretly(
    things: &'static Shared,
    call: Call<super::CreateThing>,
) -> Result<Sealed<Created<ThingView>>, Fault> {
    create(things, call).await.map(Sealed)
}

#[tokio::test]
async fn an_answer_that_opens_something_is_kept_sealed_and_given_again() {
    let shop = shop!(create_secretly, "POST /v1/things");
    let first = shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    let again = shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(again.bytes, first.bytes);
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(shop.things.effects(), 1);
    let kept = shop.tables.rows("idempotency")[0]["answer"]["M"]["body"]["S"].clone();
    let kept = kept.as_str().unwrap();
    assert!(!kept.contains("tea") && kept.len() > first.bytes.len(), "{kept}");
}

#[tokio::test]
async fn an_answer_whose_seal_opens_no_more_is_worked_out_again_with_the_same_seed() {
    let (cloud, clock, _) = cloud(&[]);
    let claims = |secret: &[u8]| {
        let seal = Cipher::new(secret, "answers", Arc::new(SeededRandom::new(3)));
        Claims::new(cloud.table("idempotency"), Some(seal))
    };
    let key = ClaimKey::new("anna", "things-create", "k-1", &[b"tea"]);
    let claim = async |claims: &Claims, seed| {
        let (now, random) = (clock.now(), SeededRandom::new(seed));
        let until = now.plus(Duration::seconds(10));
        claims.claim(&key, &random, now, until).await
    };
    let held = |claim| -> Held {
        match claim {
            Ok(Claim::Held(held)) => held,
            _ => panic!("not ours to work on"),
        }
    };
    let (old, new) = (claims(&[1; 32]), claims(&[2; 32]));
    let first = held(claim(&old, 1).await);
    let seed = first.seed();
    let reply = Reply::json(StatusCode::CREATED, &"secret").unwrap();
    old.conclude(first, &reply).await;
    assert!(matches!(claim(&old, 2).await, Ok(Claim::Answered(_))));
    assert_eq!(claim(&new, 3).await.err().unwrap().code(), "request_in_progress");
    clock.forward(Duration::seconds(10));
    let second = held(claim(&new, 4).await);
    assert_eq!(second.seed(), seed);
    new.conclude(second, &reply).await;
    let Ok(Claim::Answered(again)) = claim(&new, 5).await else {
        panic!("kept under the new secret");
    };
    assert_eq!(again.body, reply.body);
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_byte_for_byte() {
    let shop = open();
    let first = shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    shop.clock.forward(Duration::hours(23));
    let again = shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(again.bytes, first.bytes);
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("content-type"), first.header("content-type"));
    assert_eq!(
        (
            first.header("idempotent-replayed"),
            again.header("idempotent-replayed")
        ),
        ("", "true")
    );
    assert_ne!(first.header("x-request-id"), again.header("x-request-id"));
    assert_eq!(shop.things.effects(), 1);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let shop = open();
    shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    shop.clock.forward(Duration::hours(24));
    let again = shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (201, ""));
    assert_eq!(shop.things.effects(), 2);
}

#[tokio::test]
async fn quoted_and_bare_keys_are_the_same_key() {
    let shop = open();
    shop.post("/v1/things", &[("idempotency-key", "\"k \\\"1\\\"\"")], TEA)
        .await;
    let again = shop
        .post("/v1/things", &[("idempotency-key", "k \"1\"")], TEA)
        .await;
    assert_eq!(again.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn a_key_is_one_printable_text_of_at_most_255_characters() {
    let shop = open();
    let (fits, long) = ("k".repeat(255), "k".repeat(256));
    assert_eq!(
        shop.post("/v1/things", &[("idempotency-key", &fits)], TEA)
            .await
            .status,
        201
    );
    for bad in ["", "\"\"", "\"open", "\"a\"b\"", "\"a\\n\"", "ü", &long] {
        let got = shop.post("/v1/things", &[("idempotency-key", bad)], TEA).await;
        assert_eq!(
            (got.status, got.code().as_str()),
            (400, "idempotency_key_invalid"),
            "{bad}"
        );
    }
    let twice = [("idempotency-key", "a"), ("idempotency-key", "b")];
    assert_eq!(
        shop.post("/v1/things", &twice, TEA).await.code(),
        "idempotency_key_invalid"
    );
    assert_eq!(shop.things.effects(), 1);
}

#[tokio::test]
async fn a_required_key_must_be_there() {
    let shop = shop!(create, "POST /v1/things", "TRIGGER_IDEMPOTENCY" = "required");
    let got = shop.post("/v1/things", &[], TEA).await;
    assert_eq!(
        (got.status, got.code().as_str()),
        (400, "idempotency_key_missing")
    );
    assert_eq!(shop.things.effects(), 0);
}

#[tokio::test]
async fn a_key_with_another_request_is_refused() {
    let shop = open();
    shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    let other = shop
        .post(
            "/v1/things",
            &[("idempotency-key", "k-1")],
            r#"{"name":"tea","quantity":3}"#,
        )
        .await;
    assert_eq!(
        (other.status, other.code().as_str()),
        (422, "idempotency_key_reused")
    );
    assert_eq!(shop.things.effects(), 1);
}

#[tokio::test]
async fn callers_do_not_share_keys() {
    let shop = shop!(create, "POST /v1/things", "TRIGGER_AUTH" = "staff");
    let ask = async |key: &str| {
        let headers = [("authorization", key), ("idempotency-key", "k-1")];
        shop.post("/v1/things", &headers, TEA).await
    };
    let first = ask("Bearer cw_sk_right").await;
    let other = ask("Bearer cw_sk_all").await;
    assert_ne!(first.bytes, other.bytes);
    assert_eq!(shop.things.effects(), 2);
}

#[tokio::test]
async fn a_rules_refusal_is_an_answer_and_is_kept() {
    let shop = open();
    shop.things.fail_next(Fault::refused("sold_out", "none is left"));
    let first = shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    let again = shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    assert_eq!((first.status, again.status), (409, 409));
    assert_eq!(again.bytes, first.bytes);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(shop.things.effects(), 0);
}

#[tokio::test]
async fn what_failed_before_any_effect_is_not_remembered() {
    let shop = open();
    for fault in [Fault::invalid("odd", "x"), Fault::missing("thing"), Fault::Stale] {
        shop.things.fail_next(fault);
        let failed = shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
        assert!(failed.status < 500);
    }
    let unreadable = shop.post("/v1/things", &[("idempotency-key", "k-1")], "{}").await;
    assert_eq!(unreadable.status, 400);
    let mended = shop
        .post(
            "/v1/things",
            &[("idempotency-key", "k-1")],
            r#"{"name":"x","quantity":9}"#,
        )
        .await;
    assert_eq!(mended.status, 201);
}

#[tokio::test]
async fn a_server_error_is_not_kept_and_its_repeat_mints_the_same_ids() {
    let shop = open();
    shop.things.fail_next(Fault::busy(std::io::Error::other("lost")));
    let failed = shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    assert_eq!(failed.status, 503);
    shop.clock.forward(Duration::minutes(5));
    let again = shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    assert_eq!((again.status, again.header("idempotent-replayed")), (201, ""));
    let minted = shop.things.minted();
    assert_eq!(minted[0], minted[1]);
    let fresh = shop.post("/v1/things", &[("idempotency-key", "k-2")], TEA).await;
    assert_ne!(fresh.bytes, again.bytes);
}

#[tokio::test]
async fn a_call_that_goes_on_for_another_never_forgets_its_claim() {
    let shop = open();
    shop.things
        .fail_next(Fault::broken(std::io::Error::other("died after its effect")));
    shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    shop.things.fail_next(Fault::missing("thing"));
    shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    let minted = shop.things.minted();
    assert_eq!((&minted[0], &minted[1]), (&minted[1], &minted[2]));
}

#[tokio::test]
async fn while_the_first_runs_a_second_waits_and_after_a_death_it_takes_over() {
    let shop = open();
    let headers = [("idempotency-key", "k-1")];
    shop.things.die_next();
    let mut first = Box::pin(shop.post("/v1/things", &headers, TEA));
    while shop.things.effects() == 0 {
        assert!(
            poll_once(&mut first).await.is_none(),
            "the call ended before it could die"
        );
    }
    drop(first);
    let second = shop.post("/v1/things", &headers, TEA).await;
    assert_eq!(
        (
            second.status,
            second.code().as_str(),
            second.header("retry-after")
        ),
        (409, "request_in_progress", "1")
    );
    shop.clock.forward(Duration::seconds(10));
    let third = shop.post("/v1/things", &headers, TEA).await;
    assert_eq!((third.status, third.header("idempotent-replayed")), (201, ""));
    let minted = shop.things.minted();
    assert_eq!(minted[0], minted[1]);
    let fourth = shop.post("/v1/things", &headers, TEA).await;
    assert_eq!(fourth.bytes, third.bytes);
}

/// What the future has come to after one more step, if it has.
async fn poll_once<T>(future: &mut (impl Future<Output = T> + Unpin)) -> Option<T> {
    let polled = std::future::poll_fn(|context| Poll::Ready(Pin::new(&mut *future).poll(context))).await;
    tokio::task::yield_now().await;
    match polled {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

#[tokio::test]
async fn without_a_key_two_requests_are_two() {
    let shop = open();
    shop.post("/v1/things", &[], TEA).await;
    shop.post("/v1/things", &[], TEA).await;
    assert_eq!(shop.things.effects(), 2);
}

/// The SDK tries again; the second attempt meets what the first has written.
#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_the_claim_itself_does_not_lock_the_caller_out() {
    let shop = open();
    shop.tables.lose_next_answer_to("PutItem");
    let got = shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    assert_eq!(got.status, 201);
    assert_eq!(shop.things.effects(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_a_take_over_does_not_lock_the_caller_out() {
    let shop = open();
    shop.things.fail_next(Fault::busy(std::io::Error::other("lost")));
    shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    shop.tables.lose_next_answer_to("UpdateItem");
    let got = shop.post("/v1/things", &[("idempotency-key", "k-1")], TEA).await;
    assert_eq!(got.status, 201);
}
