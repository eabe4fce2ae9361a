//! What was announced once is understood for ever.

use authority::facts::{SessionStarted, UserCreated, UserEmailChanged, UserErased};
use authority::mail::MailRequested;
use platform::stream::Fact;
use serde_json::Value;

/// Reads the kept sample of a version, and expects nothing to be lost on the way back.
fn decodes<F: Fact>(sample: &str) {
    let sample: Value = serde_json::from_str(sample).unwrap();
    let fact: F = serde_json::from_value(sample.clone()).unwrap();
    assert_eq!(serde_json::to_value(&fact).unwrap(), sample, "{}", F::NAME);
}

#[test]
fn every_version_ever_announced_still_decodes() {
    decodes::<SessionStarted>(include_str!("../../../../events/facts/SessionStarted.v1.json"));
    decodes::<UserCreated>(include_str!("../../../../events/facts/UserCreated.v1.json"));
    decodes::<UserEmailChanged>(include_str!("../../../../events/facts/UserEmailChanged.v1.json"));
    decodes::<UserErased>(include_str!("../../../../events/facts/UserErased.v1.json"));
    decodes::<MailRequested>(include_str!("../../../../events/facts/MailRequested.v1.json"));
}
