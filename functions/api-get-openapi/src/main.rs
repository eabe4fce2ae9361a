//! `GET /v1/openapi.json`: the contract, as generated from the routes and wire types.

use platform::http::{self, Call, Document, Problem};

/// Written by `cargo xtask openapi`.
const OPENAPI: &[u8] = include_bytes!("../../../openapi.json");

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(|_| http::digest(OPENAPI), answer).await
}

async fn answer(digest: &'static String, _: Call) -> Result<Document, Problem> {
    Ok(Document::new("application/json; charset=utf-8", OPENAPI)
        .with_etag(digest)
        .public_cache(300))
}
