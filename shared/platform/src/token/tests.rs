//! A token opens what it was made for, and nothing else.

mod signatures;

use base64::Engine as _;
use kernel::{Duration, Time};

use super::{BadSeal, BadToken, CART_TYPE, CartTokens, Cipher, NotSealedHere, Sealer, URL_SAFE_NO_PAD};

const SECRET: &[u8] = &[7; 32];
const NOW: Time = Time::from_unix_ms(1_800_000_000_000);

fn tokens() -> CartTokens {
    CartTokens::new(SECRET, "shop")
}

fn sign(tokens: &CartTokens) -> String {
    tokens.sign("cart_1", NOW, NOW.plus(Duration::days(1))).unwrap()
}

fn part(json: &str) -> String {
    URL_SAFE_NO_PAD.encode(json)
}

/// A token with this header, these claims, and a signature that is right for them.
fn forge(header: &str, claims: &str) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET);
    let mac = ring::hmac::sign(&key, message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.as_ref()))
}

fn claims() -> String {
    format!(
        r#"{{"iss":"shop","sub":"cart_1","iat":1,"exp":{}}}"#,
        NOW.unix_s() + 60
    )
}

#[test]
fn a_cart_token_opens_its_cart_until_it_expires() {
    let token = sign(&tokens());
    assert_eq!(tokens().verify(&token, NOW), Ok("cart_1".to_owned()));
    assert_eq!(
        tokens().verify(&token, NOW.plus(Duration::hours(23))),
        Ok("cart_1".to_owned())
    );
    assert_eq!(
        tokens().verify(&token, NOW.plus(Duration::days(1))),
        Err(BadToken)
    );
}

#[test]
fn the_test_forger_makes_tokens_that_would_pass() {
    let token = forge(&format!(r#"{{"alg":"HS256","typ":"{CART_TYPE}"}}"#), &claims());
    assert_eq!(tokens().verify(&token, NOW), Ok("cart_1".to_owned()));
}

#[test]
fn another_algorithm_or_type_is_refused_even_with_a_right_signature() {
    for header in [
        r#"{"alg":"none","typ":"cart+jwt"}"#,
        r#"{"alg":"None","typ":"cart+jwt"}"#,
        r#"{"alg":"HS512","typ":"cart+jwt"}"#,
        r#"{"alg":"RS256","typ":"cart+jwt"}"#,
        r#"{"alg":"HS256","typ":"JWT"}"#,
        r#"{"alg":"HS256"}"#,
    ] {
        assert_eq!(
            tokens().verify(&forge(header, &claims()), NOW),
            Err(BadToken),
            "{header}"
        );
    }
}

#[test]
fn a_token_of_another_shop_or_secret_or_without_a_claim_is_refused() {
    let stranger = CartTokens::new(SECRET, "other");
    assert_eq!(tokens().verify(&sign(&stranger), NOW), Err(BadToken));
    let stranger = CartTokens::new(&[8; 32], "shop");
    assert_eq!(tokens().verify(&sign(&stranger), NOW), Err(BadToken));
    let header = format!(r#"{{"alg":"HS256","typ":"{CART_TYPE}"}}"#);
    for claims in [
        r#"{"iss":"shop","sub":"cart_1"}"#,
        r#"{"sub":"cart_1","exp":9999999999}"#,
    ] {
        assert_eq!(
            tokens().verify(&forge(&header, claims), NOW),
            Err(BadToken),
            "{claims}"
        );
    }
}

#[test]
fn any_changed_character_breaks_a_token() {
    let token = sign(&tokens());
    for index in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert_eq!(tokens().verify(&changed, NOW), Err(BadToken), "{changed}");
    }
    assert_eq!(tokens().verify("", NOW), Err(BadToken));
    assert_eq!(tokens().verify("a.b.c.d", NOW), Err(BadToken));
}

#[test]
fn a_sealed_value_opens_for_its_purpose_until_it_expires() {
    let sealer = Sealer::new(SECRET);
    let text = sealer
        .seal("quote", &("cart_1", 3), NOW.plus(Duration::minutes(15)))
        .unwrap();
    assert_eq!(sealer.open("quote", &text, NOW), Ok(("cart_1".to_owned(), 3)));
    assert_eq!(
        sealer.open::<(String, i32)>("cursor", &text, NOW),
        Err(BadSeal::Forged)
    );
    let late = NOW.plus(Duration::minutes(15));
    assert_eq!(
        sealer.open::<(String, i32)>("quote", &text, late),
        Err(BadSeal::Expired)
    );
}

#[test]
fn a_purpose_cannot_be_stretched_into_the_payload() {
    let sealer = Sealer::new(SECRET);
    let text = sealer.seal("a", &1, NOW.plus(Duration::days(1))).unwrap();
    let (payload, mac) = text.split_once('.').unwrap();
    let (head, tail) = payload.split_at(1);
    let moved = format!("{tail}.{mac}");
    assert_eq!(
        sealer.open::<i32>(&format!("a{head}"), &moved, NOW),
        Err(BadSeal::Forged)
    );
}

#[test]
fn a_changed_or_foreign_seal_is_forged() {
    let sealer = Sealer::new(SECRET);
    let text = sealer.seal("cursor", &"at", NOW.plus(Duration::days(1))).unwrap();
    let foreign = Sealer::new(&[8; 32])
        .seal("cursor", &"at", NOW.plus(Duration::days(1)))
        .unwrap();
    for bad in ["", ".", "abc", &text[1..], &text[..text.len() - 1], &foreign] {
        assert_eq!(
            sealer.open::<String>("cursor", bad, NOW),
            Err(BadSeal::Forged),
            "{bad}"
        );
    }
}

#[test]
fn what_is_encrypted_opens_in_its_place_for_its_purpose_under_its_secret_only() {
    let random = || std::sync::Arc::new(kernel::SeededRandom::new(1));
    let cipher = |secret: &[u8], purpose: &str| Cipher::new(secret, purpose, random());
    let ours = cipher(SECRET, "letters");
    let sealed = ours.close(b"come at eight", "row#1").unwrap();
    assert_eq!(ours.open(&sealed, "row#1").unwrap(), b"come at eight");
    assert_ne!(sealed, ours.close(b"come at eight", "row#1").unwrap());
    for (other, text, place) in [
        (cipher(SECRET, "letters"), &*sealed, "row#2"),
        (cipher(SECRET, "parcels"), &sealed, "row#1"),
        (cipher(&[8; 32], "letters"), &sealed, "row#1"),
        (cipher(SECRET, "letters"), &sealed[1..], "row#1"),
        (cipher(SECRET, "letters"), "", "row#1"),
    ] {
        assert_eq!(other.open(text, place), Err(NotSealedHere), "{place}");
    }
}
