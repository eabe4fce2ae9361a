//! What the measured functions are asked: each time something of its own, as buyers do.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use manifest::{Manifest, Physical};
use serde_json::{Value, json};

use super::{
    process::{DATABASE, Process, Program},
    stack::Stack,
};
use crate::{
    event::{self, Credentials},
    repository::Repository,
};

/// What the buyer takes; the sample shop always has it.
const SKU: &str = "sencha-uji-100";
/// The least memory that a password may be hashed with.
const LEAST_HASH_KIB: &str = "8";
/// The packages that are built to be measured.
pub(super) const PACKAGES: [&str; 6] = [
    "bench-hello",
    "catalog-get-product",
    "catalog-list-products",
    "carts-add-line",
    "orders-create",
    "identity-login",
];

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Work {
    /// The yardstick.
    Hello,
    /// The detail page of a product.
    GetProduct,
    /// The first 24 products.
    ListProducts,
    /// The first line of a new cart.
    AddLine,
    /// An order of one line.
    PlaceOrder,
    /// A login with an address that nobody has. It costs what every login costs, a hash of the
    /// password included, or it would tell who has an account.
    LogIn,
    /// The same with the least hash there is: what the function itself takes.
    LogInUnhashed,
}

/// Prepares the events, with the help of other functions of the shop.
pub(super) struct Shop<'a> {
    manifest: Manifest,
    physical: Physical,
    operator_key: String,
    repository: &'a Repository,
    helpers: BTreeMap<&'static str, Process>,
    product_id: String,
    callers: u32,
}

impl Work {
    /// All, in the order in which they are measured.
    pub(super) const ALL: [Self; 7] = [
        Self::Hello,
        Self::GetProduct,
        Self::ListProducts,
        Self::AddLine,
        Self::PlaceOrder,
        Self::LogIn,
        Self::LogInUnhashed,
    ];

    /// The function that does it.
    pub(super) fn function(self) -> &'static str {
        match self {
            Self::Hello => "bench-hello",
            Self::GetProduct => "catalog-get-product",
            Self::ListProducts => "catalog-list-products",
            Self::AddLine => "carts-add-line",
            Self::PlaceOrder => "orders-create",
            Self::LogIn | Self::LogInUnhashed => "identity-login",
        }
    }

    /// What a table calls it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::LogInUnhashed => "identity-login, its hash aside",
            other => other.function(),
        }
    }

    /// The status of its answer where that is a refusal.
    fn refusal(self) -> Option<u64> {
        matches!(self, Self::LogIn | Self::LogInUnhashed).then_some(401)
    }

    /// The function as a program in one of cargo's folders.
    pub(super) fn program(self, shop: &Shop<'_>, folder: &Path) -> Program {
        let mut program = shop.program(self.function(), folder.join(self.function()));
        program.refusal = self.refusal();
        if self == Self::LogInUnhashed {
            let least = ("PASSWORD_HASH_MEMORY_KIB".to_owned(), LEAST_HASH_KIB.to_owned());
            program.environment.extend([least]);
        }
        program
    }

    /// The next event for it.
    pub(super) fn event(self, shop: &mut Shop<'_>) -> Result<Value> {
        match self {
            // It answers whatever comes; a request without parameters is the least.
            Self::Hello => shop.event("api-get-reference", &json!({}), None),
            Self::GetProduct => {
                let path = json!({ "product_id": shop.product_id });
                shop.event(
                    self.function(),
                    &json!({ "path": path, "query": { "currency": "EUR" } }),
                    None,
                )
            }
            Self::ListProducts => shop.page(None),
            Self::AddLine => {
                let (cart_id, token) = shop.cart()?;
                shop.event(self.function(), &line(&cart_id), Some(&token))
            }
            Self::PlaceOrder => {
                let (quote_id, token) = shop.checked_out()?;
                let sample = json!({
                    "key": quote_id.chars().rev().take(60).collect::<String>(),
                    "body": {
                        "quote_id": quote_id,
                        "payment_method": { "provider": "sandbox", "token": "tok_approve" },
                    },
                });
                shop.event(self.function(), &sample, Some(&token))
            }
            Self::LogIn | Self::LogInUnhashed => {
                // Each time somebody else: who fails too often is not even hashed.
                let email = format!("nobody-{}@example.com", shop.callers);
                let body = json!({ "email": email, "password": "ein Wal im Küchenschrank" });
                shop.event(self.function(), &json!({ "body": body }), None)
            }
        }
    }
}

fn line(cart_id: &str) -> Value {
    json!({ "path": { "cart_id": cart_id }, "body": { "sku": SKU, "quantity": 2 } })
}

