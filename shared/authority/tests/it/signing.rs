//! Signing keys: one after the other, with overlap, read seldom. ID-9

use authority::{ACCESS_LASTS, ACCESS_TYPE, PUBLISHED_BEFORE, Rotated};
use kernel::Duration;
use serde_json::json;
use testing::Plan;

use crate::desk::Desk;

async fn kids(desk: &Desk) -> Vec<String> {
    let fresh = Desk::beside(&desk.world, 99);
    let keys = fresh.authority.public_keys().await.unwrap();
    keys.into_iter().map(|key| key.kid).collect()
}

fn kid(token: &str) -> String {
    let header = token.split('.').next().unwrap();
    let bytes = base64(header);
    let header: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

fn base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(text)
        .unwrap()
}

#[tokio::test]
async fn the_first_token_of_a_shop_makes_its_first_key_once() {
    let desk = Desk::open();
    assert!(kids(&desk).await.is_empty());
    let other = Desk::beside(&desk.world, 2);
    let (claims, typ) = (json!({}), ACCESS_TYPE);
    let (one, two) = tokio::join!(
        desk.authority.sign(typ, &claims),
        other.authority.sign(typ, &claims)
    );
    let published = kids(&desk).await;
    assert_eq!(published.len(), 1);
    assert_eq!(
        [kid(&one.unwrap()), kid(&two.unwrap())],
        [published[0].clone(), published[0].clone()]
    );
}

// ID-9: the next key is published before it signs, and the former stays as long as its tokens.
#[tokio::test]
async fn keys_overlap() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    let first = kid(&desk.log_in(&ada).await.access_token);
    assert_eq!(
        desk.authority.rotate_keys().await.unwrap(),
        Rotated::default(),
        "not yet"
    );
    desk.later(Duration::days(30));
    let rotated = Rotated { made: 1, removed: 0 };
    assert_eq!(desk.authority.rotate_keys().await.unwrap(), rotated);
    assert_eq!(
        desk.authority.rotate_keys().await.unwrap(),
        Rotated::default(),
        "once"
    );

    assert_eq!(kids(&desk).await.len(), 2, "published");
    let before = Desk::beside(&desk.world, 3).log_in(&ada).await;
    assert_eq!(kid(&before.access_token), first, "and does not sign yet");

    desk.later(PUBLISHED_BEFORE);
    let old = Desk::beside(&desk.world, 4).log_in(&ada).await;
    assert_ne!(kid(&old.access_token), first);
    assert_eq!(desk.authority.rotate_keys().await.unwrap(), Rotated::default());
    assert_eq!(kids(&desk).await[0], first, "the former is still published");

    desk.later(Duration::hours(25));
    assert_eq!(
        desk.authority.rotate_keys().await.unwrap(),
        Rotated { made: 0, removed: 1 }
    );
    assert!(!kids(&desk).await.contains(&first));
}

#[tokio::test]
async fn a_token_outlives_the_key_change_that_happens_meanwhile() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    desk.log_in(&ada).await;
    desk.later(Duration::days(30));
    desk.authority.rotate_keys().await.unwrap();
    desk.later(PUBLISHED_BEFORE);
    let user = desk.again(&ada.user_id).await;
    let token = Desk::beside(&desk.world, 5).log_in(&user).await.access_token;
    assert!(
        desk.sees(&token).await.is_some(),
        "a verifier that read before knows it, or reads again"
    );
    desk.later(ACCESS_LASTS);
    assert!(desk.sees(&token).await.is_none(), "expired");
}

// ID-9: what sealed the keys may be replaced; nobody is locked out and no token ends early.
#[tokio::test]
async fn a_replaced_vault_ends_no_login() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    let before = desk.log_in(&ada).await.access_token;
    let old = Desk::beside(&desk.world, 7);
    desk.world.set("SECRET_VAULT", &"ab".repeat(32));
    let (one, two) = (Desk::beside(&desk.world, 8), Desk::beside(&desk.world, 9));
    let (claims, typ) = (json!({}), ACCESS_TYPE);
    let (first, second) = tokio::join!(one.authority.sign(typ, &claims), two.authority.sign(typ, &claims));
    assert_eq!(kid(&first.unwrap()), kid(&second.unwrap()));
    desk.later(Duration::millis(1));
    let old = old.log_in(&ada).await.access_token;
    assert_eq!(
        kid(&old),
        kid(&before),
        "who has the old vault goes on with its key"
    );
    desk.later(Duration::millis(1));
    let new = one.log_in(&ada).await.access_token;
    assert_eq!(kids(&desk).await.len(), 2, "one more, however many looked for it");
    for token in [before, old, new] {
        assert!(Desk::beside(&desk.world, 10).sees(&token).await.is_some());
    }
}

// ID-9: a storm of unknown keys costs one read in ten seconds.
#[tokio::test]
async fn a_storm_of_unknown_keys_does_not_reach_the_table() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    let good = desk.log_in(&ada).await.access_token;
    let stranger = Desk::open();
    let eve = stranger.user("eve@example.com", &[]).await;
    let foreign = stranger.log_in(&eve).await.access_token;
    desk.sees(&good).await.unwrap();

    desk.later(Duration::seconds(10));
    desk.world.faults.arm(Plan::calm());
    for _ in 0..100 {
        assert!(desk.sees(&foreign).await.is_none());
    }
    assert_eq!(desk.world.faults.calls(), 1, "{:?}", desk.world.faults.trace());
    assert!(
        desk.sees(&good).await.is_some(),
        "known keys are served meanwhile"
    );
    desk.later(Duration::seconds(10));
    desk.world.faults.arm(Plan::calm());
    assert!(desk.sees(&foreign).await.is_none());
    assert_eq!(desk.world.faults.calls(), 1);
}

// What a request costs at the gate: one batch read, whatever the token.
#[tokio::test]
async fn a_known_token_costs_one_call() {
    let desk = Desk::open();
    let token = desk
        .log_in(&desk.user("ada@example.com", &["support"]).await)
        .await
        .access_token;
    desk.sees(&token).await.unwrap();
    desk.world.faults.arm(Plan::calm());
    desk.sees(&token).await.unwrap();
    assert_eq!(desk.world.faults.calls(), 1, "{:?}", desk.world.faults.trace());
}

#[tokio::test]
async fn a_private_key_is_never_in_a_row() {
    let desk = Desk::open();
    desk.authority.sign(ACCESS_TYPE, &json!({})).await.unwrap();
    let rows = desk.rows("authority");
    let row = rows.iter().find(|row| row["pk"]["S"] == "signing").unwrap();
    // A PKCS #8 document of P-256 is 138 bytes; what is kept is those, a nonce and a tag.
    let sealed = base64(row["sealed"]["S"].as_str().unwrap());
    assert_eq!(sealed.len(), 138 + 12 + 16);
    assert!(
        !sealed
            .windows(7)
            .any(|bytes| bytes == [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]),
        "no key in plain"
    );
}
