//! `routes`: the manifest's routes as a table for people, as a list for `api-answer-unknown`, and as
//! CargoLambda.toml for `cargo lambda watch`.

use anyhow::Result;
use manifest::{Auth, Function, Http, Manifest, Route, Trigger};

use crate::repository::Repository;

/// From here `api-answer-unknown` knows which methods a path has.
const LIST: &str = "functions/api-answer-unknown/src/routes.txt";

/// From here `cargo lambda watch` knows which function serves a path.
const WATCH: &str = "CargoLambda.toml";

/// Prints the table and writes the lists.
pub(crate) fn run(repository: &Repository, check: bool) -> Result<()> {
    let manifest = repository.manifest()?;
    if !check {
        print!("{}", table(&manifest));
    }
    generate(repository, &manifest, check)
}

/// Writes both lists.
pub(crate) fn write(repository: &Repository, manifest: &Manifest) -> Result<()> {
    generate(repository, manifest, false)
}

fn generate(repository: &Repository, manifest: &Manifest, check: bool) -> Result<()> {
    repository.generate(LIST, &list(manifest), check, "routes")?;
    repository.generate(WATCH, &watch(manifest), check, "routes")
}

/// The first line of the list.
const HEAD: &str = "# Generated from infra/manifest by `cargo xtask routes`. Do not edit.\n";

/// One line per route, sorted by path: `METHOD /path operation`.
fn list(manifest: &Manifest) -> String {
    let lines = sorted(manifest)
        .into_iter()
        .filter_map(|(http, function)| match &http.route {
            Route::Path { method, path } => Some(format!("{method} {path} {}\n", function.name)),
            Route::Default => None,
        });
    HEAD.to_owned() + &lines.collect::<String>()
}

/// One table per route.
fn watch(manifest: &Manifest) -> String {
    let tables = sorted(manifest)
        .into_iter()
        .filter_map(|(http, function)| match &http.route {
            Route::Path { method, path } => {
                let name = &function.name;
                Some(format!(
                    "\n[[watch.router]]\npath = \"{path}\"\nmethods = [\"{method}\"]\nfunction = \"{name}\"\n"
                ))
            }
            Route::Default => None,
        });
    HEAD.to_owned() + &tables.collect::<String>()
}

/// Every route by path, then method; the default route last.
fn sorted(manifest: &Manifest) -> Vec<(&Http, &Function)> {
    let mut routes: Vec<(&Http, &Function)> = manifest
        .functions
        .values()
        .filter_map(|function| match &function.trigger {
            Trigger::Http(http) => Some((http, function)),
            Trigger::Queue(_) | Trigger::Stream(_) | Trigger::Schedule(_) | Trigger::Invoke => None,
        })
        .collect();
    routes.sort_by_key(|(http, _)| match &http.route {
        Route::Path { method, path } => (false, path.as_str(), method.as_str()),
        Route::Default => (true, "", ""),
    });
    routes
}

/// Method, path, callers, limit and function, in columns.
fn table(manifest: &Manifest) -> String {
    let mut rows = vec![["METHOD", "PATH", "CALLERS", "LIMIT", "FUNCTION"].map(str::to_owned)];
    rows.extend(
        sorted(manifest)
            .into_iter()
            .map(|(http, function)| row(http, function)),
    );
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn row(http: &Http, function: &Function) -> [String; 5] {
    let (method, path) = match &http.route {
        Route::Path { method, path } => (method.clone(), path.clone()),
        Route::Default => ("*".to_owned(), "(any other)".to_owned()),
    };
    let callers: Vec<&str> = http.auth.iter().copied().map(Auth::word).collect();
    let callers = match &http.scope {
        Some(scope) => format!("{} ({scope})", callers.join(", ")),
        None => callers.join(", "),
    };
    let limit = http.limit.map(|limit| limit.to_string()).unwrap_or_default();
    [method, path, callers, limit, function.name.clone()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Manifest {
        Repository::find()
            .and_then(|repository| repository.manifest())
            .unwrap()
    }

    #[test]
    fn every_route_is_listed_once_and_the_default_one_is_not() {
        let manifest = shipped();
        let list = list(&manifest);
        assert_eq!(
            list.lines().count(),
            manifest.routes().len(),
            "a head, and no default route"
        );
        assert!(list.contains("POST /v1/orders orders-create\n"));
        assert!(!list.contains("api-answer-unknown"));
    }

    #[test]
    fn cargo_lambda_gets_every_route_with_its_method() {
        let table: toml::Table = watch(&shipped()).parse().unwrap();
        let router = table["watch"]["router"].as_array().unwrap();
        let place = router
            .iter()
            .find(|route| route["function"].as_str() == Some("orders-create"))
            .unwrap();
        assert_eq!(
            (place["path"].as_str(), place["methods"][0].as_str()),
            (Some("/v1/orders"), Some("POST"))
        );
        assert_eq!(router.len(), shipped().routes().len() - 1);
    }

    #[test]
    fn the_table_names_callers_scopes_and_limits() {
        let table = table(&shipped());
        let line = table
            .lines()
            .find(|line| line.ends_with(" orders-cancel"))
            .unwrap();
        assert!(line.contains("guest, customer, staff (orders.write)"), "{line}");
        let line = table
            .lines()
            .find(|line| line.ends_with(" orders-create"))
            .unwrap();
        assert!(line.contains("30/min"), "{line}");
    }
}
