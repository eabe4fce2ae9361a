//! An honest authenticator passes, and every lie is found.

use authenticator::{Authenticator, FLAGS, Lie};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;

const ORIGIN: &str = "https://shop.example.com";
const CHALLENGE: &[u8; 32] = &[7; 32];

fn party() -> RelyingParty {
    RelyingParty {
        id: "example.com".into(),
        name: "Shop".into(),
        origins: vec![ORIGIN.into()],
    }
}

fn creation() -> Value {
    json!({ "challenge": encode(CHALLENGE), "rp": { "id": "example.com" }, "user": { "id": encode(b"usr_1") } })
}

fn request() -> Value {
    json!({ "challenge": encode(CHALLENGE), "rpId": "example.com" })
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

fn client_data(answer: &Value) -> ClientData {
    let bytes = decode(&answer["response"]["clientDataJSON"]);
    let read: Value = serde_json::from_slice(&bytes).unwrap();
    ClientData {
        kind: read["type"].as_str().unwrap().into(),
        challenge: decode(&read["challenge"]),
        origin: read["origin"].as_str().unwrap().into(),
        cross_origin: read["crossOrigin"].as_bool().unwrap(),
        bytes,
    }
}

fn lie(change: impl FnOnce(&mut Lie)) -> Lie {
    let mut lie = Lie::default();
    change(&mut lie);
    lie
}

/// Registers with this authenticator, which tells this lie.
fn registered(authenticator: &mut Authenticator, lie: &Lie) -> Result<Credential, PasskeyError> {
    let answer = authenticator.create_lying(&creation(), ORIGIN, lie);
    let attestation = decode(&answer["response"]["attestationObject"]);
    register(&client_data(&answer), &attestation, expected(&party()))
}

fn expected(party: &RelyingParty) -> Expected<'_> {
    Expected {
        party,
        challenge: CHALLENGE,
        user_verification: true,
    }
}

fn assertion(authenticator: &mut Authenticator, lie: &Lie) -> Assertion {
    let answer = authenticator.get_lying(&request(), ORIGIN, lie);
    Assertion {
        client_data: client_data(&answer),
        authenticator_data: decode(&answer["response"]["authenticatorData"]),
        signature: decode(&answer["response"]["signature"]),
    }
}

/// Registers honestly, then signs with this lie.
fn asserted(lie: &Lie) -> Result<Asserted, PasskeyError> {
    let mut authenticator = Authenticator::new();
    let credential = registered(&mut authenticator, &Lie::default()).unwrap();
    assertion(&mut authenticator, lie).verify(&credential, expected(&party()))
}

// ID-16
#[test]
fn a_credential_is_registered_and_signs() {
    for algorithm in [-7, -8] {
        let mut authenticator = Authenticator::new().with_keys_of(algorithm);
        let credential = registered(&mut authenticator, &Lie::default()).unwrap();
        assert!(credential.user_verified && !credential.backup_eligible);
        let right = assertion(&mut authenticator, &Lie::default());
        let told = right.verify(&credential, expected(&party())).unwrap();
        assert_eq!((told.sign_count, told.user_verified), (1, true), "{algorithm}");
    }
}

// ID-16
#[test]
fn every_lie_about_a_new_credential_is_found() {
    let lies: Vec<(Lie, PasskeyError)> = vec![
        (lie(|lie| lie.kind = Some("webauthn.get")), PasskeyError::Kind),
        (
            lie(|lie| lie.challenge = Some(vec![8; 32])),
            PasskeyError::Challenge,
        ),
        (lie(|lie| lie.challenge = Some(vec![])), PasskeyError::Challenge),
        (
            lie(|lie| lie.origin = Some("https://shop.example.com.evil.test")),
            PasskeyError::Origin,
        ),
        (
            lie(|lie| lie.origin = Some("http://shop.example.com")),
            PasskeyError::Origin,
        ),
        (
            lie(|lie| lie.origin = Some("http://localhost:8787")),
            PasskeyError::Origin,
        ),
        (lie(|lie| lie.cross_origin = true), PasskeyError::Origin),
        (lie(|lie| lie.rp_id = Some("evil.test")), PasskeyError::RpId),
        (lie(|lie| lie.flags = FLAGS[0]), PasskeyError::UserAbsent),
        (lie(|lie| lie.flags = FLAGS[1]), PasskeyError::UserNotVerified),
        (lie(|lie| lie.flags = FLAGS[3]), PasskeyError::BackupFlags),
        (
            lie(|lie| lie.flags = FLAGS[4]),
            PasskeyError::Malformed("the authenticator data"),
        ),
        (
            lie(|lie| lie.flags = FLAGS[5]),
            PasskeyError::Malformed("the authenticator data"),
        ),
        (
            lie(|lie| lie.flags = 1 << 1),
            PasskeyError::Malformed("the authenticator data"),
        ),
        (
            lie(|lie| lie.trailing = vec![0]),
            PasskeyError::Malformed("the authenticator data"),
        ),
        (
            lie(|lie| lie.credential_id = Some(vec![1; 15])),
            PasskeyError::Malformed("the attested credential"),
        ),
        (
            lie(|lie| lie.credential_id = Some(vec![1; 1_024])),
            PasskeyError::Malformed("the attested credential"),
        ),
        (lie(|lie| lie.algorithm = Some(-36)), PasskeyError::Algorithm),
        (
            lie(|lie| lie.format = Some("fido-u2f")),
            PasskeyError::Attestation,
        ),
        (
            lie(|lie| {
                lie.format = Some("packed");
                lie.bad_signature = true;
            }),
            PasskeyError::Attestation,
        ),
    ];
    for (lie, error) in lies {
        assert_eq!(registered(&mut Authenticator::new(), &lie), Err(error), "{lie:?}");
    }
}

