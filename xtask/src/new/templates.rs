//! The files of a new function. They are whole: what is missing is named by the compiler and by
//! the tests, not by comments.

use anyhow::{Context, Result};
use manifest::{Auth, Function, Http, Manifest, Route, Trigger};

/// Paths and texts of everything but the manifest and the list of tests.
pub(super) fn files(manifest: &Manifest, function: &Function, context: &str) -> Vec<(String, String)> {
    let name = &function.name;
    vec![
        (format!("functions/{name}/Cargo.toml"), cargo(function, context)),
        (
            format!("functions/{name}/src/main.rs"),
            main(manifest, function, context),
        ),
        (format!("events/{name}/works.json"), sample(function)),
        (format!("tests/it/{}.rs", name.replace('-', "_")), test(function)),
    ]
}

/// `tests/it/main.rs` with one module more, in the order of the alphabet.
pub(super) fn with_module(main: &str, module: &str) -> Result<String> {
    let lines: Vec<&str> = main.lines().collect();
    let is_module = |line: &str| line.starts_with("mod ") && line.ends_with(';');
    let new = format!("mod {module};");
    let later = lines
        .iter()
        .position(|line| is_module(line) && *line > new.as_str());
    let at = later.or_else(|| {
        lines
            .iter()
            .rposition(|line| is_module(line))
            .map(|last| last + 1)
    });
    let at = at.context("tests/it/main.rs lists no module")?;
    let (before, after) = lines.split_at(at);
    let lines = [before, &[new.as_str()], after].concat();
    Ok(lines.join("\n") + "\n")
}

/// One line for each name.
fn lines(names: &[&str], line: impl Fn(&str) -> String) -> String {
    names.iter().map(|name| line(name)).collect()
}

/// Whether its route takes bearer credentials, which only a guard can tell apart.
fn is_guarded(http: &manifest::Http) -> bool {
    let bears = |auth: &Auth| matches!(auth, Auth::Customer | Auth::Staff);
    http.auth.iter().any(bears)
}

fn cargo(function: &Function, context: &str) -> String {
    let mut dependencies = vec![context, "kernel", "platform"];
    let guarded = matches!(&function.trigger, Trigger::Http(http) if is_guarded(http));
    if guarded && context != "authority" {
        dependencies.push("authority");
    }
    dependencies.sort_unstable();
    let dependencies = lines(&dependencies, |name| format!("{name}.workspace = true\n"));
    format!(
        "[package]\nname = \"{0}\"\nversion.workspace = true\nedition.workspace = true\nrust-version.workspace = true\n\
         license.workspace = true\npublish.workspace = true\n\n[[bin]]\nname = \"{0}\"\npath = \"src/main.rs\"\n\
         test = false # what it does is tested from outside\n\n[lints]\nworkspace = true\n\n[dependencies]\n{dependencies}\
         tokio = {{ workspace = true, features = [\"macros\", \"rt\"] }}\n",
        function.name
    )
}

/// `orders-get-invoice` in `orders` is `get_invoice`.
fn verb(function: &Function) -> String {
    let name = &function.name;
    name.split_once('-')
        .map_or(name.as_str(), |(_, verb)| verb)
        .replace('-', "_")
}

fn camel(words: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    words.split(['-', '_']).map(word).collect()
}

