//! What holds for every function, walked from the manifest and the contract.

use manifest::{Auth, Function, Http, Route, Trigger};
use serde_json::{Value, json};

use crate::shop::{Answer, Ask, TestShop, root};

/// Every HTTP function but the default route.
fn routes(shop: &TestShop) -> Vec<(Function, Http, http::Method, String)> {
    let functions = shop.manifest().functions.values().cloned();
    let routes = functions.filter_map(|function| {
        let Trigger::Http(http) = function.trigger.clone() else {
            return None;
        };
        let Route::Path { method, path } = http.route.clone() else {
            return None;
        };
        // An id of the right shape for nothing that exists.
        let path = path
            .split('/')
            .map(|part| if part.starts_with('{') { "unknown" } else { part })
            .collect::<Vec<_>>();
        Some((function, http, method.parse().unwrap(), path.join("/")))
    });
    routes.collect()
}

fn ask<'a>(shop: &'a TestShop, method: &http::Method, path: &str) -> Ask<'a> {
    let ask = shop.ask(method.clone(), path.to_owned());
    if *method == http::Method::GET {
        ask
    } else {
        ask.json(&json!({})).key("k-1")
    }
}

#[tokio::test]
async fn every_route_that_is_not_public_refuses_every_stranger() {
    let shop = TestShop::open().await;
    let cart = shop.cart().await;
    let useless = shop.key_with(&["nothing.at_all"]).await;
    for (function, http, method, path) in routes(&shop) {
        if http.auth.contains(&Auth::Public) {
            continue;
        }
        let name = &function.name;
        let refused = |answer: Answer, status: u16| assert_eq!(answer.status(), status, "{name}\n{answer}");
        refused(ask(&shop, &method, &path).await, 401);
        refused(
            ask(&shop, &method, &path)
                .bearer("cw_sk_0123456789abcdef_nobody")
                .await,
            401,
        );
        refused(ask(&shop, &method, &path).guest("forged").await, 401);
        if http.auth.contains(&Auth::Staff) {
            refused(ask(&shop, &method, &path).bearer(&useless).await, 403);
        } else {
            refused(ask(&shop, &method, &path).staff().await, 401);
        }
        if !http.auth.contains(&Auth::Guest) {
            refused(ask(&shop, &method, &path).guest(&cart.token).await, 401);
        }
    }
}

#[tokio::test]
async fn every_route_refuses_an_unknown_parameter_by_its_name() {
    let shop = TestShop::open().await;
    let cart = shop.cart().await;
    for (function, http, method, path) in routes(&shop) {
        // Its body and query are signed bytes, not parameters.
        if function.name == "payments-receive-webhook" {
            continue;
        }
        let ask = ask(&shop, &method, &format!("{path}?nonsense=1"));
        let answer = match http.auth[..] {
            [Auth::Staff] => ask.staff().await,
            [Auth::Public] => ask.await,
            _ => ask.guest(&cart.token).await,
        };
        assert_eq!(answer.status(), 400, "{}\n{answer}", function.name);
        answer.refuses(400, "invalid_request").names("nonsense");
    }
}

/// A sample may name what does not exist in an empty shop; it must not be malformed.
fn is_understood(answer: &Answer) -> bool {
    let details = answer
        .at("/error/details")
        .as_array()
        .cloned()
        .unwrap_or_default();
    let names_the_unknown = !details.is_empty()
        && details.iter().all(|detail| {
            let code = detail["code"].as_str().unwrap_or_default();
            code.starts_with("unknown_") && code != "unknown_field"
        });
    answer.status() < 500 && (answer.status() != 400 || names_the_unknown)
}

#[tokio::test]
async fn every_http_function_understands_its_samples() {
    let shop = TestShop::open().await;
    shop.region().await;
    for (function, ..) in routes(&shop) {
        for case in cases(&function.name) {
            let answer = shop.send_sample(&function.name, &case).await;
            assert!(
                is_understood(&answer),
                "events/{}/{case}.json\n{answer}",
                function.name
            );
        }
    }
}

#[tokio::test]
async fn every_listener_understands_its_samples() {
    for function in crate::shop::manifest().functions.into_values() {
        let Trigger::Queue(trigger) = &function.trigger else {
            continue;
        };
        // Samples speak of the same order: each listener hears only its own.
        let shop = TestShop::open().await;
        for case in cases(&function.name) {
            shop.tell_sample(&function.name, &case).await;
        }
        for parked in shop.parked(&trigger.queue).await {
            let reason = parked["reason"].as_str().unwrap_or_default();
            let is_of_nothing = ["there is no such", "no stock was ever set aside"];
            assert!(
                is_of_nothing.iter().any(|words| reason.contains(words)),
                "events/{}: {parked:#}",
                function.name
            );
        }
    }
}

/// Names of a function's samples.
fn cases(function: &str) -> Vec<String> {
    let folder = root().join("events").join(function);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let mut cases: Vec<String> = names
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "`{function}` has no sample");
    cases
}

#[tokio::test]
async fn every_example_of_the_contract_is_understood() {
    let shop = TestShop::open().await;
    shop.region().await;
    let contract = shop.get("/v1/openapi.json").await.expect(200).body().clone();
    let mut executed = 0;
    for (function, http, method, path) in routes(&shop) {
        let Route::Path { path: template, .. } = &http.route else {
            continue;
        };
        let operation = &contract["paths"][template.as_str()][method.as_str().to_lowercase()];
        let example = &operation["requestBody"]["content"]["application/json"]["example"];
        if example.is_null() {
            continue;
        }
        let ask = shop.ask(method, path).json(example).key("k-1");
        let answer = match http.auth[..] {
            [Auth::Staff] => ask.staff().await,
            [Auth::Public] => ask.await,
            _ => ask.guest(&shop.cart().await.token).await,
        };
        assert!(
            is_understood(&answer),
            "the example of {}\n{answer}",
            function.name
        );
        executed += 1;
    }
    assert!(executed > 0, "the contract has no example");
}

#[test]
fn every_fact_keeps_a_sample_of_its_first_version() {
    for queue in crate::shop::manifest().queues.values() {
        for fact in &queue.from {
            let path = root().join(format!("events/facts/{fact}.v1.json"));
            let text =
                std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let sample: Value =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(sample.is_object(), "{}", path.display());
        }
    }
}
