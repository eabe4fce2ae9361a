//! `POST /v1/account/step-up/factor`: prove once more who you are, with a factor.

use authority::Guard;
use factors::Factors;
use factors::wire::{ConfirmFactor, FreshTokenView};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Factors::new, confirm).await
}

async fn confirm(
    factors: &'static Factors,
    call: Call<ConfirmFactor>,
) -> Result<Json<FreshTokenView>, Fault> {
    let proof = call.body.method.clone().try_into()?;
    let tokens = factors
        .confirm(call.customer()?, proof, &call.origin(), call.now())
        .await?;
    Ok(Json::new(tokens))
}
