//! `POST /v1/admin/users/{user_id}/erase`: end somebody's account on their behalf.

use authority::{Guard, UserId};
use customers::{By, Leaving};
use kernel::Fault;
use platform::http::{self, Call, NoContent};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Leaving::new, erase).await
}

async fn erase(leaving: &'static Leaving, call: Call) -> Result<NoContent, Fault> {
    let user_id: UserId = call.path("user_id")?;
    let staff = call.staff()?;
    let by = By {
        id: staff.id.clone(),
        permissions: Some(staff.permissions.clone()),
        origin: call.origin(),
    };
    leaving.erase(&user_id, &by, &call.ids()).await?;
    Ok(NoContent::new())
}