fn main(manifest: &Manifest, function: &Function, context: &str) -> String {
    let (facade, verb) = (camel(context), verb(function));
    match &function.trigger {
        Trigger::Http(http) => http_main(http, context, &facade, &verb),
        Trigger::Queue(trigger) => {
            let facts = manifest
                .queues
                .get(&trigger.queue)
                .map(|queue| queue.from.join(", "))
                .unwrap_or_default();
            let handler = verb;
            format!(
                "//! `{queue}`: what {context} do when they hear of {facts}.\n\n\
                 use {context}::{{{facade}, heard::{facts}}};\nuse kernel::Fault;\nuse platform::queue::{{self, Message}};\n\n\
                 #[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> platform::lambda::Exit {{\n    queue::serve({facade}::new, {handler}).await\n}}\n\n\
                 async fn {handler}({context}: &'static {facade}, message: Message<{facts}>) -> Result<(), Fault> {{\n    {context}.{handler}(&message.fact).await\n}}\n",
                queue = trigger.queue,
            )
        }
        Trigger::Stream(_) | Trigger::Schedule(_) | Trigger::Invoke => format!(
            "//! `{context}` by the clock: {words}.\n\n\
             use {context}::{facade};\nuse kernel::Fault;\nuse platform::schedule::{{self, Swept, Tick}};\n\n\
             #[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> platform::lambda::Exit {{\n    schedule::serve({facade}::new, {verb}).await\n}}\n\n\
             async fn {verb}({context}: &'static {facade}, tick: Tick) -> Result<Swept, Fault> {{\n    {context}.{verb}(tick.at).await\n}}\n",
            words = verb.replace('_', " "),
        ),
    }
}

fn http_main(http: &Http, context: &str, facade: &str, verb: &str) -> String {
    let view = format!("{}View", camel(verb.rsplit('_').next().unwrap_or(verb)));
    let takes_body = matches!(&http.route, Route::Path { method, .. } if matches!(method.as_str(), "POST" | "PUT" | "PATCH"));
    let names = match &http.route {
        Route::Path { path, .. } => path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect(),
        Route::Default => Vec::new(),
    };
    let reads = lines(&names, |name| {
        format!("    let {name} = call.path(\"{name}\")?;\n")
    });
    let mut arguments: Vec<String> = names.iter().map(|name| format!("&{name}")).collect();
    let mut wire = vec![view.clone()];
    let body = camel(verb);
    if takes_body {
        arguments.push("call.body".to_owned());
        wire.push(body.clone());
    }
    wire.sort();
    let wire = if wire.len() == 1 {
        view.clone()
    } else {
        format!("{{{}}}", wire.join(", "))
    };
    let call = if takes_body {
        format!("Call<{body}>")
    } else {
        "Call".to_owned()
    };
    let guarded = is_guarded(http);
    let serve = if guarded {
        format!("serve_guarded(Guard::new, {facade}::new, {verb})")
    } else {
        format!("serve({facade}::new, {verb})")
    };
    let guard = if guarded { "use authority::Guard;\n" } else { "" };
    format!(
        "//! `{route}`: {words}.\n\n\
         {guard}use kernel::Fault;\nuse platform::http::{{self, Call, Json}};\nuse {context}::{{{facade}, wire::{wire}}};\n\n\
         #[tokio::main(flavor = \"current_thread\")]\nasync fn main() -> http::Exit {{\n    http::{serve}.await\n}}\n\n\
         async fn {verb}({context}: &'static {facade}, call: {call}) -> Result<Json<{view}>, Fault> {{\n\
         {reads}    Ok(Json::new({context}.{verb}({arguments}).await?))\n}}\n",
        route = http.route,
        words = verb.replace('_', " "),
        arguments = arguments.join(", "),
    )
}

fn sample(function: &Function) -> String {
    match &function.trigger {
        Trigger::Http(http) => {
            let caller = http.auth.last().copied().unwrap_or(Auth::Public).word();
            let names: Vec<String> = match &http.route {
                Route::Path { path, .. } => path
                    .split('/')
                    .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
                    .map(|name| format!("\"{name}\": \"unknown\""))
                    .collect(),
                Route::Default => Vec::new(),
            };
            format!(
                "{{ \"as\": \"{caller}\", \"path\": {{ {} }} }}\n",
                names.join(", ")
            )
        }
        Trigger::Queue(_) => "{ \"fact\": {} }\n".to_owned(),
        Trigger::Stream(_) => "{ \"changes\": [] }\n".to_owned(),
        Trigger::Invoke => "{ \"payload\": {} }\n".to_owned(),
        Trigger::Schedule(_) => "{ \"at\": \"2026-01-01T00:00:00.000Z\" }\n".to_owned(),
    }
}

