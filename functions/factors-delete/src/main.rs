//! `DELETE /v1/account/factors/{factor_id}`: take a factor away; the last one only with `last=true`.

use authority::Guard;
use factors::wire::DeleteFactor;
use factors::{FactorId, Factors, Owner};
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Factors::new, delete).await
}

async fn delete(factors: &'static Factors, call: Call<(), DeleteFactor>) -> Result<NoContent, Fault> {
    let owner = Owner {
        customer: call.customer()?,
        origin: call.origin(),
    };
    let factor_id: FactorId = call.path("factor_id")?;
    factors
        .remove(&owner, &factor_id, call.query.last, &call.ids())
        .await?;
    Ok(NoContent::default())
}