// ID-16
#[test]
fn every_lie_about_a_signature_is_found() {
    let lies: Vec<(Lie, PasskeyError)> = vec![
        (lie(|lie| lie.kind = Some("webauthn.create")), PasskeyError::Kind),
        (
            lie(|lie| lie.challenge = Some(vec![8; 32])),
            PasskeyError::Challenge,
        ),
        (
            lie(|lie| lie.origin = Some("https://evil.test")),
            PasskeyError::Origin,
        ),
        (lie(|lie| lie.cross_origin = true), PasskeyError::Origin),
        (lie(|lie| lie.rp_id = Some("evil.test")), PasskeyError::RpId),
        (lie(|lie| lie.flags = FLAGS[0]), PasskeyError::UserAbsent),
        (lie(|lie| lie.flags = FLAGS[1]), PasskeyError::UserNotVerified),
        (lie(|lie| lie.flags = FLAGS[2]), PasskeyError::BackupFlags),
        (lie(|lie| lie.flags = FLAGS[3]), PasskeyError::BackupFlags),
        (
            lie(|lie| lie.flags = FLAGS[4]),
            PasskeyError::Malformed("the attested credential"),
        ),
        (
            lie(|lie| lie.flags = FLAGS[5]),
            PasskeyError::Malformed("the authenticator data"),
        ),
        (
            lie(|lie| lie.trailing = vec![0]),
            PasskeyError::Malformed("the authenticator data"),
        ),
        (lie(|lie| lie.bad_signature = true), PasskeyError::Signature),
    ];
    for (lie, error) in lies {
        assert_eq!(asserted(&lie), Err(error), "{lie:?}");
    }
}

// ID-16
#[test]
fn a_counter_only_goes_forward() {
    let mut authenticator = Authenticator::new();
    let mut credential = registered(&mut authenticator, &Lie::default()).unwrap();
    credential.sign_count = 7;
    for (counter, right) in [(0, false), (6, false), (7, false), (8, true), (u32::MAX, true)] {
        let lie = lie(|lie| lie.counter = Some(counter));
        let told = assertion(&mut authenticator, &lie).verify(&credential, expected(&party()));
        match told {
            Ok(told) => assert!(right && told.sign_count == counter, "{counter}"),
            Err(error) => assert!(!right && error == PasskeyError::Counter, "{counter} {error}"),
        }
    }
}

#[test]
fn a_credential_that_does_not_count_is_right_again_and_again() {
    let mut authenticator = Authenticator::synced();
    let credential = registered(&mut authenticator, &Lie::default()).unwrap();
    assert!(credential.backup_eligible && credential.backed_up);
    for _ in 0..2 {
        let told = assertion(&mut authenticator, &Lie::default()).verify(&credential, expected(&party()));
        assert_eq!(told.map(|told| told.sign_count), Ok(0));
    }
}

#[test]
fn another_credentials_signature_is_not_right() {
    let (mut one, mut other) = (Authenticator::new(), Authenticator::new());
    let credential = registered(&mut one, &Lie::default()).unwrap();
    registered(&mut other, &Lie::default()).unwrap();
    let told = assertion(&mut other, &Lie::default()).verify(&credential, expected(&party()));
    assert_eq!(told, Err(PasskeyError::Signature));
}

#[test]
fn a_second_factor_need_not_verify_its_user() {
    let mut authenticator = Authenticator::security_key();
    let party = party();
    let relaxed = Expected {
        user_verification: false,
        ..expected(&party)
    };
    let answer = authenticator.create(&creation(), ORIGIN);
    let attestation = decode(&answer["response"]["attestationObject"]);
    let credential = register(&client_data(&answer), &attestation, relaxed).unwrap();
    assert!(!credential.user_verified);
    let signed = assertion(&mut authenticator, &Lie::default());
    assert_eq!(
        signed.verify(&credential, expected(&party)),
        Err(PasskeyError::UserNotVerified)
    );
    assert!(signed.verify(&credential, relaxed).is_ok());
}

#[test]
fn a_self_signed_attestation_is_verified() {
    let lie = lie(|lie| lie.format = Some("packed"));
    assert!(registered(&mut Authenticator::new(), &lie).is_ok());
}

#[test]
fn an_attestation_object_cut_anywhere_is_malformed() {
    let answer = Authenticator::new().create(&creation(), ORIGIN);
    let attestation = decode(&answer["response"]["attestationObject"]);
    for length in 0..attestation.len() {
        let refused = register(&client_data(&answer), &attestation[..length], expected(&party()));
        assert_eq!(
            refused,
            Err(PasskeyError::Malformed("the attestation")),
            "{length}"
        );
    }
}

#[test]
fn on_localhost_any_port_is_a_page_under_development() {
    let local = RelyingParty {
        id: "localhost".into(),
        name: "Shop".into(),
        origins: vec!["http://127.0.0.1:8787".into()],
    };
    for (origin, right) in [
        ("http://localhost", true),
        ("http://localhost:3000", true),
        ("http://localhost:99999", false),
        ("http://localhost.evil.test", false),
        ("http://localhost:3000.evil.test", false),
        ("https://localhost:3000", false),
        ("http://localhost:", false),
    ] {
        assert_eq!(local.serves(origin), right, "{origin}");
    }
    assert!(!party().serves("http://localhost:3000"));
}
