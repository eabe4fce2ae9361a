//! A simulated shop in shop words: a buyer who does not give up, staff, and the end of a history.

use std::collections::BTreeMap;
use std::sync::Arc;

use audit::{Finding, Moment, audit};
use authority::{Actor, KeyKind, Keys, NewKey, Scope};
use kernel::Duration;
use serde_json::{Value, json};
use testing::{Disorder, Driver, Ended, Plan, World};

use crate::functions;

/// How often a client repeats a call that was not answered.
const CLIENT_TRIES_MAX: usize = 8;
/// Longer than any function lives: after this a dead call's claim can be taken over.
const CLIENT_PATIENCE: Duration = Duration::seconds(16);

pub(crate) struct Shop {
    pub(crate) driver: Driver,
    staff_key: String,
    /// How many turns a buyer hesitates who acts while deliveries go on.
    pub(crate) hesitation: std::cell::Cell<u64>,
}

pub(crate) struct Cart {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) quote_id: String,
}

/// An answer as a client sees it.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u64,
    pub(crate) body: Value,
}

impl Shop {
    /// A shop with one product, `tea`, of which there are `pieces`.
    pub(crate) async fn open(pieces: i64, disorder: Disorder) -> Self {
        let world = Arc::new(World::new().unwrap());
        let keys = Keys::new(&testing::cloud(&world, "authority-create-key"));
        let new = NewKey {
            kind: KeyKind::Secret,
            name: "staff".into(),
            scopes: vec![Scope::everything()],
            expires_at: None,
        };
        let staff_key = keys
            .mint(new, &Actor::system())
            .await
            .unwrap()
            .credential
            .reveal();
        let shop = Self {
            driver: Driver::new(world, functions::all(), disorder),
            staff_key,
            hesitation: std::cell::Cell::default(),
        };
        shop.stock(pieces).await;
        shop
    }

    pub(crate) fn world(&self) -> &Arc<World> {
        self.driver.world()
    }

    async fn stock(&self, pieces: i64) {
        let eur = |amount: i64| json!({ "amount": amount, "currency": "EUR" });
        let region = json!({
            "name": "Europe", "currency": "EUR", "countries": ["DE"],
            "tax": { "mode": "gross", "default_rate": "0.19", "rates": { "food": "0.07" }, "shipping_category": "standard" },
            "shipping_options": [{ "option_id": "standard", "name": "Standard", "amount": eur(490) }],
        });
        self.as_staff("pricing-put-region", "PUT", "/v1/admin/regions/eu", region)
            .await
            .must(200);
        let product = json!({ "title": "Tea", "tax_category": "food", "variants": [{ "sku": "tea", "prices": [eur(990)] }] });
        let product = self
            .as_staff("catalog-create-product", "POST", "/v1/admin/products", product)
            .await
            .must(200);
        let path = format!(
            "/v1/admin/products/{}/publish",
            product["product_id"].as_str().unwrap()
        );
        self.as_staff("catalog-publish-product", "POST", &path, Value::Null)
            .await
            .must(200);
        let location = json!({ "name": "Berlin" });
        let location = self
            .as_staff(
                "inventory-create-location",
                "POST",
                "/v1/admin/locations",
                location,
            )
            .await
            .must(201);
        let received = json!({ "location_id": location["id"], "reason": "received", "delta": pieces });
        self.as_staff(
            "inventory-adjust-stock",
            "POST",
            "/v1/admin/stock/tea/adjustments",
            received,
        )
        .await
        .must(201);
    }

    /// A cart that can be placed.
    pub(crate) async fn cart(&self, quantity: u32) -> Cart {
        let created = self
            .call(
                "carts-create",
                "POST",
                "/v1/carts",
                &[],
                json!({ "region_id": "eu" }),
            )
            .await
            .must(201);
        let token = created["cart_token"].as_str().unwrap().to_owned();
        let id = created["cart_id"].as_str().unwrap().to_owned();
        let headers = [("x-cart-token", token.as_str())];
        let line = json!({ "sku": "tea", "quantity": quantity });
        self.call(
            "carts-add-line",
            "POST",
            &format!("/v1/carts/{id}/lines"),
            &headers,
            line,
        )
        .await
        .must(200);
        let details = json!({
            "email": "anna@example.com", "shipping_option_id": "standard",
            "shipping_address": { "name": "Anna", "line1": "Hauptstr. 1", "postal_code": "10115", "city": "Berlin", "country": "DE" },
        });
        let cart = self
            .call(
                "carts-update",
                "PATCH",
                &format!("/v1/carts/{id}"),
                &headers,
                details,
            )
            .await
            .must(200);
        let quote_id = cart["quote_id"]
            .as_str()
            .unwrap_or_else(|| panic!("no quote: {cart}"))
            .to_owned();
        Cart { id, token, quote_id }
    }

