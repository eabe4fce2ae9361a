//! A small shop: one region, tea that is always there, cups that are sold out.

use std::sync::Arc;

use carts::wire::{AddLine, CartView, CreateCart};
use carts::{Access, CartId, CartKeeping, Carts, Details, Holder, NewCarts};
use catalog::Catalog;
use catalog::wire::CreateProduct;
use kernel::{Address, CountryCode, Email, Fault, Handle, Ids, Quantity, SeededRandom, Sku, Time};
use orders::facts::{PaymentChanged, PaymentStatus, StockDecided, StockOutcome};
use orders::{
    Checkout, CustomerId, CustomerOrders, Forgetting, Order, OrderId, Orders, PaymentMethod, PlaceError,
};
use pricing::Pricing;
use pricing::wire::PutRegion;
use serde_json::json;
use testing::{World, cloud};

pub(crate) struct Shop {
    pub(crate) world: Arc<World>,
    pub(crate) new_carts: NewCarts,
    pub(crate) carts: Carts,
    pub(crate) keeping: CartKeeping,
    pub(crate) checkout: Checkout,
    pub(crate) orders: Orders,
    pub(crate) owned: CustomerOrders,
    pub(crate) forgetting: Forgetting,
    pub(crate) random: SeededRandom,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let shop = Self::in_world(Arc::new(World::new().unwrap()), 11);
        shop.stock_shelves().await;
        shop
    }

    /// Further processes over the same tables.
    pub(crate) fn in_world(world: Arc<World>, seed: u64) -> Self {
        Self {
            new_carts: NewCarts::new(&cloud(&world, "carts-create")),
            carts: Carts::new(&cloud(&world, "carts-update")),
            keeping: CartKeeping::new(&cloud(&world, "carts-expire")),
            checkout: Checkout::new(&cloud(&world, "orders-create")),
            orders: Orders::new(&cloud(&world, "orders-expire")),
            owned: CustomerOrders::new(&cloud(&world, "orders-create")),
            forgetting: Forgetting::new(&cloud(&world, "orders-create")),
            random: SeededRandom::new(seed),
            world,
        }
    }

    async fn stock_shelves(&self) {
        let region = json!({
            "name": "Europe", "currency": "EUR", "countries": ["DE"],
            "tax": { "mode": "gross", "default_rate": "0.19", "rates": {}, "shipping_category": "standard" },
            "shipping_options": [{
                "option_id": "standard", "name": "Standard", "amount": { "amount": 490, "currency": "EUR" }
            }]
        });
        let region: PutRegion = serde_json::from_value(region).unwrap();
        let pricing = Pricing::new(&cloud(&self.world, "pricing-put-region"));
        let eu = Handle::parse("eu").unwrap();
        pricing
            .put_region(&eu, None, region.try_into().unwrap(), self.now())
            .await
            .unwrap();
        let product = json!({
            "title": "Tea things", "options": [{ "name": "Kind", "values": ["Tea", "Cup"] }],
            "variants": [
                { "sku": "tea", "options": { "Kind": "Tea" }, "tracks_inventory": false,
                  "prices": [{ "amount": 1999, "currency": "EUR" }] },
                { "sku": "cup", "options": { "Kind": "Cup" },
                  "prices": [{ "amount": 990, "currency": "EUR" }] }
            ]
        });
        let product: CreateProduct = serde_json::from_value(product).unwrap();
        let catalog = Catalog::new(&cloud(&self.world, "catalog-publish-product"));
        let product = catalog
            .create(&self.ids(), product.try_into().unwrap())
            .await
            .unwrap();
        catalog
            .publish(&self.ids(), &product.product_id, None)
            .await
            .unwrap();
    }

    /// How many orders there are.
    pub(crate) fn orders_kept(&self) -> usize {
        let rows = self.world.rows("orders").unwrap();
        rows.iter().filter(|row| row["sk"] == "order").count()
    }

    pub(crate) fn now(&self) -> Time {
        self.world.now()
    }

    /// Ids of a call that is not repeated.
    pub(crate) fn ids(&self) -> Ids<'_> {
        Ids::new(self.now(), &self.random)
    }

    pub(crate) async fn empty_cart(&self) -> CartId {
        let wish: CreateCart = serde_json::from_value(json!({ "region_id": "eu" })).unwrap();
        self.new_carts
            .open(wish, &self.ids(), self.now())
            .await
            .unwrap()
            .cart
            .cart_id
    }

    pub(crate) async fn add(&self, cart_id: &CartId, sku: &str, quantity: u32) -> Result<CartView, Fault> {
        let wish = AddLine {
            sku: Sku::parse(sku).unwrap(),
            quantity: Quantity::new(quantity).unwrap(),
        };
        let access = guest(cart_id);
        self.carts.add_line(&access, wish, &self.ids(), self.now()).await
    }

    /// A cart with two teas that lacks nothing, and its quote id.
    pub(crate) async fn full_cart(&self) -> (CartId, String) {
        let cart_id = self.empty_cart().await;
        self.add(&cart_id, "tea", 2).await.unwrap();
        let view = self
            .carts
            .amend(&guest(&cart_id), buyer(), self.now())
            .await
            .unwrap();
        (cart_id, view.quote_id.unwrap())
    }

    pub(crate) async fn place(&self, cart: &(CartId, String), ids: &Ids<'_>) -> Result<Order, PlaceError> {
        let method = PaymentMethod {
            provider: "sandbox".into(),
            token: "tok_approve".into(),
        };
        let holder = Holder::Guest {
            cart_id: cart.0.clone(),
        };
        self.checkout
            .place(&holder, &cart.1, method, ids, self.now())
            .await
    }

    /// Places the cart that a customer's quote was made for.
    pub(crate) async fn place_as(
        &self,
        holder: &Holder,
        quote_id: &str,
        ids: &Ids<'_>,
    ) -> Result<Order, PlaceError> {
        let method = PaymentMethod {
            provider: "sandbox".into(),
            token: "tok_approve".into(),
        };
        self.checkout
            .place(holder, quote_id, method, ids, self.now())
            .await
    }

    pub(crate) async fn placed(&self) -> Order {
        self.place(&self.full_cart().await, &self.ids()).await.unwrap()
    }

    pub(crate) async fn reserve(&self, order: &Order) {
        let fact = StockDecided {
            order_id: order.order_id().clone(),
            outcome: StockOutcome::Reserved,
            sku: None,
            available: None,
        };
        self.orders.stock_decided(fact).await.unwrap();
    }

    pub(crate) async fn pay(&self, order_id: &OrderId, version: u64, status: PaymentStatus) {
        let amount = json!({ "amount": 4_488, "currency": "EUR" });
        let fact = json!({
            "order_id": order_id, "payment_id": "payment_1", "version": version, "status": status,
            "authorized": amount, "captured": amount, "refunded": amount
        });
        let fact: PaymentChanged = serde_json::from_value(fact).unwrap();
        self.orders.payment_changed(fact).await.unwrap();
    }

    pub(crate) async fn confirmed(&self) -> Order {
        let order = self.placed().await;
        self.reserve(&order).await;
        self.pay(order.order_id(), 1, PaymentStatus::Authorized).await;
        self.orders.inspect(order.order_id()).await.unwrap()
    }
}

/// One of several people with an account.
pub(crate) fn user(last: char) -> CustomerId {
    CustomerId::parse(&format!("usr_01h455vb4pex5vsknk084sn02{last}")).unwrap()
}

/// Somebody who has signed in.
pub(crate) fn customer(customer_id: &CustomerId) -> Holder {
    Holder::Customer {
        customer_id: customer_id.clone(),
        guest_cart: None,
    }
}

/// The way of whoever holds the cart's token.
pub(crate) fn guest(cart_id: &CartId) -> Access {
    Access::guest(cart_id.clone())
}

pub(crate) fn buyer() -> Details {
    let address = Address {
        name: "Anna Beispiel".into(),
        line1: "Hauptstr. 1".into(),
        line2: None,
        postal_code: Some("10115".into()),
        city: "Berlin".into(),
        province: None,
        country: CountryCode::parse("DE").unwrap(),
        phone: None,
    };
    Details {
        email: Some(Some(Email::parse("anna@example.com").unwrap())),
        shipping_address: Some(Some(address)),
        billing_address: None,
        shipping_option_id: Some(Some(Handle::parse("standard").unwrap())),
    }
}
