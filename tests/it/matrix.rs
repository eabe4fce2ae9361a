//! Every route × every kind of caller, compared with a table that people can read: `matrix.txt`.
//!
//! Each request carries a parameter that no route has. Who is let in is told so before anything
//! else happens; who is not never learns it. So a walk of all routes changes nothing.
//!
//! To accept a change of the table: `UPDATE_MATRIX=1 cargo test -p shop-tests matrix`, and read the
//! difference before it is committed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use manifest::{Auth, Http, Manifest, Route, Trigger};
use serde_json::{Value, json};

use crate::shop::{Answer, Ask, Person, TestShop, root, together};

/// Roles of every shop, and one of this shop's own.
const ROLES: [&str; 7] = [
    "owner",
    "admin",
    "support",
    "catalog",
    "fulfilment",
    "analyst",
    "pickers",
];
const TABLE: &str = "tests/it/matrix.txt";

/// One way to come to a route's door.
struct Visitor {
    name: String,
    headers: Vec<(&'static str, String)>,
}

impl Visitor {
    fn new(name: &str, headers: &[(&'static str, &str)]) -> Self {
        Self {
            name: name.to_owned(),
            headers: headers
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
        }
    }

    fn bearing(name: &str, credential: &str) -> Self {
        Self::new(name, &[("authorization", &format!("Bearer {credential}"))])
    }
}

/// Everybody who could come.
struct Crowd {
    /// A column each.
    alone: Vec<Visitor>,
    /// A column together, which names those who are let in.
    roles: Vec<Visitor>,
    keys: Vec<Visitor>,
    clients: Vec<Visitor>,
    delegates: Vec<Visitor>,
}

/// Every route of the shop but the default one.
fn doors(manifest: &Manifest) -> Vec<(String, Http, http::Method, String)> {
    let functions = manifest.functions.values();
    let doors = functions.filter_map(|function| {
        let Trigger::Http(http) = &function.trigger else {
            return None;
        };
        let Route::Path { method, path } = &http.route else {
            return None;
        };
        let parts = path.split('/');
        let parts: Vec<&str> = parts
            .map(|part| if part.starts_with('{') { "unknown" } else { part })
            .collect();
        Some((
            function.name.clone(),
            http.clone(),
            method.parse().unwrap(),
            parts.join("/"),
        ))
    });
    doors.collect()
}

/// The permissions that routes ask staff for.
fn scopes(manifest: &Manifest) -> BTreeSet<String> {
    doors(manifest)
        .into_iter()
        .filter_map(|(_, http, ..)| http.scope)
        .collect()
}

/// What routes ask of applications that act for somebody.
fn delegated(manifest: &Manifest) -> BTreeSet<String> {
    doors(manifest)
        .into_iter()
        .filter_map(|(_, http, ..)| http.delegated)
        .collect()
}

/// What became of a visitor: `in`, or the status with which they were turned away.
fn verdict(answer: &Answer) -> String {
    // The protocol's own endpoints answer in the protocol's own way: whoever hears that was let in.
    let ours = answer.at("/error/code").is_string();
    match (answer.status(), answer.at("/error/code").as_str()) {
        (status @ (401 | 403), Some(code)) if ours => match code {
            "second_factor_required" | "step_up_required" => format!("{status} {code}"),
            _ => status.to_string(),
        },
        _ => "in".to_owned(),
    }
}

async fn visit(shop: &TestShop, method: &http::Method, path: &str, visitor: &Visitor) -> String {
    let mut ask: Ask<'_> = shop.ask(method.clone(), format!("{path}?nonsense=1"));
    if *method != http::Method::GET {
        ask = ask.json(&json!({})).key("k-1");
    }
    for (name, value) in &visitor.headers {
        ask = ask.header(name, value);
    }
    let answer = ask.await;
    assert!(answer.status() < 500, "{}\n{answer}", visitor.name);
    verdict(&answer)
}

/// Names of those who are let in; `all`, or `-`.
async fn let_in(shop: &TestShop, method: &http::Method, path: &str, visitors: &[Visitor]) -> String {
    let verdicts = together(visitors.iter().map(|visitor| visit(shop, method, path, visitor))).await;
    let names: Vec<&str> = std::iter::zip(visitors, verdicts)
        .filter(|(_, verdict)| verdict == "in")
        .map(|(visitor, _)| visitor.name.as_str())
        .collect();
    match names.len() {
        0 => "-".to_owned(),
        count if count == visitors.len() => "all".to_owned(),
        _ => names.join(","),
    }
}

async fn crowd(shop: &TestShop) -> Crowd {
    Crowd {
        alone: alone(shop).await,
        roles: roles(shop).await,
        keys: keys(shop).await,
        clients: clients(shop).await,
        delegates: delegates(shop).await,
    }
}

async fn alone(shop: &TestShop) -> Vec<Visitor> {
    let cart = shop.cart().await;
    let customer = shop.customer("ada@example.com").await;
    let gone = ended(shop).await;
    let expired = expired(shop).await;
    let disabled = disabled(shop).await;
    let owner = shop.customer("owner-by-password@example.com").await;
    shop.give_roles(&owner, &["owner"]).await;
    let mut tampered = customer.access_token.clone();
    // The last character of a signature carries spare bits; the one before carries none.
    let at = tampered.len() - 2;
    let other = if &tampered[at..=at] == "A" { "B" } else { "A" };
    tampered.replace_range(at..=at, other);
    vec![
        Visitor::new("nobody", &[]),
        Visitor::new("forged cart", &[("x-cart-token", "forged")]),
        Visitor::bearing("forged bearer", "nonsense"),
        Visitor::bearing("tampered token", &tampered),
        Visitor::new("guest", &[("x-cart-token", &cart.token)]),
        Visitor::bearing("customer", &customer.access_token),
        Visitor::bearing("refresh token", &customer.refresh_token),
        Visitor::bearing("logged out", &gone.access_token),
        Visitor::bearing("session expired", &expired.access_token),
        Visitor::bearing("disabled", &disabled.access_token),
        Visitor::bearing("owner, one factor", &owner.access_token),
        Visitor::bearing("key expired", &over(shop, "good_until").await),
        Visitor::bearing("key revoked", &over(shop, "revoked_at").await),
        Visitor::bearing("publishable key", &publishable(shop).await),
    ]
}

/// Somebody who has logged out.
async fn ended(shop: &TestShop) -> Person {
    let person = shop.customer("grace@example.com").await;
    shop.post("/v1/sessions/logout")
        .json(&json!({ "refresh_token": person.refresh_token }))
        .await
        .expect(204);
    person
}

/// Somebody who has not been here for longer than a session lasts.
async fn expired(shop: &TestShop) -> Person {
    let person = shop.customer("hedy@example.com").await;
    let rows = shop.rows("authority").await;
    let row = rows
        .iter()
        .find(|row| row["session_id"] == person.session_id.as_str());
    let row = row.unwrap();
    let key = (row["pk"].as_str().unwrap(), row["sk"].as_str().unwrap());
    shop.set("authority", key, "created_at", "2025-01-31T12:00:00.000Z")
        .await;
    person
}

/// Somebody whose account staff has disabled.
async fn disabled(shop: &TestShop) -> Person {
    let person = shop.customer("joan@example.com").await;
    let user_id = shop.user_id(&person).await;
    shop.patch(format!("/v1/admin/users/{user_id}"))
        .staff()
        .patch_with(&json!({ "status": "disabled" }))
        .await
        .expect(200);
    person
}

/// A key that may do everything, and is over since January.
async fn over(shop: &TestShop, how: &str) -> String {
    let minted = mint(shop, &json!({ "name": how, "scopes": ["*"] })).await;
    let key_id = minted.text("/key/key_id");
    shop.set(
        "authority",
        (&format!("key#{key_id}"), "key"),
        how,
        "2026-01-31T12:00:00.000Z",
    )
    .await;
    minted.text("/text").to_owned()
}

async fn publishable(shop: &TestShop) -> String {
    let minted = mint(shop, &json!({ "name": "web shop", "kind": "publishable" })).await;
    minted.text("/text").to_owned()
}

async fn mint(shop: &TestShop, body: &Value) -> Answer {
    shop.post("/v1/admin/keys").staff().json(body).await.expect(201)
}

async fn roles(shop: &TestShop) -> Vec<Visitor> {
    shop.put("/v1/admin/roles/pickers")
        .staff()
        .json(&json!({ "permissions": ["inventory.write"] }))
        .await
        .expect(200);
    let mut visitors = Vec::new();
    for role in ROLES {
        let person = shop.staff_person(&format!("{role}@example.com"), &[role]).await;
        visitors.push(Visitor::bearing(role, &person.access_token));
    }
    visitors
}

async fn keys(shop: &TestShop) -> Vec<Visitor> {
    let mut visitors = vec![Visitor::bearing("*", shop.staff_key())];
    for scope in scopes(shop.manifest()) {
        let minted = mint(shop, &json!({ "name": scope, "scopes": [scope] })).await;
        visitors.push(Visitor::bearing(&scope, minted.text("/text")));
    }
    visitors
}

/// One application that may do everything in its own name, with a token for each thing.
async fn clients(shop: &TestShop) -> Vec<Visitor> {
    let scopes = scopes(shop.manifest());
    let robot = json!({ "name": "Robot", "confidential": true, "permissions": scopes });
    let robot = shop.client_of(&robot).await;
    let mut visitors = Vec::new();
    for scope in &scopes {
        let pairs = [("grant_type", "client_credentials"), ("scope", scope)];
        let token = shop.form_of(&robot, "/oauth/token", &pairs).await.expect(200);
        visitors.push(Visitor::bearing(scope, token.text("/access_token")));
    }
    visitors
}

/// An application that acts for a customer, with a token for each thing it may ask for.
async fn delegates(shop: &TestShop) -> Vec<Visitor> {
    let scopes = delegated(shop.manifest());
    let mut asked: Vec<&str> = scopes.iter().map(String::as_str).collect();
    asked.push("profile");
    let app = shop.client(&asked).await;
    shop.customer("katherine@example.com").await;
    let mut visitors = Vec::new();
    for scope in asked {
        let tokens = shop.grant(&app, "katherine@example.com", scope).await;
        visitors.push(Visitor::bearing(scope, tokens.text("/access_token")));
    }
    visitors
}

// ID-18 ID-20
#[tokio::test]
async fn every_route_lets_in_whom_the_table_names_and_nobody_else() {
    let shop = TestShop::open().await;
    let crowd = crowd(&shop).await;
    let mut table = String::from(
        "# Who is let in where. Written by tests/it/matrix.rs; read it before you accept a change.\n",
    );
    for (name, http, method, path) in doors(shop.manifest()) {
        let Route::Path { path: shown, .. } = &http.route else {
            continue;
        };
        writeln!(table, "\n{name}: {method} {shown}").unwrap();
        let alone = crowd.alone.iter();
        let verdicts = together(alone.map(|visitor| visit(&shop, &method, &path, visitor))).await;
        let mut by_verdict: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (visitor, verdict) in std::iter::zip(&crowd.alone, verdicts) {
            by_verdict.entry(verdict).or_default().push(&visitor.name);
        }
        for (verdict, names) in by_verdict {
            writeln!(table, "  {verdict}: {}", names.join(", ")).unwrap();
        }
        // Whoever is public's guest needs no credential: one of each kind is enough there.
        let few = !http.auth.contains(&Auth::Staff);
        let of = |visitors: &'_ [Visitor]| {
            if few {
                visitors.len().min(1)
            } else {
                visitors.len()
            }
        };
        for (column, visitors) in [
            ("roles", &crowd.roles),
            ("keys", &crowd.keys),
            ("clients", &crowd.clients),
        ] {
            let visitors = &visitors[..of(visitors)];
            writeln!(
                table,
                "  {column}: {}",
                let_in(&shop, &method, &path, visitors).await
            )
            .unwrap();
        }
        writeln!(
            table,
            "  delegates: {}",
            let_in(&shop, &method, &path, &crowd.delegates).await
        )
        .unwrap();
    }
    let path = root().join(TABLE);
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let differences: Vec<String> = difference(&committed, &table);
    assert!(
        differences.is_empty(),
        "{TABLE} says otherwise (committed `-`, found `+`):\n{}",
        differences.join("\n")
    );
}

/// Lines that are in only one of the two, each under its route.
fn difference(committed: &str, found: &str) -> Vec<String> {
    let lines = |text: &str| -> BTreeSet<String> {
        let mut route = String::new();
        let mut lines = BTreeSet::new();
        for line in text.lines() {
            if line.starts_with("  ") {
                lines.insert(format!("{route}{line}"));
            } else {
                line.clone_into(&mut route);
                lines.insert(route.clone());
            }
        }
        lines
    };
    let (committed, found) = (lines(committed), lines(found));
    let gone = committed.difference(&found).map(|line| format!("- {line}"));
    let new = found.difference(&committed).map(|line| format!("+ {line}"));
    gone.chain(new).collect()
}
