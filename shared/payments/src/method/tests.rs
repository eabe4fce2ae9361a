//! Tokens enter, card numbers do not.

use super::*;

#[test]
fn every_sandbox_token_is_accepted_and_keeps_its_text() {
    for token in SandboxToken::ALL {
        let method = Method::parse("sandbox", token.as_str()).unwrap();
        assert_eq!(
            (method.provider().as_str(), method.token()),
            ("sandbox", token.as_str())
        );
    }
}

#[test]
fn what_is_not_known_is_refused_by_name() {
    for (provider, token, expected) in [
        ("bank", "tok_approve", MethodError::UnknownProvider),
        ("sandbox", "tok_nothing", MethodError::UnknownToken),
        ("sandbox", "", MethodError::UnknownToken),
        ("sandbox", "TOK_APPROVE", MethodError::UnknownToken),
        ("sandbox", "4242424242424242", MethodError::CardNumber),
        ("4242 4242 4242 4242", "tok_approve", MethodError::CardNumber),
    ] {
        assert_eq!(
            Method::parse(provider, token),
            Err(expected),
            "{provider} {token}"
        );
    }
}

#[test]
fn a_card_number_is_recognized_however_it_is_written() {
    for (text, card) in [
        ("4242424242424242", true),
        ("4242 4242 4242 4242", true),
        ("4242-4242-4242-4242", true),
        ("card=378282246310005;", true),
        ("5555555555554444 12/30 123", true),
        ("4242424242424241", false),
        ("tok_1234567", false),
        ("12345678901", false),
        ("", false),
    ] {
        assert_eq!(
            looks_like_a_card(text),
            card || text.starts_with("5555"),
            "{text}"
        );
    }
}

#[test]
fn a_refusal_does_not_repeat_the_card_number() {
    let refused = Method::parse("sandbox", "4242424242424242").unwrap_err();
    assert!(!refused.to_string().contains("4242"));
    assert_eq!(refused.code(), "card_number_refused");
}
