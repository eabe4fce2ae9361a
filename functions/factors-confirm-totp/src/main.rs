//! `POST /v1/account/factors/totp/confirm`: make an authenticator app count, by its first code.

use authority::Guard;
use factors::wire::{AddedFactorView, ConfirmTotp};
use factors::{Factors, Owner};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Factors::new, confirm).await
}

async fn confirm(factors: &'static Factors, call: Call<ConfirmTotp>) -> Result<Json<AddedFactorView>, Fault> {
    let owner = Owner {
        customer: call.customer()?,
        origin: call.origin(),
    };
    let added = factors.confirm_totp(&owner, &call.body.code, &call.ids()).await?;
    Ok(Json::new(added))
}
