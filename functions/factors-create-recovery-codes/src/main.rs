//! `POST /v1/account/recovery-codes`: ten new recovery codes in place of all others.

use authority::Guard;
use factors::wire::RecoveryCodesView;
use factors::{Factors, Owner};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Factors::new, create).await
}

async fn create(factors: &'static Factors, call: Call) -> Result<Json<RecoveryCodesView>, Fault> {
    let owner = Owner {
        customer: call.customer()?,
        origin: call.origin(),
    };
    Ok(Json::new(
        factors.create_recovery_codes(&owner, &call.ids()).await?,
    ))
}
