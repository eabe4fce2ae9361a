//! Whether a shop answers: a few requests that touch the edge, a table, the guard and the route that
//! answers what no route serves. They change nothing.

use std::{process::Command, thread, time::Duration};

use anyhow::{Context, Result, bail, ensure};

use crate::shell;

/// A path, and the status it must have.
const REQUESTS: [(&str, u16); 5] = [
    ("/v1/products?limit=1", 200),
    ("/v1/regions", 200),
    ("/v1/openapi.json", 200),
    ("/v1/admin/orders", 401),
    ("/no/such/page", 404),
];
/// A name that was just made is not known everywhere at once.
const ATTEMPTS: u32 = 6;
const PAUSE: Duration = Duration::from_secs(5);

/// Asks each; the first that is not as it should be is the error.
pub(super) fn run(shop_url: &str) -> Result<()> {
    ensure!(shell::is_there("curl", &["--version"]), "curl is not installed");
    for (path, wanted) in REQUESTS {
        let url = format!("{shop_url}{path}");
        let mut last = 0;
        for attempt in 1..=ATTEMPTS {
            last = status(&url)?;
            if last == wanted {
                break;
            }
            if attempt < ATTEMPTS {
                thread::sleep(PAUSE);
            }
        }
        if last != wanted {
            bail!("{url} answered {last}, not {wanted}");
        }
        println!("   {wanted} {path}");
    }
    Ok(())
}

/// 0 when nobody answered.
fn status(url: &str) -> Result<u16> {
    let mut command = Command::new("curl");
    command.args([
        "--silent",
        "--max-time",
        "30",
        "--output",
        "/dev/null",
        "--write-out",
        "%{http_code}",
        url,
    ]);
    let output = command.output().context("curl cannot be started")?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().with_context(|| format!("curl said `{text}`"))
}

#[cfg(test)]
mod tests {
    use manifest::Trigger;

    use super::*;
    use crate::repository::Repository;

    #[test]
    fn what_must_answer_is_a_public_route_of_the_shop_and_what_must_refuse_is_for_staff() {
        let manifest = Repository::find()
            .and_then(|repository| repository.manifest())
            .expect("the manifest");
        for (path, wanted) in REQUESTS {
            let route = format!("GET {}", path.split('?').next().unwrap_or_default());
            let served = manifest
                .functions
                .values()
                .find_map(|function| match &function.trigger {
                    Trigger::Http(http) if http.route.to_string() == route => Some(http),
                    _ => None,
                });
            let auth = served.map(|http| http.auth.clone());
            let expected = match wanted {
                200 => Some(vec![manifest::Auth::Public]),
                401 => Some(vec![manifest::Auth::Staff]),
                _ => None,
            };
            assert_eq!(auth, expected, "{route} must answer {wanted}");
        }
    }
}
