//! What holds for every function, walked from the manifest and the contract.

use manifest::{Auth, Function, Http, Idempotency, Route, Trigger};
use serde_json::{Value, json};

use crate::shop::{Answer, Ask, Person, TestShop, root};

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

/// The request of somebody who is let in.
async fn allowed(ask: Ask<'_>, http: &Http, cart: &str, customer: &Person) -> Answer {
    let takes = |auth| http.auth.contains(&auth);
    if takes(Auth::Public) {
        ask.await
    } else if takes(Auth::Guest) {
        ask.guest(cart).await
    } else if takes(Auth::Customer) {
        ask.bearer(&customer.access_token).await
    } else {
        ask.staff().await
    }
}

// ID-19 ID-21
#[tokio::test]
async fn every_route_refuses_an_unknown_parameter_by_its_name() {
    let shop = TestShop::open().await;
    let cart = shop.cart().await;
    let customer = shop.customer("ada@example.com").await;
    for (function, http, method, path) in routes(&shop) {
        // Its body and query are signed bytes, not parameters; and OAuth ignores what it does not
        // know (RFC 6749 §3.1).
        if function.name == "payments-receive-webhook" || path.starts_with("/oauth/") {
            continue;
        }
        let ask = ask(&shop, &method, &format!("{path}?nonsense=1"));
        let answer = allowed(ask, &http, &cart.token, &customer).await;
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
    // OAuth's own refusals are in words of its own, or on a page.
    let in_other_words = answer.at("/error/code").is_null();
    answer.status() < 500 && (answer.status() != 400 || names_the_unknown || in_other_words)
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
        let customer = shop.somebody().await;
        let ask = shop.ask(method, path).json(example).key("k-1");
        let answer = allowed(ask, &http, &shop.cart().await.token, &customer).await;
        assert!(
            is_understood(&answer),
            "the example of {}\n{answer}",
            function.name
        );
        executed += 1;
    }
    assert!(executed > 0, "the contract has no example");
}

/// Answers that are kept for an `Idempotency-Key` and hold what opens something: sealed, as the
/// function's own test shows.
const KEPT_SEALED: [(&str, &str); 1] = [("carts-create", "cart_token")];

/// Whether a field of this name holds what opens something.
fn opens_something(name: &str) -> bool {
    let last = name.rsplit('_').next().unwrap_or_default();
    matches!(last, "token" | "secret" | "password" | "key" | "codes" | "text")
}

/// The names of all fields that a schema has, at any depth.
fn fields(schema: &Value, schemas: &Value, seen: &mut Vec<String>, found: &mut Vec<String>) {
    match schema {
        Value::Object(parts) => {
            if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next())
                && !seen.iter().any(|one| one == name)
            {
                seen.push(name.to_owned());
                fields(&schemas[name], schemas, seen, found);
            }
            let own = schema["properties"].as_object().into_iter().flatten();
            found.extend(own.map(|(name, _)| name.clone()));
            parts.values().for_each(|part| fields(part, schemas, seen, found));
        }
        Value::Array(parts) => parts.iter().for_each(|part| fields(part, schemas, seen, found)),
        _ => {}
    }
}

// ID-14: what opens something is kept as a hash, or sealed; an answer that is kept is no exception.
#[test]
fn no_answer_that_is_kept_holds_what_opens_something_in_clear() {
    let text = std::fs::read_to_string(root().join("openapi.json")).unwrap();
    let contract: Value = serde_json::from_str(&text).unwrap();
    let (mut walked, mut found) = (0, Vec::new());
    for function in crate::shop::manifest().functions.values() {
        let Trigger::Http(http) = &function.trigger else {
            continue;
        };
        let Route::Path { method, path } = &http.route else {
            continue;
        };
        if http.idempotency == Idempotency::None || method == "GET" {
            continue;
        }
        let operation = &contract["paths"][path.as_str()][method.to_lowercase()];
        walked += 1;
        for (status, answer) in operation["responses"].as_object().unwrap() {
            if status.starts_with('2') {
                let mut names = Vec::new();
                let schemas = &contract["components"]["schemas"];
                fields(&answer["content"], schemas, &mut Vec::new(), &mut names);
                names.retain(|name| opens_something(name));
                found.extend(names.into_iter().map(|name| (function.name.clone(), name)));
            }
        }
    }
    assert!(walked > 20, "the walk ended early: {walked}");
    let sealed = KEPT_SEALED.map(|(function, name)| (function.to_owned(), name.to_owned()));
    assert_eq!(
        found, sealed,
        "wrap the answer in `http::Sealed`, or keep it not at all"
    );
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

#[test]
fn the_security_page_names_a_test_for_every_requirement_and_each_is_there() {
    let page = std::fs::read_to_string(root().join("docs/security.md")).unwrap();
    let (mut requirement, mut named) = (String::new(), std::collections::BTreeMap::new());
    for line in page.lines() {
        if let Some(rest) = line.strip_prefix("- **ID-") {
            rest.split("**").next().unwrap().clone_into(&mut requirement);
        }
        let Some((path, tests)) = line.strip_prefix("  - `").and_then(|rest| rest.split_once("`: ")) else {
            continue;
        };
        let source = std::fs::read_to_string(root().join(path))
            .unwrap_or_else(|error| panic!("docs/security.md names {path}: {error}"));
        for test in tests.split(", ") {
            let test = test.trim_matches('`');
            assert!(
                source.contains(&format!("fn {test}(")),
                "docs/security.md: there is no `{test}` in {path}"
            );
            *named.entry(requirement.clone()).or_insert(0) += 1;
        }
    }
    for number in 1..=25 {
        assert!(
            named.contains_key(&number.to_string()),
            "docs/security.md names no test of ID-{number}"
        );
    }
}
