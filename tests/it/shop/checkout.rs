//! Carts and orders, in shop words.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
};

use serde_json::{Value, json};

use super::{Answer, Ask, Person, TestShop, sample};

/// A cart and the token that opens it.
#[derive(Debug, Clone)]
pub(crate) struct Cart {
    /// Names it.
    pub(crate) id: String,
    /// Opens it.
    pub(crate) token: String,
}

/// An order and the token of its cart, which opens it.
#[derive(Clone)]
pub(crate) struct Order<'a> {
    shop: &'a TestShop,
    /// Names it.
    pub(crate) id: String,
    /// Opens it.
    pub(crate) token: String,
}

/// An order to be placed: paid with a card that is approved, unless said otherwise.
#[must_use = "an order is placed by `.await`"]
pub(crate) struct NewOrder<'a> {
    shop: &'a TestShop,
    cart: Cart,
    card: String,
}

impl Cart {
    /// Where it is.
    pub(crate) fn path(&self) -> String {
        format!("/v1/carts/{}", self.id)
    }
}

impl TestShop {
    /// An empty cart.
    pub(crate) async fn cart(&self) -> Cart {
        let region_id = self.region().await;
        let made = self
            .post("/v1/carts")
            .json(&json!({ "region_id": region_id }))
            .await
            .expect(201);
        Cart {
            id: made.text("/cart_id").to_owned(),
            token: made.text("/cart_token").to_owned(),
        }
    }

    /// A cart with these goods and everything an order needs.
    pub(crate) async fn cart_with<const N: usize>(&self, goods: [(&str, u32); N]) -> Cart {
        let cart = self.cart().await;
        for (sku, quantity) in goods {
            let body = json!({ "sku": sku, "quantity": quantity });
            self.post(format!("{}/lines", cart.path()))
                .guest(&cart.token)
                .json(&body)
                .await
                .expect(200);
        }
        let details = sample("carts-update", "checkout")["body"].clone();
        self.patch(cart.path())
            .guest(&cart.token)
            .patch_with(&details)
            .await
            .expect(200);
        cart
    }

    /// The cart as its buyer sees it.
    pub(crate) async fn look(&self, cart: &Cart) -> Answer {
        self.get(cart.path()).guest(&cart.token).await.expect(200)
    }

    /// What places an order on the cart's present quote: `POST /v1/orders`, not yet sent.
    pub(crate) async fn order_of(&self, cart: &Cart, payment_token: &str) -> (Ask<'_>, Value) {
        let seen = self.look(cart).await;
        let body = json!({
            "quote_id": seen.text("/quote_id"),
            "payment_method": { "provider": "sandbox", "token": payment_token },
        });
        (self.post("/v1/orders").guest(&cart.token).json(&body), body)
    }

    /// Places an order on the cart's present quote.
    pub(crate) fn place(&self, cart: &Cart) -> NewOrder<'_> {
        NewOrder {
            shop: self,
            cart: cart.clone(),
            card: "tok_approve".to_owned(),
        }
    }

    /// A confirmed order of so many of these goods, which are made first.
    pub(crate) async fn confirmed_order(&self, sku: &str, quantity: u32) -> Order<'_> {
        self.product(sku).stock(i64::from(quantity)).await;
        let cart = self.cart_with([(sku, quantity)]).await;
        let order = self.place(&cart).await;
        order.until("confirmed").await;
        order
    }

    /// A customer buys one of these goods from their own cart. Answers with the order's id, once all
    /// is at rest.
    pub(crate) async fn order_of_customer(&self, person: &Person, sku: &str) -> String {
        let body = json!({ "region_id": self.region().await });
        let made = self
            .post("/v1/carts")
            .person(person)
            .json(&body)
            .await
            .expect(201);
        let path = made.text("/links/self").to_owned();
        let line = json!({ "sku": sku, "quantity": 1 });
        self.post(format!("{path}/lines"))
            .person(person)
            .json(&line)
            .await
            .expect(200);
        let details = sample("carts-update", "checkout")["body"].clone();
        let ready = self
            .patch(path)
            .person(person)
            .patch_with(&details)
            .await
            .expect(200);
        let body = json!({
            "quote_id": ready.text("/quote_id"),
            "payment_method": { "provider": "sandbox", "token": "tok_approve" },
        });
        let ask = self.post("/v1/orders").person(person).json(&body);
        let placed = ask.key(made.text("/cart_id")).await.expect(201);
        self.quiet().await;
        placed.text("/order_id").to_owned()
    }

    /// The order's payment as staff sees it.
    pub(crate) async fn payment(&self, order: &Order<'_>) -> Answer {
        self.get(format!("/v1/admin/orders/{}/payment", order.id))
            .staff()
            .await
            .expect(200)
    }
}

impl NewOrder<'_> {
    /// Paid with this card.
    pub(crate) fn card(mut self, token: &str) -> Self {
        token.clone_into(&mut self.card);
        self
    }
}

impl<'a> IntoFuture for NewOrder<'a> {
    type Output = Order<'a>;
    type IntoFuture = Pin<Box<dyn Future<Output = Order<'a>> + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (ask, _) = self.shop.order_of(&self.cart, &self.card).await;
            let key = format!("place-{}", self.cart.id);
            let placed = ask.key(&key).await.expect(201);
            Order {
                shop: self.shop,
                id: placed.text("/order_id").to_owned(),
                token: self.cart.token,
            }
        })
    }
}

impl Order<'_> {
    /// Where its buyer reads it.
    pub(crate) fn path(&self) -> String {
        format!("/v1/orders/{}", self.id)
    }

    /// Where staff reads it.
    pub(crate) fn admin_path(&self) -> String {
        format!("/v1/admin/orders/{}", self.id)
    }

    /// The order as its buyer sees it.
    pub(crate) async fn look(&self) -> Answer {
        self.shop.get(self.path()).guest(&self.token).await.expect(200)
    }

    /// Waits until everything that was set in motion has come to rest, and requires this status.
    pub(crate) async fn until(&self, status: &str) -> Answer {
        self.shop.quiet().await;
        let seen = self.look().await;
        assert_eq!(seen.text("/status"), status, "{}\n{seen}", self.history().await);
        seen
    }

    /// What happened to it, and what got stuck: for messages of failed tests.
    async fn history(&self) -> String {
        let seen = self.shop.get(self.admin_path()).staff().await;
        let parked = self.shop.get("/_cartwright/parked").await;
        let queues = self.shop.get("/_cartwright/queues").await;
        format!(
            "history: {:#}\nparked: {:#}\nqueues: {:#}",
            seen.at("/history"),
            parked.body(),
            queues.body()
        )
    }

    /// Ships it.
    pub(crate) async fn ship(&self) -> Answer {
        let body = json!({ "carrier": "DHL", "tracking_number": "JD014600003RU" });
        self.shop
            .post(format!("{}/ship", self.admin_path()))
            .staff()
            .json(&body)
            .await
            .expect(200)
    }
}
