//! `POST /v1/carts`: open a cart in a region, and hand out the token that opens it.

use carts::NewCarts;
use carts::wire::{CreateCart, CreatedCartView};
use kernel::Fault;
use platform::http::{self, Call, Created};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(NewCarts::new, create).await
}

async fn create(carts: &'static NewCarts, call: Call<CreateCart>) -> Result<Created<CreatedCartView>, Fault> {
    let view = carts.open(call.body.clone(), &call.ids(), call.now()).await?;
    Ok(Created::at(view.cart.links.cart.clone(), view))
}
