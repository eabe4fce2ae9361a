//! A whole purchase over HTTP, and what every function that took part in it cost.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use manifest::{Manifest, Trigger};
use serde_json::{Value, json};

use super::{
    http,
    process::Costs,
    stack::Stack,
    work::{delivery, text},
};

/// What a function did for the purchase.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Share {
    pub(super) invocations: u64,
    pub(super) costs: Costs,
}

/// Buys once and lists the functions by name.
pub(super) fn run(stack: &Stack, manifest: &Manifest) -> Result<BTreeMap<String, Share>> {
    // The second purchase is the measured one: the first of a shop starts its counters.
    buy(stack)?;
    let before = lines(stack)?;
    let last = before
        .last()
        .and_then(|line| line["at"].as_str())
        .unwrap_or_default();
    buy(stack)?;
    let mut shares: BTreeMap<String, Share> = BTreeMap::new();
    for line in lines(stack)? {
        let function = line["function"].as_str().unwrap_or_default();
        let is_timer = manifest
            .functions
            .get(function)
            .is_none_or(|function| matches!(function.trigger, Trigger::Schedule(_)));
        let is_later = line["at"].as_str().is_some_and(|at| at > last);
        let costs = Costs::of_line(line["text"].as_str().unwrap_or_default());
        if let (Some(costs), true, false) = (costs, is_later, is_timer) {
            let share = shares.entry(function.to_owned()).or_default();
            share.invocations += 1;
            share.costs = share.costs.plus(costs);
        }
    }
    Ok(shares)
}

/// Six calls, then all that follows from them.
fn buy(stack: &Stack) -> Result<()> {
    let call = |route: &str, headers: &[(&str, &str)], body: Option<&Value>| {
        let reply = http::send(stack.url(), route, headers, body)?;
        reply.accepted().with_context(|| format!("`{route}`"))
    };
    let json = ("content-type", "application/json");
    let made = call("POST /v1/carts", &[json], Some(&json!({ "region_id": "eu" })))?;
    let (cart, token) = (text(&made, "cart_id")?, text(&made, "cart_token")?);
    let token = ("x-cart-token", token.as_str());
    let line = json!({ "sku": "sencha-uji-100", "quantity": 2 });
    call(
        &format!("POST /v1/carts/{cart}/lines"),
        &[json, token],
        Some(&line),
    )?;
    call(
        &format!("PATCH /v1/carts/{cart}"),
        &[json, token],
        Some(&delivery()),
    )?;
    let ready = call(&format!("GET /v1/carts/{cart}"), &[token], None)?;
    let order = json!({
        "quote_id": text(&ready, "quote_id")?,
        "payment_method": { "provider": "sandbox", "token": "tok_approve" },
    });
    let key = ("idempotency-key", cart.as_str());
    let placed = call("POST /v1/orders", &[json, token, key], Some(&order))?;
    stack.quiet()?;
    let route = format!("GET /v1/orders/{}", text(&placed, "order_id")?);
    let settled = call(&route, &[token], None)?;
    ensure!(
        settled["status"] == "confirmed",
        "the order is {} at rest, not confirmed",
        settled["status"]
    );
    Ok(())
}

fn lines(stack: &Stack) -> Result<Vec<Value>> {
    let lines = http::send(stack.url(), "GET /_cartwright/logs", &[], None)?.accepted()?;
    lines.as_array().cloned().context("the stack's log is no list")
}
