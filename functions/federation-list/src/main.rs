//! `GET /v1/account/providers`: which accounts elsewhere open mine.

use authority::{Guard, UserId};
use federation::Federation;
use federation::wire::LinksView;
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Federation::new, list).await
}

async fn list(federation: &'static Federation, call: Call) -> Result<Json<LinksView>, Fault> {
    let owner = UserId::parse(&call.customer()?.user_id).map_err(Fault::broken)?;
    let links = federation.links(&owner).await?;
    Ok(Json::new(LinksView {
        data: links.into_iter().map(Into::into).collect(),
    }))
}
