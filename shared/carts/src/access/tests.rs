//! ID-18: a cart opens for its own holder and nobody else.

use kernel::Time;
use platform::http::{Caller, Customer, Guest, Presence};

use super::{Access, Holder};
use crate::cart::tests::cart;
use crate::cart::{CartId, CustomerId};

fn user(last: char) -> CustomerId {
    CustomerId::parse(&format!("usr_01h455vb4pex5vsknk084sn02{last}")).unwrap()
}

fn customer(last: char, guest_cart: Option<CartId>) -> Holder {
    Holder::Customer {
        customer_id: user(last),
        guest_cart,
    }
}

fn guest(cart_id: CartId) -> Holder {
    Holder::Guest { cart_id }
}

#[test]
fn a_guests_cart_opens_for_its_token_whoever_presents_it() {
    let cart = cart();
    let id = cart.cart_id.clone();
    let other = CartId::parse("cart_01h455vb4pex5vsknk084sn02q").unwrap();
    assert!(guest(id.clone()).opens(&cart));
    assert!(customer('q', Some(id)).opens(&cart));
    assert!(!guest(other).opens(&cart));
    assert!(!customer('q', None).opens(&cart));
}

#[test]
fn a_customers_cart_opens_for_that_customer_alone() {
    let mut cart = cart();
    cart.adopt(&user('q'), cart.created_at);
    let id = cart.cart_id.clone();
    assert!(customer('q', None).opens(&cart));
    assert!(
        !customer('r', Some(id.clone())).opens(&cart),
        "another customer with its old token"
    );
    assert!(!guest(id).opens(&cart), "the old token alone");
}

#[test]
fn callers_become_holders_and_strangers_do_not() {
    let id = cart().cart_id;
    let token = Guest {
        cart_id: id.to_string(),
    };
    let presence = Presence {
        session_id: "ses_1".into(),
        assurance: 1,
        authenticated_at: Time::from_unix_ms(0),
    };
    let customer_caller = Caller::Customer(Customer {
        user_id: user('q').to_string(),
        name: "Anna".into(),
        presence,
        client_id: None,
        delegated: None,
        guest: Some(token.clone()),
    });
    assert_eq!(Holder::of(&Caller::Guest(token)).unwrap(), guest(id.clone()));
    assert_eq!(Holder::of(&customer_caller).unwrap(), customer('q', Some(id)));
    let stranger = Caller::Public {
        address: "10.0.0.1".into(),
    };
    assert_eq!(Holder::of(&stranger).unwrap_err().code(), "unauthenticated");
}

#[test]
fn a_token_of_another_cart_is_refused_before_anything_is_read() {
    let caller = Caller::Guest(Guest {
        cart_id: cart().cart_id.to_string(),
    });
    let other = CartId::parse("cart_01h455vb4pex5vsknk084sn02q").unwrap();
    assert_eq!(Access::of(&caller, other).unwrap_err().code(), "not_found");
}
