//! What a provider's ID token must be.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Time;
use platform::token::Es256Key;
use serde_json::{Value, json};

use crate::error::FederationError;
use crate::provider::is_issuer;
use crate::store::Subject;
use crate::wire::{Expected, Jwk, read};

mod faults;

const NOW_S: i64 = 1_800_000_000;
const EXPECTED: Expected<'_> = Expected {
    issuer: "https://accounts.example.com",
    client_id: "shop",
    nonce: "n-1",
    now: Time::from_unix_ms(NOW_S * 1_000),
};

fn key() -> (Es256Key, Vec<Jwk>) {
    let key = Es256Key::from_pkcs8(&Es256Key::generate().unwrap()).unwrap();
    let (x, y) = key.public().coordinates();
    let jwk = json!({ "kty": "EC", "crv": "P-256", "kid": key.kid(), "use": "sig", "alg": "ES256", "x": x, "y": y });
    (key, vec![serde_json::from_value(jwk).unwrap()])
}

fn claims() -> Value {
    json!({
        "iss": EXPECTED.issuer, "aud": "shop", "sub": "248289761001", "nonce": "n-1",
        "iat": NOW_S, "exp": NOW_S + 300, "email": "anna@example.com", "email_verified": true,
    })
}

fn why(token: &str, keys: &[Jwk]) -> &'static str {
    match read(token, keys, EXPECTED) {
        Ok(_) => "trusted",
        Err(FederationError::Distrusted { why }) => why,
        Err(other) => panic!("{other}"),
    }
}

// ID-25
#[test]
fn a_token_says_who_it_is_only_when_everything_fits() {
    let (key, keys) = key();
    let said = read(&key.sign("JWT", &claims()).unwrap(), &keys, EXPECTED).unwrap();
    assert_eq!(
        (said.subject.as_str(), said.email_verified),
        ("248289761001", true)
    );
    for (name, value, expected) in [
        ("iss", json!("https://accounts.example.com/"), "token_issuer"),
        ("iss", Value::Null, "token_issuer"),
        ("aud", json!("other"), "token_audience"),
        ("aud", json!(["shop", "other"]), "token_audience"),
        ("aud", json!(["shop"]), "trusted"),
        ("azp", json!("other"), "token_audience"),
        ("azp", json!("shop"), "trusted"),
        ("nonce", json!("n-2"), "token_nonce"),
        ("nonce", Value::Null, "token_nonce"),
        ("exp", json!(NOW_S - 61), "token_time"),
        ("exp", Value::Null, "token_time"),
        ("exp", json!("soon"), "token_time"),
        ("iat", json!(NOW_S + 120), "token_time"),
        ("iat", json!(NOW_S - 3_600), "token_time"),
        ("nbf", json!(NOW_S + 120), "token_time"),
        ("sub", json!(""), "token_subject"),
        ("sub", json!(7), "token_subject"),
    ] {
        let mut changed = claims();
        changed[name] = value.clone();
        assert_eq!(
            why(&key.sign("JWT", &changed).unwrap(), &keys),
            expected,
            "{name} {value}"
        );
    }
    let mut pretended = claims();
    pretended["email_verified"] = json!("true");
    assert!(
        !read(&key.sign("JWT", &pretended).unwrap(), &keys, EXPECTED)
            .unwrap()
            .email_verified
    );
}

// ID-8 ID-25
#[test]
fn no_header_talks_its_way_past_the_key() {
    let (key, keys) = key();
    let (stranger, strangers) = self::key();
    let good = key.sign("JWT", &claims()).unwrap();
    let (_, rest) = good.split_once('.').unwrap();
    let with = |header: Value| format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()));
    let kid = key.kid();
    for (token, expected) in [
        (with(json!({ "alg": "none", "kid": kid })), "token_signature"),
        (with(json!({ "alg": "None", "kid": kid })), "token_signature"),
        (with(json!({ "alg": "HS256", "kid": kid })), "token_signature"),
        (with(json!({ "alg": "RS256", "kid": kid })), "token_signature"),
        (
            with(json!({ "alg": "ES256", "kid": kid, "crit": ["x"] })),
            "token_header",
        ),
        (
            with(json!({ "alg": "ES256", "kid": kid, "typ": "at+jwt" })),
            "token_header",
        ),
        (with(json!({ "alg": "ES256", "kid": "other" })), "token_key"),
        (stranger.sign("JWT", &claims()).unwrap(), "token_key"),
        (format!("{good}.x"), "token_form"),
        ("nonsense".to_owned(), "token_form"),
        (
            format!("{}.", good.rsplit_once('.').unwrap().0),
            "token_signature",
        ),
        (good.clone() + &"x".repeat(20_000), "token_form"),
    ] {
        assert_eq!(why(&token, &keys), expected, "{token:.60}");
    }
    assert_eq!(why(&good, &strangers), "token_key");
    assert_eq!(why(&good, &[]), "token_key");
}

#[test]
fn two_pairs_of_issuer_and_subject_are_never_one() {
    assert_ne!(
        Subject::new("https://a.example", "b:c"),
        Subject::new("https://a.example:b", "c")
    );
    assert_ne!(
        Subject::new("https://a.example", "1"),
        Subject::new("https://b.example", "1")
    );
    assert_eq!(
        Subject::new("https://a.example", "1"),
        Subject::new("https://a.example", "1")
    );
}

// ID-23
#[test]
fn an_issuer_is_public_except_on_one_machine() {
    for (issuer, is_local, expected) in [
        ("https://accounts.example.com", false, true),
        ("https://accounts.example.com/realm", false, true),
        ("https://accounts.example.com/", false, false),
        ("https://accounts.example.com?x", false, false),
        ("http://accounts.example.com", false, false),
        ("https://169.254.169.254", false, false),
        ("http://127.0.0.1:4000", false, false),
        ("http://127.0.0.1:4000", true, true),
    ] {
        assert_eq!(is_issuer(issuer, is_local), expected, "{issuer}");
    }
}
