//! Secrets Manager as a function that answers from a script.

use std::sync::{Arc, Mutex, PoisonError};

use kernel::Time;

use super::*;
use crate::cloud::SystemRandom;
use crate::wire::{Exchange, NoAnswer, Wire, WireAnswer, WireRequest};

const ARN: &str = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:cartwright-dev-signing-AbCdEf";

/// Gives one answer after the other and keeps what it was asked.
struct Script {
    answers: Mutex<Vec<Result<WireAnswer, NoAnswer>>>,
    asked: Mutex<Vec<WireRequest>>,
}

impl Wire for Script {
    fn exchange(&self, request: WireRequest) -> Exchange<'_> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request);
        let answer = self
            .answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(0);
        Box::pin(async move { answer })
    }
}

struct Noon;

impl kernel::Clock for Noon {
    fn now(&self) -> Time {
        Time::from_unix_ms(1_785_672_000_000)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a script's line is an answer or none")]
fn answer(status: u16, body: &str) -> Result<WireAnswer, NoAnswer> {
    Ok(WireAnswer {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    })
}

fn cloud(settings: &[(&str, &str)], answers: Vec<Result<WireAnswer, NoAnswer>>) -> (Cloud, Arc<Script>) {
    let script = Arc::new(Script {
        answers: Mutex::new(answers),
        asked: Mutex::default(),
    });
    let always = [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let settings = always.iter().chain(settings);
    let settings = settings
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let cloud = Cloud::simulated(
        settings,
        Arc::new(Noon),
        Arc::new(SystemRandom::new()),
        script.clone(),
    );
    (cloud, script)
}

fn asked(script: &Script) -> Vec<WireRequest> {
    script
        .asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

#[tokio::test]
async fn a_function_without_secrets_asks_nobody() {
    let (cloud, script) = cloud(&[("TABLE_ORDERS", "orders")], Vec::new());
    let cloud = cloud.with_secrets().await.expect("nothing to load");
    assert!(asked(&script).is_empty());
    assert_eq!(cloud.setting("SECRET_SIGNING"), None);
}

#[tokio::test]
async fn a_secret_is_read_from_its_place_with_a_signed_call() {
    let (cloud, script) = cloud(
        &[("SECRET_SIGNING_ARN", ARN)],
        vec![answer(200, r#"{"ARN":"x","SecretString":"00ff"}"#)],
    );
    let cloud = cloud.with_secrets().await.expect("the secret");
    assert_eq!(cloud.secret("signing").bytes(), [0x00, 0xff]);
    cloud.check().expect("nothing is missing");

    let asked = asked(&script);
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].uri, "https://secretsmanager.eu-central-1.amazonaws.com/");
    assert_eq!(
        asked[0].header("x-amz-target"),
        Some("secretsmanager.GetSecretValue")
    );
    let authorization = asked[0].header("authorization").unwrap_or_default();
    assert!(
        authorization.starts_with(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260802/eu-central-1/secretsmanager/aws4_request"
        ),
        "{authorization}"
    );
    let body: serde_json::Value = serde_json::from_slice(&asked[0].body).expect("JSON");
    assert_eq!(body["SecretId"], ARN);
}

#[tokio::test]
async fn a_value_in_the_environment_needs_no_call() {
    let (cloud, script) = cloud(
        &[("SECRET_SIGNING_ARN", ARN), ("SECRET_SIGNING", "aa")],
        Vec::new(),
    );
    let cloud = cloud.with_secrets().await.expect("nothing to load");
    assert!(asked(&script).is_empty());
    assert_eq!(cloud.secret("signing").bytes(), [0xaa]);
}

#[tokio::test(start_paused = true)]
async fn silence_and_throttling_are_met_with_patience() {
    let throttled = r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#;
    let (cloud, script) = cloud(
        &[("SECRET_SIGNING_ARN", ARN)],
        vec![
            Err(NoAnswer),
            answer(400, throttled),
            answer(500, "{}"),
            answer(200, r#"{"SecretString":"aa"}"#),
        ],
    );
    let cloud = cloud.with_secrets().await.expect("the fourth answer");
    assert_eq!(asked(&script).len(), 4);
    assert_eq!(cloud.secret("signing").bytes(), [0xaa]);
}

#[tokio::test]
async fn a_missing_right_is_one_sentence_that_names_the_secret() {
    let denied = r#"{"__type":"AccessDeniedException","Message":"User is not authorized"}"#;
    let (cloud, script) = cloud(&[("SECRET_SIGNING_ARN", ARN)], vec![answer(400, denied)]);
    let error = cloud.with_secrets().await.expect_err("no right").to_string();
    assert_eq!(asked(&script).len(), 1, "asking again cannot help");
    for part in ["SECRET_SIGNING_ARN", "AccessDeniedException", ARN, "`secrets`"] {
        assert!(error.contains(part), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_without_a_text_is_refused_and_endless_silence_is_told() {
    let (empty, _) = cloud(&[("SECRET_SIGNING_ARN", ARN)], vec![answer(200, "{}")]);
    let error = empty.with_secrets().await.expect_err("no text").to_string();
    assert!(error.contains("it has no text"), "{error}");

    let silence = (0..ATTEMPTS).map(|_| Err(NoAnswer)).collect();
    let (silent, script) = cloud(&[("SECRET_SIGNING_ARN", ARN)], silence);
    let error = silent.with_secrets().await.expect_err("silence").to_string();
    assert_eq!(asked(&script).len(), ATTEMPTS as usize);
    assert!(error.contains("SECRET_SIGNING_ARN"), "{error}");
}