    /// Places the cart's order; the buyer repeats the call until it is answered.
    pub(crate) async fn place(&self, cart: &Cart, token: &str, tab: &str) -> Answer {
        let body =
            json!({ "quote_id": cart.quote_id, "payment_method": { "provider": "sandbox", "token": token } });
        let key = format!("{tab}-{}", cart.id);
        let headers = [
            ("x-cart-token", cart.token.as_str()),
            ("idempotency-key", key.as_str()),
        ];
        self.call("orders-create", "POST", "/v1/orders", &headers, body)
            .await
    }

    pub(crate) async fn cancel(&self, cart: &Cart, order_id: &str) -> Answer {
        let headers = [
            ("x-cart-token", cart.token.as_str()),
            ("idempotency-key", "cancel"),
        ];
        self.call(
            "orders-cancel",
            "POST",
            &format!("/v1/orders/{order_id}/cancel"),
            &headers,
            json!({}),
        )
        .await
    }

    pub(crate) async fn order(&self, cart: &Cart, order_id: &str) -> Value {
        let headers = [("x-cart-token", cart.token.as_str())];
        self.call(
            "orders-get",
            "GET",
            &format!("/v1/orders/{order_id}"),
            &headers,
            Value::Null,
        )
        .await
        .must(200)
    }

    /// Calls as staff, each path under one idempotency key.
    pub(crate) async fn as_staff(&self, function: &str, method: &str, path: &str, body: Value) -> Answer {
        let authorization = format!("Bearer {}", self.staff_key);
        let headers = [
            ("authorization", authorization.as_str()),
            ("idempotency-key", path),
        ];
        self.call(function, method, path, &headers, body).await
    }

    /// A call as a client makes it: repeated, with its key, while there is no answer that counts.
    pub(crate) async fn call(
        &self,
        function: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> Answer {
        let mut all: BTreeMap<&str, &str> = headers.iter().copied().collect();
        if !body.is_null() {
            all.insert("content-type", "application/json");
        }
        let event = json!({ "method": method, "path": path, "headers": all, "body": body });
        let mut answer = Answer {
            status: 0,
            body: Value::Null,
        };
        for _ in 0..CLIENT_TRIES_MAX {
            if let Ended::Answered(Ok(mut given)) = self.driver.invoke(function, event.clone()).await {
                answer = Answer {
                    status: given["status"].as_u64().unwrap_or(0),
                    body: given["body"].take(),
                };
                let in_progress = answer.body["error"]["code"] == "request_in_progress";
                if answer.status < 500 && !in_progress {
                    return answer;
                }
            }
            self.world().clock.advance(CLIENT_PATIENCE);
        }
        answer
    }

    /// Lets everything come to rest: deliveries, then the duties, twice, with time moving on past
    /// every bound that the shop promises.
    pub(crate) async fn rest(&self) {
        self.world().faults.disarm();
        self.driver.settle().await.unwrap();
        for _ in 0..3 {
            self.world().clock.advance(Duration::minutes(31));
            for duty in ["orders-expire", "payments-reconcile"] {
                assert!(
                    matches!(self.driver.tick(duty).await, Ended::Answered(Ok(_))),
                    "{duty}"
                );
                self.driver.settle().await.unwrap();
            }
        }
    }

    /// Everything that does not add up.
    pub(crate) fn findings(&self, moment: Moment) -> Vec<Finding> {
        let tables = ["inventory", "orders", "carts", "payments", "sandbox"];
        let rows = tables.map(|table| (table.to_owned(), self.world().rows(table).unwrap()));
        audit(&rows.into_iter().collect(), moment).unwrap().findings
    }

    /// Pieces that are there, reserved, and to be had.
    pub(crate) fn level(&self) -> (i64, i64, i64) {
        let rows = self.world().rows("inventory").unwrap();
        let level = rows
            .iter()
            .find(|row| row["sk"].as_str().is_some_and(|sk| sk.starts_with("level#")))
            .unwrap();
        let number = |name: &str| level[name].as_i64().unwrap();
        (number("on_hand"), number("reserved"), number("available"))
    }

    /// What the provider has set aside, taken and given back, over all payments.
    pub(crate) fn bank(&self) -> (i64, i64, i64) {
        let mut sums = (0, 0, 0);
        for account in self.world().rows("sandbox").unwrap() {
            if account["stage"]["kind"] == "authorized" {
                sums.0 += account["authorized"]["amount"].as_i64().unwrap();
            }
            for movement in account["movements"].as_array().into_iter().flatten() {
                let amount = movement["amount"]["amount"].as_i64().unwrap();
                if movement["kind"] == "capture" {
                    sums.1 += amount;
                } else {
                    sums.2 += amount;
                }
            }
        }
        sums
    }

    /// Messages that were put aside because nobody could handle them.
    pub(crate) fn parked(&self) -> Vec<String> {
        let queues = self
            .world()
            .manifest
            .queues
            .values()
            .map(|queue| self.world().physical.name(&queue.parked()));
        queues.flat_map(|queue| self.world().waiting(&queue)).collect()
    }

    pub(crate) fn arm(&self, plan: Plan) {
        self.world().faults.arm(plan);
    }
}

impl Answer {
    /// The body, which must have come with this status.
    pub(crate) fn must(self, status: u64) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }
}
