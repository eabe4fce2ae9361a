//! The RFCs' vectors, the window, and that a code is accepted once.

use kernel::{Duration, SeededRandom, Time};

use super::{DIGITS, TotpSecret, code, step_at};

const RFC_SECRET: &[u8] = b"12345678901234567890";

fn secret() -> TotpSecret {
    TotpSecret::from_bytes(RFC_SECRET).unwrap()
}

fn at(seconds: i64) -> Time {
    Time::from_unix_ms(seconds * 1_000)
}

// ID-15
#[test]
fn codes_are_those_of_rfc_6238() {
    let vectors = [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ];
    for (seconds, expected) in vectors {
        assert_eq!(code(RFC_SECRET, step_at(at(seconds)), 8), expected);
        assert_eq!(secret().code_at(step_at(at(seconds))), expected[2..]);
    }
}

#[test]
fn codes_are_those_of_rfc_4226() {
    let vectors = [
        "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
    ];
    for (counter, expected) in (0..).zip(vectors) {
        assert_eq!(code(RFC_SECRET, counter, DIGITS), expected);
    }
}

// ID-15
#[test]
fn a_code_is_right_in_its_step_and_one_beside_it() {
    let (secret, now) = (secret(), at(1_800_000_015));
    let step = step_at(now);
    for (distance, right) in [(-2_i64, false), (-1, true), (0, true), (1, true), (2, false)] {
        let code = secret.code_at(step.checked_add_signed(distance).unwrap());
        assert_eq!(secret.step_of(&code, now, None).is_some(), right, "{distance}");
    }
}

// ID-15
#[test]
fn a_code_is_accepted_once_and_none_before_it_again() {
    let (secret, now) = (secret(), at(1_800_000_015));
    let (before, present) = (secret.code_at(step_at(now) - 1), secret.code_at(step_at(now)));
    let used = secret.step_of(&present, now, None).unwrap();
    assert_eq!(secret.step_of(&present, now, Some(used)), None);
    assert_eq!(secret.step_of(&before, now, Some(used)), None);
    let later = now.plus(Duration::seconds(30));
    let next = secret.code_at(step_at(later));
    assert_eq!(secret.step_of(&next, later, Some(used)), Some(used + 1));
}

#[test]
fn what_is_no_code_is_not_right() {
    let (secret, now) = (secret(), at(59));
    let code = secret.code_at(step_at(now));
    for wrong in [
        "",
        "1",
        "28708",
        &format!("{code}0"),
        &format!(" {code}"),
        "٢٨٧٠٨٢",
    ] {
        assert_eq!(secret.step_of(wrong, now, None), None, "{wrong}");
    }
}

#[test]
fn the_uri_is_what_apps_read() {
    let uri = secret().uri("Tea & Co", "anna+tea@example.com");
    assert_eq!(
        uri,
        "otpauth://totp/Tea%20%26%20Co:anna%2Btea%40example.com\
         ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Tea%20%26%20Co&algorithm=SHA1&digits=6&period=30"
    );
}

#[test]
fn a_secret_is_random_and_never_printed() {
    let random = SeededRandom::new(1);
    let (one, other) = (TotpSecret::generate(&random), TotpSecret::generate(&random));
    assert_ne!(one, other);
    assert_eq!(format!("{one:?}"), "TotpSecret(…)");
    assert_eq!(TotpSecret::from_bytes(&[0; 19]), None);
}
