//! `new`: a function in one go: folder, sample, test and manifest entry.
//!
//! Nothing is written unless the manifest with the new entry passes every check. What the compiler
//! asks for afterwards (the view, the use case) is what only a person can know.

mod entry;
mod templates;

#[cfg(test)]
mod tests;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};
use manifest::{Function, Manifest};

use crate::{repository::Repository, routes};

/// What is wished for.
#[derive(Debug, Clone, Args)]
pub(crate) struct Wish {
    /// `<context>-<verb>[-<part>]`, for example `orders-get-invoice`.
    pub(crate) name: String,
    /// Serve a route, for example "GET /v1/orders/{order_id}/invoice".
    #[arg(long, group = "trigger", required = true)]
    pub(crate) http: Option<String>,
    /// Hear a fact, for example OrderShipped; the name is then `<context>-on-<fact>`.
    #[arg(long, group = "trigger")]
    pub(crate) queue: Option<String>,
    /// Run by the clock, for example "rate(1 hour)".
    #[arg(long, group = "trigger")]
    pub(crate) schedule: Option<String>,
    /// Who may call the route.
    #[arg(long, value_enum, default_value = "staff", requires = "http")]
    pub(crate) auth: Caller,
    /// What a staff key must allow; `<context>.read` or `<context>.write` without.
    #[arg(long, requires = "http")]
    pub(crate) scope: Option<String>,
}

/// Kinds of callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Caller {
    /// Anyone.
    Public,
    /// The holder of a cart token.
    Guest,
    /// Somebody with an account.
    Customer,
    /// Somebody, or a machine, with the route's scope.
    Staff,
}

/// Makes the function and says what is left to do.
pub(crate) fn run(repository: &Repository, wish: &Wish) -> Result<()> {
    let function = make(repository, wish)?;
    let name = &function.name;
    println!(
        "made functions/{name}, events/{name} and tests/it/{}.rs",
        name.replace('-', "_")
    );
    println!(
        "next: `cargo check -p {name}` asks for the use case; then `cargo xtask test {}`",
        name.replace('-', "_")
    );
    Ok(())
}

/// Makes the function; refuses with a sentence, and then nothing has changed.
fn make(repository: &Repository, wish: &Wish) -> Result<Function> {
    let name = &wish.name;
    let manifest = repository.manifest()?;
    ensure!(
        !manifest.functions.contains_key(name),
        "there is a function `{name}` already"
    );
    ensure!(
        !repository.path(format!("functions/{name}")).exists(),
        "there is a folder `functions/{name}` already"
    );
    let context = context(&manifest, repository, name)?;
    let file = format!("infra/manifest/{context}.yaml");

    let edited = entry::add(repository, &manifest, &context, wish)?;
    let texts = manifest_texts(repository, &edited)?;
    let parsed =
        Manifest::from_texts(&texts).with_context(|| format!("the entry in `{file}` would be wrong"))?;
    let function = parsed
        .functions
        .get(name)
        .context("the entry was not added")?
        .clone();

    let main = repository.read("tests/it/main.rs")?;
    let main = templates::with_module(&main, &name.replace('-', "_"))?;
    for (path, text) in templates::files(&parsed, &function, &context) {
        repository.write(&path, &text)?;
    }
    repository.write("tests/it/main.rs", &main)?;
    for (path, text) in &edited {
        repository.write(path, text)?;
    }
    routes::write(repository, &parsed)?;
    Ok(function)
}

/// The context a name begins with.
fn context(manifest: &Manifest, repository: &Repository, name: &str) -> Result<String> {
    let files = repository.list("infra/manifest")?;
    let contexts: Vec<&str> = files
        .iter()
        .filter_map(|file| file.strip_suffix(".yaml"))
        .collect();
    let first = name.split('-').next().unwrap_or_default();
    if contexts.contains(&first) && !first.starts_with('_') {
        return Ok(first.to_owned());
    }
    // A table may have its functions in the file of another context, as `sandbox` has.
    if let Some(table) = manifest.tables.get(first) {
        return Ok(table.place.file.trim_end_matches(".yaml").to_owned());
    }
    let known: Vec<&str> = contexts
        .into_iter()
        .filter(|context| !context.starts_with('_'))
        .collect();
    bail!(
        "`{name}` begins with no context; expected `<context>-<verb>[-<part>]` with one of {}",
        known.join(", ")
    )
}

/// All files of the manifest, some of them edited.
fn manifest_texts(repository: &Repository, edited: &[(String, String)]) -> Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for name in repository.list("infra/manifest")? {
        if name.strip_suffix(".yaml").is_none() {
            continue;
        }
        let path = format!("infra/manifest/{name}");
        let text = match edited.iter().find(|(other, _)| *other == path) {
            Some((_, text)) => text.clone(),
            None => repository.read(&path)?,
        };
        texts.push((name, text));
    }
    Ok(texts)
}
