//! `POST /v1/account/factors/totp`: a secret for an authenticator app, which counts once it has shown a code.

use authority::Guard;
use factors::wire::TotpEnrolmentView;
use factors::{Factors, Owner};
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Factors::new, enrol).await
}

async fn enrol(factors: &'static Factors, call: Call) -> Result<Json<TotpEnrolmentView>, Fault> {
    let owner = Owner {
        customer: call.customer()?,
        origin: call.origin(),
    };
    Ok(Json::new(factors.enrol_totp(&owner, &call.ids()).await?))
}