fn test(function: &Function) -> String {
    let name = &function.name;
    match &function.trigger {
        Trigger::Http(http) => http_test(http, name),
        Trigger::Queue(trigger) => format!(
            "//! `{queue}`, seen from outside.\n\n\
             use crate::shop::TestShop;\n\n\
             #[tokio::test]\nasync fn it_works() {{\n    let shop = TestShop::open().await;\n    shop.tell_sample(\"{name}\", \"works\").await;\n    assert_eq!(shop.parked(\"{queue}\").await.len(), 0);\n}}\n\n\
             #[tokio::test]\nasync fn hearing_it_twice_is_harmless() {{\n    let shop = TestShop::open().await;\n    shop.tell_sample(\"{name}\", \"works\").await;\n    shop.tell_sample(\"{name}\", \"works\").await;\n    assert_eq!(shop.parked(\"{queue}\").await.len(), 0);\n}}\n\n\
             #[tokio::test]\nasync fn nonsense_is_parked() {{\n    let shop = TestShop::open().await;\n    shop.tell_nonsense(\"{queue}\").await;\n    assert_eq!(shop.parked(\"{queue}\").await.len(), 1);\n}}\n",
            queue = trigger.queue,
        ),
        Trigger::Stream(_) | Trigger::Schedule(_) | Trigger::Invoke => format!(
            "//! `{name}`, seen from outside.\n\n\
             use crate::shop::TestShop;\n\n\
             #[tokio::test]\nasync fn an_empty_shop_has_nothing_to_do() {{\n    let shop = TestShop::open().await;\n    shop.run_schedule(\"{name}\").await;\n    assert_eq!(shop.invocations(\"{name}\").await, (1, 0));\n}}\n\n\
             #[tokio::test]\nasync fn running_twice_is_harmless() {{\n    let shop = TestShop::open().await;\n    for _ in 0..2 {{\n        shop.run_schedule(\"{name}\").await;\n    }}\n    assert_eq!(shop.invocations(\"{name}\").await, (2, 0));\n}}\n"
        ),
    }
}

fn http_test(http: &Http, name: &str) -> String {
    let (method, path) = match &http.route {
        Route::Path { method, path } => (method.to_lowercase(), path.replace(['{', '}'], "")),
        Route::Default => ("get".to_owned(), "/nowhere".to_owned()),
    };
    let status = if method == "post" { 201 } else { 200 };
    let (credential, stranger) = match http.auth.last() {
        Some(Auth::Staff) => (".staff()", Some(())),
        Some(Auth::Customer) => (".bearer(&customer.access_token)", Some(())),
        Some(Auth::Guest) => (".guest(&cart.token)", Some(())),
        Some(Auth::Public) | None => ("", None),
    };
    let cart = if credential.contains("cart") {
        "    let cart = shop.cart().await;\n"
    } else if credential.contains("customer") {
        "    let customer = shop.somebody().await;\n"
    } else {
        ""
    };
    let second = match stranger {
        Some(()) => format!(
            "#[tokio::test]\nasync fn a_stranger_is_refused() {{\n    let shop = TestShop::open().await;\n    let answer = shop.{method}(\"{path}\").await;\n    answer.refuses(401, \"unauthenticated\");\n}}\n"
        ),
        None => format!(
            "#[tokio::test]\nasync fn anyone_may_call() {{\n    let shop = TestShop::open().await;\n    let answer = shop.{method}(\"{path}\").await;\n    assert_ne!(answer.status(), 401);\n}}\n"
        ),
    };
    format!(
        "//! `{route}`, seen from outside.\n\n\
         use crate::shop::TestShop;\n\n\
         #[tokio::test]\nasync fn it_works() {{\n    let shop = TestShop::open().await;\n    let answer = shop.send_sample(\"{name}\", \"works\").await;\n    answer.expect({status});\n}}\n\n\
         {second}\n\
         #[tokio::test]\nasync fn nonsense_is_refused() {{\n    let shop = TestShop::open().await;\n{cart}    let answer = shop.{method}(\"{path}?nonsense=1\"){credential}.await;\n    answer.refuses(400, \"invalid_request\");\n}}\n",
        route = http.route,
    )
}
