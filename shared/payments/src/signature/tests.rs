//! Only the provider can sign, and only for now.

use super::*;

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
const NOW: Time = Time::from_unix_ms(1_700_000_000_000);

fn check(secret: &[u8], id: &str, timestamp_s: i64, body: &[u8]) -> bool {
    let signature = sign(SECRET, "evt_1", 1_700_000_000, b"{}");
    let timestamp = timestamp_s.to_string();
    verify(
        secret,
        Stamp {
            id,
            timestamp: &timestamp,
            signature: &signature,
        },
        body,
        NOW,
    )
    .is_ok()
}

#[test]
fn a_signature_fits_its_secret_id_time_and_body_and_no_other() {
    assert!(check(SECRET, "evt_1", 1_700_000_000, b"{}"));
    assert!(!check(b"another", "evt_1", 1_700_000_000, b"{}"));
    assert!(!check(SECRET, "evt_2", 1_700_000_000, b"{}"));
    assert!(!check(SECRET, "evt_1", 1_700_000_001, b"{}"));
    assert!(!check(SECRET, "evt_1", 1_700_000_000, b"{ }"));
}

#[test]
fn the_known_vector_of_the_standard_verifies() {
    let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let signature = sign(
        &secret,
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        b"{\"test\": 2432232314}",
    );
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn an_old_or_early_webhook_is_refused() {
    for (offset_s, fits) in [(-301, false), (-300, true), (300, true), (301, false)] {
        let timestamp_s = 1_700_000_000 + offset_s;
        let signature = sign(SECRET, "evt_1", timestamp_s, b"{}");
        let timestamp = timestamp_s.to_string();
        let stamp = Stamp {
            id: "evt_1",
            timestamp: &timestamp,
            signature: &signature,
        };
        assert_eq!(verify(SECRET, stamp, b"{}", NOW).is_ok(), fits, "{offset_s}");
    }
}

#[test]
fn one_of_several_signatures_is_enough_and_nonsense_is_refused() {
    let good = sign(SECRET, "evt_1", 1_700_000_000, b"{}");
    for (timestamp, signature, fits) in [
        ("1700000000", format!("v1,AAAA v2,xx {good}"), true),
        ("1700000000", "v1,AAAA".to_owned(), false),
        ("1700000000", String::new(), false),
        ("now", good.clone(), false),
        ("9223372036854775807", good, false),
    ] {
        let stamp = Stamp {
            id: "evt_1",
            timestamp,
            signature: &signature,
        };
        assert_eq!(
            verify(SECRET, stamp, b"{}", NOW).is_ok(),
            fits,
            "{timestamp} {signature}"
        );
    }
}
