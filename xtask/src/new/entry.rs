//! The manifest entry: added as text, so that comments and order stay as people wrote them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use manifest::{Function, Manifest, Trigger};

use super::{Caller, Wish};
use crate::repository::Repository;

/// The files of the manifest that change, with their new texts.
pub(super) fn add(
    repository: &Repository,
    manifest: &Manifest,
    context: &str,
    wish: &Wish,
) -> Result<Vec<(String, String)>> {
    let mut files = Files {
        repository,
        texts: BTreeMap::new(),
    };
    let own = format!("{context}.yaml");
    if let Some(fact) = &wish.queue {
        let queue = hear(manifest, &mut files, context, &wish.name, fact)?;
        files.edit(&own, |text| {
            insert(text, "queues", &format!("  {queue}: {{ from: {fact} }}\n"))
        })?;
    }
    let lines = lines(manifest, context, wish);
    files.edit(&own, |text| insert(text, "functions", &lines))?;
    Ok(files.texts.into_iter().collect())
}

/// Texts that were read once and changed since.
struct Files<'a> {
    repository: &'a Repository,
    texts: BTreeMap<String, String>,
}

impl Files<'_> {
    fn edit(&mut self, file: &str, change: impl FnOnce(&str) -> String) -> Result<()> {
        let path = format!("infra/manifest/{file}");
        let text = match self.texts.get(&path) {
            Some(text) => text.clone(),
            None => self.repository.read(&path)?,
        };
        self.texts.insert(path, change(&text));
        Ok(())
    }
}

/// The lines of the new function.
fn lines(manifest: &Manifest, context: &str, wish: &Wish) -> String {
    let name = &wish.name;
    let table = if manifest.tables.contains_key(context) {
        Some(context)
    } else {
        None
    };
    let mut access: Vec<String> = Vec::new();
    let mut grant = |verb: &str| access.extend(table.map(|table| format!("{table}: {verb}")));
    let (trigger, secrets) = if let Some(route) = &wish.http {
        let reads = route.starts_with("GET ");
        grant(if reads { "read" } else { "readwrite" });
        let (auth, scope) = match wish.auth {
            Caller::Public => ("public", None),
            Caller::Guest => ("guest", None),
            Caller::Customer => ("customer", None),
            Caller::Staff => (
                "staff",
                Some(wish.scope.clone().unwrap_or_else(|| scope(context, reads))),
            ),
        };
        if matches!(wish.auth, Caller::Customer | Caller::Staff) {
            access.extend((context != "authority").then(|| "authority: read".to_owned()));
            access.push("trail: append".to_owned());
            access.extend((wish.auth == Caller::Staff).then(|| "usage: append".to_owned()));
        }
        if ["POST ", "PATCH ", "DELETE "]
            .iter()
            .any(|method| route.starts_with(method))
        {
            access.push("idempotency: readwrite".to_owned());
        }
        let scope = scope.map(|scope| format!(", scope: {scope}")).unwrap_or_default();
        let secrets = (wish.auth == Caller::Guest).then_some("    secrets: [signing]\n");
        (format!("{{ http: \"{route}\", auth: {auth}{scope} }}"), secrets)
    } else if let Some(fact) = &wish.queue {
        grant("readwrite");
        (format!("{{ queue: {context}-{} }}", kebab(fact)), None)
    } else {
        grant("readwrite");
        (
            format!(
                "{{ schedule: \"{}\" }}",
                wish.schedule.as_deref().unwrap_or_default()
            ),
            None,
        )
    };
    let access = if access.is_empty() {
        String::new()
    } else {
        format!("    access: {{ {} }}\n", access.join(", "))
    };
    format!(
        "  {name}:\n    trigger: {trigger}\n{access}{}",
        secrets.unwrap_or_default()
    )
}

fn scope(context: &str, reads: bool) -> String {
    format!("{context}.{}", if reads { "read" } else { "write" })
}

/// Lets whoever announces the fact send it to the new queue; returns the queue's name.
fn hear(manifest: &Manifest, files: &mut Files<'_>, context: &str, name: &str, fact: &str) -> Result<String> {
    let queue = format!("{context}-{}", kebab(fact));
    let expected = format!("{context}-on-{}", kebab(fact));
    ensure!(
        name == expected,
        "a function that hears {fact} in {context} is called `{expected}`"
    );
    ensure!(
        !manifest.queues.contains_key(&queue),
        "there is a queue `{queue}` already"
    );
    let Some(announcer) = manifest
        .functions
        .values()
        .find(|function| announces(manifest, function, fact))
    else {
        let facts: Vec<&str> = manifest
            .queues
            .values()
            .flat_map(|queue| &queue.from)
            .map(String::as_str)
            .collect();
        bail!(
            "nobody announces {fact}; announced are {}",
            unique(facts).join(", ")
        );
    };
    let line = usize::try_from(announcer.place.line).context("the manifest is very long")?;
    files.edit(&announcer.place.file, |text| grant_send(text, line, &queue))?;
    Ok(queue)
}

fn announces(manifest: &Manifest, function: &Function, fact: &str) -> bool {
    let sends = |name: &String| {
        manifest
            .queues
            .get(name)
            .is_some_and(|queue| queue.from.iter().any(|from| from == fact))
    };
    matches!(function.trigger, Trigger::Stream(_)) && function.access.keys().any(sends)
}

fn unique(mut names: Vec<&str>) -> Vec<&str> {
    names.sort_unstable();
    names.dedup();
    names
}

/// Adds `<queue>: send` to the access of the function in this line, inline or as a block.
fn grant_send(text: &str, function_line: usize, queue: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let after = lines.iter().enumerate().skip(function_line);
    let Some(at) = after
        .filter(|(_, line)| line.trim_start().starts_with("access:"))
        .map(|(at, _)| at)
        .next()
    else {
        return text.to_owned();
    };
    if let Some(end) = lines[at].rfind('}') {
        let head = lines[at][..end].trim_end().to_owned();
        lines[at] = format!("{head}, {queue}: send }}");
    } else {
        let indent = lines[at].len() - lines[at].trim_start().len();
        let block = lines[at + 1..]
            .iter()
            .take_while(|line| line.len() - line.trim_start().len() > indent)
            .count();
        lines.insert(at + 1 + block, format!("{}{queue}: send", " ".repeat(indent + 2)));
    }
    lines.join("\n") + "\n"
}

/// Adds lines at the end of a top-level block; makes the block when there is none.
fn insert(text: &str, block: &str, more: &str) -> String {
    let head = format!("{block}:");
    let lines: Vec<&str> = text.lines().collect();
    let Some(start) = lines.iter().position(|line| *line == head) else {
        return format!("{}\n\n{head}\n{more}", text.trim_end());
    };
    let inside = |line: &&&str| line.is_empty() || line.starts_with(' ') || line.starts_with('#');
    let mut end = start + 1 + lines[start + 1..].iter().take_while(inside).count();
    // Empty lines and comments before the next block belong to that one.
    while end > start + 1 && !lines[end - 1].starts_with(' ') {
        end -= 1;
    }
    let (before, after) = lines.split_at(end);
    let mut edited = before.join("\n") + "\n" + more;
    if !after.is_empty() {
        edited.push_str(&after.join("\n"));
        edited.push('\n');
    }
    edited
}

/// `OrderPlaced` as a queue spells it: `order-placed`.
fn kebab(fact: &str) -> String {
    manifest::snake_upper(fact).to_lowercase().replace('_', "-")
}
