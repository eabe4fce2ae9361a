//! `POST /v1/carts`: open a guest's cart with the token that opens it, or give a customer theirs.

use authority::Guard;
use carts::NewCarts;
use carts::wire::{CreateCart, CreatedCartView};
use kernel::Fault;
use platform::http::{self, Call, Caller, Created, Sealed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, NewCarts::new, create).await
}

async fn create(
    carts: &'static NewCarts,
    call: Call<CreateCart>,
) -> Result<Sealed<Created<CreatedCartView>>, Fault> {
    let (wish, ids, now) = (call.body.clone(), call.ids(), call.now());
    let view = match &call.caller {
        Caller::Customer(_) => {
            let holder = carts.holder(&call.caller, call.header("x-cart-token"), now)?;
            carts.open_own(&holder, wish, &ids, now).await?
        }
        Caller::Public { .. } | Caller::Guest(_) | Caller::Staff(_) => carts.open(wish, &ids, now).await?,
    };
    Ok(Sealed(Created::at(view.cart.links.cart.clone(), view)))
}
