//! `$default`: an unknown path is 404, a known path with another method is 405 with `Allow`.
//!
//! API Gateway would answer both with a body of its own, which is not the API's. Which paths are
//! known stands in `routes.txt`, generated from the manifest by `cargo xtask routes`.

mod routes;

use platform::http::{self, Call, NoContent, Problem, RawBody, RawQuery};
use routes::Routes;

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve(|_| Routes::read(include_str!("routes.txt")), answer).await
}

async fn answer(routes: &'static Routes, call: Call<RawBody, RawQuery>) -> Result<NoContent, Problem> {
    let methods = routes.methods_of(call.raw_path());
    if methods.is_empty() {
        Err(Problem::route_not_found())
    } else {
        Err(Problem::method_not_allowed(&methods))
    }
}