impl<'a> Shop<'a> {
    /// The shop in this stack.
    pub(super) fn of(repository: &'a Repository, stack: &Stack) -> Result<Self> {
        let mut shop = Self {
            manifest: repository.manifest()?,
            physical: stack.physical()?,
            operator_key: stack.operator_key()?,
            repository,
            helpers: BTreeMap::new(),
            product_id: String::new(),
            callers: 0,
        };
        let sample = json!({ "query": { "handle": "sencha-uji" } });
        let found = shop.ask("catalog-list-products", &sample, None)?;
        shop.product_id = text(&found["data"][0], "product_id")?;
        Ok(shop)
    }

    /// A page of 24 products.
    pub(super) fn page(&mut self, after: Option<&str>) -> Result<Value> {
        let mut query = json!({ "limit": "24", "currency": "EUR" });
        if let Some(after) = after {
            query["cursor"] = json!(after);
        }
        self.event("catalog-list-products", &json!({ "query": query }), None)
    }

    /// A function's binary in one of cargo's folders, with all it needs to be told.
    pub(super) fn program(&self, function: &str, binary: PathBuf) -> Program {
        let mut environment = self.manifest.environment(function, &self.physical);
        let url = &self.physical.shop_url;
        let lambda = [
            ("AWS_REGION", self.physical.region.as_str()),
            ("AWS_ACCESS_KEY_ID", &self.operator_key),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_SESSION_TOKEN", "local"),
            (DATABASE, url),
            ("AWS_ENDPOINT_URL_SQS", url),
            ("AWS_ENDPOINT_URL_SESV2", url),
            ("AWS_LAMBDA_FUNCTION_NAME", function),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
        ];
        environment.extend(lambda.map(|(name, value)| (name.to_owned(), value.to_owned())));
        Program {
            binary,
            environment,
            refusal: None,
        }
    }

    /// A sample as an event, from an address that has not called yet: limits per address are for others.
    fn event(&mut self, function: &str, sample: &Value, cart_token: Option<&str>) -> Result<Value> {
        let entry = self.manifest.functions.get(function);
        let entry = entry.with_context(|| format!("the manifest has no function `{function}`"))?;
        let mut sample = sample.clone();
        sample["as"] = json!(if cart_token.is_some() { "guest" } else { "public" });
        let credentials = Credentials {
            staff_key: None,
            access_token: None,
            cart_token: cart_token.map(str::to_owned),
        };
        let mut event = event::envelope(&self.manifest, entry, &sample, &credentials)?;
        self.callers += 1;
        let [_, high, middle, low] = self.callers.to_be_bytes();
        event["requestContext"]["http"]["sourceIp"] = json!(format!("10.{high}.{middle}.{low}"));
        Ok(event)
    }

    /// Asks a helper: a function of the debug build.
    fn ask(&mut self, function: &'static str, sample: &Value, cart_token: Option<&str>) -> Result<Value> {
        let event = self.event(function, sample, cart_token)?;
        let answered = if let Some(helper) = self.helpers.get(function) {
            helper.invoke(&event)
        } else {
            let binary = self.repository.path("target/debug").join(function);
            let helper = Process::start(&self.program(function, binary), &event)?;
            let answered = helper.first();
            self.helpers.insert(function, helper);
            answered
        };
        let (_, body) = answered.with_context(|| format!("while preparing: `{function}`"))?;
        Ok(body)
    }

    /// A new cart: its id and its token.
    fn cart(&mut self) -> Result<(String, String)> {
        let made = self.ask("carts-create", &json!({ "body": { "region_id": "eu" } }), None)?;
        Ok((text(&made, "cart_id")?, text(&made, "cart_token")?))
    }

    /// A cart with one line and all an order needs: its quote and its token.
    fn checked_out(&mut self) -> Result<(String, String)> {
        let (cart_id, token) = self.cart()?;
        self.ask("carts-add-line", &line(&cart_id), Some(&token))?;
        let patch = json!({ "path": { "cart_id": cart_id }, "body": delivery() });
        let cart = self.ask("carts-update", &patch, Some(&token))?;
        Ok((text(&cart, "quote_id")?, token))
    }
}

/// Who buys, and where it goes.
pub(super) fn delivery() -> Value {
    json!({
        "email": "anna@example.com",
        "shipping_address": {
            "name": "Anna Beispiel", "line1": "Hauptstr. 1", "postal_code": "10115", "city": "Berlin", "country": "DE",
        },
        "shipping_option_id": "standard",
    })
}

/// A text field of an answer.
pub(super) fn text(answer: &Value, name: &str) -> Result<String> {
    let value = answer[name].as_str();
    Ok(value
        .with_context(|| format!("the answer has no {name}: {answer}"))?
        .to_owned())
}
