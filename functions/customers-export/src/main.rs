//! `GET /v1/account/export`: everything the shop holds on the customer, as one document.

use authority::{Guard, UserId};
use customers::Archive;
use customers::wire::ArchiveView;
use kernel::Fault;
use platform::http::{self, Call, Json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Archive::new, export).await
}

async fn export(archive: &'static Archive, call: Call) -> Result<Json<ArchiveView>, Fault> {
    let user_id = UserId::parse(&call.customer()?.user_id).map_err(Fault::broken)?;
    archive.of(&user_id, call.now()).await.map(Json::new)
}
