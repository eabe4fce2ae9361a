//! A key opens what it was minted for, until its end, and nothing else looks like it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use embedded_aws::Dynamo;
use kernel::{Clock, Duration, Fault, SeededRandom, Time};
use platform::http::{KeyRing, Staff};
use platform::wire::{Exchange, Wire, WireAnswer, WireRequest};
use platform::{Cloud, Settings};

use crate::{Credential, KeyId, Keys, MintError, NewKey, Scope};

struct Tables(Dynamo);

impl Wire for Tables {
    fn exchange(&self, request: WireRequest) -> Exchange<'_> {
        let answer = self
            .0
            .handle(request.header("x-amz-target").unwrap_or_default(), &request.body);
        let headers = vec![("content-type".to_owned(), "application/x-amz-json-1.0".to_owned())];
        Box::pin(async move {
            Ok(WireAnswer {
                status: answer.status,
                headers,
                body: answer.body,
            })
        })
    }
}

#[derive(Clone)]
struct TestClock(Arc<AtomicI64>);

impl Clock for TestClock {
    fn now(&self) -> Time {
        Time::from_unix_ms(self.0.load(Ordering::Relaxed))
    }
}

fn keys() -> (Keys, TestClock) {
    let dynamo = Dynamo::memory().unwrap();
    let table = serde_json::json!({
        "TableName": "authority", "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }, { "AttributeName": "sk", "KeyType": "RANGE" }],
        "AttributeDefinitions": [
            { "AttributeName": "pk", "AttributeType": "S" }, { "AttributeName": "sk", "AttributeType": "S" }
        ],
    });
    let made = dynamo.handle("DynamoDB_20120810.CreateTable", table.to_string().as_bytes());
    assert_eq!(made.status, 200);
    let clock = TestClock(Arc::new(AtomicI64::new(1_800_000_000_000)));
    let settings = [
        ("AWS_REGION", "local"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "http://dynamodb"),
        ("TABLE_AUTHORITY", "authority"),
    ];
    let settings: Settings = settings
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let random = Arc::new(SeededRandom::new(1));
    let cloud = Cloud::simulated(
        settings,
        Arc::new(clock.clone()),
        random,
        Arc::new(Tables(dynamo)),
    );
    let keys = Keys::new(&cloud);
    cloud.check().unwrap();
    (keys, clock)
}

fn reader() -> NewKey {
    NewKey {
        name: "reports".into(),
        scopes: vec![Scope::parse("orders.read").unwrap()],
        expires_at: None,
    }
}

#[tokio::test]
async fn a_minted_key_is_found_with_its_scopes() {
    let (keys, clock) = keys();
    let minted = keys.mint(reader()).await.unwrap();
    let found = keys.find(&minted.credential.reveal(), clock.now()).await.unwrap();
    let expected = Staff {
        id: minted.key.key_id.to_string(),
        name: "reports".into(),
        permissions: vec!["orders.read".into()],
        presence: None,
    };
    assert_eq!(found, Some(expected));
}

#[tokio::test]
async fn malformed_unknown_and_wrong_keys_all_look_alike() {
    let (keys, clock) = keys();
    let right = keys.mint(reader()).await.unwrap().credential.reveal();
    let other = keys.mint(reader()).await.unwrap().credential.reveal();
    let (head, _) = right.rsplit_once('_').unwrap();
    let (_, foreign_secret) = other.rsplit_once('_').unwrap();
    let unknown = format!("cw_sk_01h455vb4pex5vsknk084sn02q_{}", "0".repeat(64));
    let candidates = [
        String::new(),
        "cw_sk_".into(),
        right.replace("cw_sk_", "cw_pk_"),
        right[..right.len() - 1].to_owned(),
        format!("{right}0"),
        format!("{head}_{foreign_secret}"),
        format!("{head}_{}", "0".repeat(64)),
        format!("{head}_"),
        unknown,
        right.to_uppercase(),
    ];
    for presented in candidates {
        assert_eq!(
            keys.find(&presented, clock.now()).await.unwrap(),
            None,
            "{presented}"
        );
    }
}

#[tokio::test]
async fn an_expired_key_opens_nothing() {
    let (keys, clock) = keys();
    let end = clock.now().plus(Duration::hours(1));
    let minted = keys
        .mint(NewKey {
            expires_at: Some(end),
            ..reader()
        })
        .await
        .unwrap();
    let presented = minted.credential.reveal();
    assert!(
        keys.find(&presented, end.minus(Duration::millis(1)))
            .await
            .unwrap()
            .is_some()
    );
    assert!(keys.find(&presented, end).await.unwrap().is_none());
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_and_keeps_its_first_end() {
    let (keys, clock) = keys();
    let minted = keys.mint(reader()).await.unwrap();
    keys.revoke(&minted.key.key_id).await.unwrap();
    let first = keys
        .store
        .get(&minted.key.key_id)
        .await
        .unwrap()
        .unwrap()
        .revoked_at;
    clock.0.fetch_add(5_000, Ordering::Relaxed);
    keys.revoke(&minted.key.key_id).await.unwrap();
    assert!(
        keys.find(&minted.credential.reveal(), clock.now())
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(
        keys.store
            .get(&minted.key.key_id)
            .await
            .unwrap()
            .unwrap()
            .revoked_at,
        first
    );
    let stranger = KeyId::parse("key_01h455vb4pex5vsknk084sn02q").unwrap();
    assert!(matches!(
        keys.revoke(&stranger).await,
        Err(Fault::Missing { what: "key" })
    ));
}

#[tokio::test]
async fn a_key_without_name_scope_or_future_is_not_minted() {
    let (keys, clock) = keys();
    let nameless = keys
        .mint(NewKey {
            name: "  ".into(),
            ..reader()
        })
        .await;
    assert!(matches!(nameless, Err(MintError::BadName)));
    let powerless = keys
        .mint(NewKey {
            scopes: Vec::new(),
            ..reader()
        })
        .await;
    assert!(matches!(powerless, Err(MintError::NoScope)));
    let late = keys
        .mint(NewKey {
            expires_at: Some(clock.now()),
            ..reader()
        })
        .await;
    assert!(matches!(late, Err(MintError::Expired)));
}

#[tokio::test]
async fn neither_the_row_nor_a_debug_line_holds_the_secret() {
    let (keys, _) = keys();
    let minted = keys.mint(reader()).await.unwrap();
    let revealed = minted.credential.reveal();
    let (_, secret) = revealed.rsplit_once('_').unwrap();
    assert!(!format!("{minted:?}").contains(secret));
    let row = keys.store.get(&minted.key.key_id).await.unwrap().unwrap();
    assert!(!format!("{row:?}").contains(secret));
}

#[test]
fn a_presented_key_reads_back() {
    let key_id = KeyId::parse("key_01h455vb4pex5vsknk084sn02q").unwrap();
    let credential = Credential::new(key_id, [0xab; 32]);
    assert_eq!(Credential::parse(&credential.reveal()), Some(credential));
}

#[test]
fn a_scope_is_everything_or_a_context_and_a_verb() {
    for good in ["*", "orders.read", "catalog.write"] {
        assert_eq!(
            Scope::parse(good).map(|scope| scope.to_string()),
            Ok(good.to_owned())
        );
    }
    for bad in [
        "",
        "orders",
        "orders.",
        ".read",
        "orders.*",
        "Orders.read",
        "a.b.c",
    ] {
        assert!(Scope::parse(bad).is_err(), "{bad}");
    }
}
