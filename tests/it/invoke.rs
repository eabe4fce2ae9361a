//! `cargo lambda invoke` against the running shop, as CONTRIBUTING.md shows it.

use std::{
    io::{Write, stderr},
    process::{Command, Output},
};

use serde_json::Value;

use crate::shop::{TestShop, root};

/// What it answers; none, and this is said, where cargo-lambda is not installed.
#[expect(
    clippy::explicit_write,
    reason = "the test runner keeps to itself what a test that passes prints"
)]
fn invoke(shop: &TestShop, function: &str, data: &[&str]) -> Option<Output> {
    let port = shop.url().rsplit(':').next().unwrap();
    let mut command = Command::new("cargo-lambda");
    command.args(["lambda", "invoke", "--invoke-address", "127.0.0.1"]);
    command.args(["--invoke-port", port, function]).args(data);
    if let Ok(output) = command.current_dir(root()).output() {
        return Some(output);
    }
    writeln!(
        stderr(),
        "skipped: cargo-lambda is not installed (`pip install cargo-lambda`)"
    )
    .unwrap();
    None
}

/// A sample in AWS's envelope, as `cargo xtask event` prints it.
fn event(function: &str, case: &str) -> String {
    let mut command = Command::new(root().join("target/debug/xtask"));
    let output = command
        .args(["event", function, case])
        .current_dir(root())
        .output()
        .expect("run `cargo build --package xtask` first");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn cargo_lambda_invokes_a_route_with_its_sample() {
    let shop = TestShop::open_with_sample(3).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("event.json");
    std::fs::write(&file, event("catalog-list-products", "all")).unwrap();

    let Some(output) = invoke(
        &shop,
        "catalog-list-products",
        &["--data-file", file.to_str().unwrap()],
    ) else {
        return;
    };

    assert!(output.status.success(), "{output:?}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["data"].as_array().map(Vec::len), Some(3), "{body}");
}

#[tokio::test]
async fn cargo_lambda_invokes_a_duty_of_the_clock() {
    let shop = TestShop::open().await;
    let before = shop.invocations("orders-expire").await.0;
    let Some(output) = invoke(&shop, "orders-expire", &["--data-ascii", "{}"]) else {
        return;
    };
    assert!(output.status.success(), "{output:?}");
    let (calls, failures) = shop.invocations("orders-expire").await;
    assert!(calls > before, "{calls} calls");
    assert_eq!(failures, 0);
}

#[tokio::test]
async fn cargo_lambda_is_told_that_a_function_is_none_of_the_shops() {
    let shop = TestShop::open().await;
    let Some(output) = invoke(&shop, "orders-explode", &["--data-ascii", "{}"]) else {
        return;
    };
    assert!(!output.status.success(), "{output:?}");
}
