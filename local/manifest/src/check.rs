//! Whether the parts fit each other: every rule that concerns two entries, or a name, or a range.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::{
        Access, Auth, Function, Http, Idempotency, Manifest, Place, Queue, QueueTrigger, Route, Table,
        Trigger,
    },
    names::{is_fact, is_kebab, is_scope, is_snake, kebab},
    read::Problem,
};

/// What the API Gateway waits for a function; its own limit is 30 seconds.
const HTTP_TIMEOUT_S_MAX: u32 = 29;
/// The longest name that still fits AWS's 64 letters with `<app>-<env>-` before it.
const FUNCTION_NAME_MAX: usize = 44;
/// The same for queues (80 letters), with `-parked` behind it.
const QUEUE_NAME_MAX: usize = 52;
/// Two functions may read one stream; a third is throttled by `DynamoDB`.
const STREAM_READERS_MAX: usize = 2;
/// What is sent to and belongs to nobody here.
const OUTSIDE: [&str; 2] = ["mail", "outbound"];
/// Contexts that own no file: the API's own pages, in `platform.yaml`.
const PLATFORM_CONTEXT: &str = "api";

/// Every problem of a manifest whose single entries are well formed.
pub(crate) fn check(manifest: &Manifest) -> Vec<Problem> {
    let mut checker = Checker {
        manifest,
        problems: Vec::new(),
    };
    manifest.tables.values().for_each(|table| checker.table(table));
    manifest.queues.values().for_each(|queue| checker.queue(queue));
    manifest
        .functions
        .values()
        .for_each(|function| checker.function(function));
    checker.routes();
    checker.consumers();
    checker.problems
}

struct Checker<'a> {
    manifest: &'a Manifest,
    problems: Vec<Problem>,
}

impl Checker<'_> {
    fn expect(&mut self, holds: bool, place: &Place, sentence: impl FnOnce() -> String) {
        if !holds {
            self.problems.push(Problem {
                place: place.clone(),
                sentence: sentence(),
            });
        }
    }

    fn table(&mut self, table: &Table) {
        let name = &table.name;
        let place = &table.place;
        self.expect(is_kebab(name), place, || {
            format!("table `{name}` must be lower-case words joined by `-`")
        });
        let taken = OUTSIDE.contains(&name.as_str()) || self.manifest.queues.contains_key(name);
        self.expect(!taken, place, || {
            format!("`{name}` is the name of something else; a table needs its own")
        });
        let keys = [&table.key]
            .into_iter()
            .chain(table.indexes.iter().map(|index| &index.key));
        let attributes = keys
            .flat_map(|key| std::iter::once(&key.partition).chain(&key.sort))
            .chain(&table.ttl);
        for attribute in attributes {
            self.expect(is_snake(attribute), place, || {
                format!("attribute `{attribute}` of table `{name}` must be lower-case words joined by `_`")
            });
        }
        for index in &table.indexes {
            self.expect(
                index.name.starts_with("by_") && is_snake(&index.name),
                place,
                || {
                    format!(
                        "index `{}` of table `{name}` must be called `by_<what>`",
                        index.name
                    )
                },
            );
        }
        let readers = self.manifest.functions.values();
        let readers = readers
            .filter(|f| matches!(&f.trigger, Trigger::Stream(s) if s.table == *name))
            .count();
        self.expect(!table.stream || readers > 0, place, || {
            format!("table `{name}` has a stream that no function reads")
        });
        self.expect(readers <= STREAM_READERS_MAX, place, || {
            format!(
                "the stream of table `{name}` has {readers} readers; expected at most {STREAM_READERS_MAX}"
            )
        });
    }

    fn queue(&mut self, queue: &Queue) {
        let name = &queue.name;
        let place = &queue.place;
        self.expect(is_kebab(name) && name.len() <= QUEUE_NAME_MAX, place, || {
            format!("queue `{name}` must be lower-case words joined by `-`, at most {QUEUE_NAME_MAX} letters")
        });
        self.expect(!name.ends_with("-parked"), place, || {
            format!("queue `{name}` must not be declared: each queue has its parked twin without saying so")
        });
        self.expect(!queue.from.is_empty(), place, || {
            format!("queue `{name}` hears no fact; expected `from`")
        });
        for fact in &queue.from {
            self.expect(is_fact(fact), place, || {
                format!("`{fact}` is no fact; expected such as `OrderPlaced`")
            });
        }
        if let [fact] = &queue.from[..] {
            let tail = format!("-{}", kebab(fact));
            self.expect(name.ends_with(&tail) && name.len() > tail.len(), place, || {
                format!("queue `{name}` hears {fact}; expected the name `<listener>{tail}`")
            });
        }
        let senders = self
            .manifest
            .functions
            .values()
            .filter(|f| f.access.contains_key(name))
            .count();
        self.expect(senders > 0, place, || {
            format!(
                "nobody sends to queue `{name}`; expected `{name}: send` in the access of a stream function"
            )
        });
        let receives_max = queue.receives_max;
        self.expect((1..=1000).contains(&receives_max), place, || {
            format!("queue `{name}` parks after {receives_max} receives; expected 1 to 1000")
        });
    }

    /// Each queue has exactly one consumer: two would each see a part of the facts.
    fn consumers(&mut self) {
        let mut consumers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for function in self.manifest.functions.values() {
            if let Trigger::Queue(trigger) = &function.trigger {
                consumers.entry(&trigger.queue).or_default().push(&function.name);
            }
        }
        for queue in self.manifest.queues.values() {
            let names = consumers.remove(queue.name.as_str()).unwrap_or_default();
            self.expect(names.len() == 1, &queue.place, || match names[..] {
                [] => format!("nobody consumes queue `{}`", queue.name),
                _ => format!(
                    "queue `{}` has several consumers: {}",
                    queue.name,
                    names.join(", ")
                ),
            });
        }
    }

    fn function(&mut self, function: &Function) {
        let name = &function.name;
        let place = &function.place;
        self.expect(is_kebab(name) && name.len() <= FUNCTION_NAME_MAX, place, || {
            format!("function `{name}` must be lower-case words joined by `-`, at most {FUNCTION_NAME_MAX} letters")
        });
        self.expect(self.context_fits(function), place, || {
            format!(
                "function `{name}` must start with the context of its file, or with a table declared there"
            )
        });
        let memory = function.memory_mb;
        self.expect((128..=10_240).contains(&memory), place, || {
            format!("`{name}` asks for {memory} MiB; expected 128 to 10240")
        });
        let timeout = function.timeout_s;
        self.expect((1..=900).contains(&timeout), place, || {
            format!("`{name}` may run {timeout} s; expected 1 to 900")
        });
        for secret in &function.secrets {
            self.expect(is_kebab(secret), place, || {
                format!("secret `{secret}` of `{name}` must be lower-case words joined by `-`")
            });
        }
        self.access(function);
        self.trigger(function);
    }

    fn context_fits(&self, function: &Function) -> bool {
        let stem = function.place.file.strip_suffix(".yaml").unwrap_or_default();
        let own = |context: &str| {
            function
                .name
                .strip_prefix(context)
                .and_then(|rest| rest.strip_prefix('-'))
                .is_some_and(|r| !r.is_empty())
        };
        own(stem)
            || (stem == "platform" && own(PLATFORM_CONTEXT))
            || self
                .manifest
                .tables
                .values()
                .any(|t| t.place.file == function.place.file && own(&t.name))
    }

    fn access(&mut self, function: &Function) {
        let name = &function.name;
        let place = &function.place;
        let mut written = None;
        let mut sent = None;
        for (resource, access) in &function.access {
            let word = access.word();
            if self.manifest.tables.contains_key(resource) {
                self.expect(*access != Access::Send, place, || {
                    format!("`{name}` cannot `send` to table `{resource}`; expected read, write, readwrite, append or readappend")
                });
                if access.writes() {
                    written = Some(resource);
                }
            } else {
                let queue = self.manifest.queues.contains_key(resource);
                let known = queue || OUTSIDE.contains(&resource.as_str());
                self.expect(known, place, || {
                    format!("`{name}` names `{resource}`, which is no table, no queue, not `mail` and not `outbound`")
                });
                self.expect(!known || *access == Access::Send, place, || {
                    format!("`{name}` cannot `{word}` `{resource}`; expected send")
                });
                if queue {
                    sent = Some(resource);
                }
            }
        }
        if let (Some(table), Some(queue)) = (written, sent) {
            self.expect(false, place, || {
                format!(
                    "`{name}` writes table `{table}` and sends to queue `{queue}`; \
                     the table's stream must carry the fact"
                )
            });
        }
    }

    fn trigger(&mut self, function: &Function) {
        match &function.trigger {
            Trigger::Http(http) => self.http(function, http),
            Trigger::Queue(trigger) => {
                let (name, place, queue) = (&function.name, &function.place, &trigger.queue);
                self.expect(self.manifest.queues.contains_key(queue), place, || {
                    format!("`{name}` consumes `{queue}`, which is no queue")
                });
                let expected = queue
                    .split_once('-')
                    .map(|(context, fact)| format!("{context}-on-{fact}"));
                self.expect(expected.as_deref() == Some(name.as_str()), place, || {
                    let expected = expected.clone().unwrap_or_default();
                    format!("`{name}` consumes `{queue}`; expected the name `{expected}`")
                });
                self.queue_options(function, trigger);
            }
            Trigger::Stream(trigger) => {
                let (name, place, table) = (&function.name, &function.place, &trigger.table);
                let streams = self.manifest.tables.get(table).is_some_and(|table| table.stream);
                self.expect(streams, place, || {
                    format!("`{name}` reads the stream of `{table}`, which is no table with `stream`")
                });
                self.expect(*name == format!("{table}-stream"), place, || {
                    format!("`{name}` reads the stream of `{table}`; expected the name `{table}-stream`")
                });
                let batch = trigger.batch;
                self.expect((1..=10_000).contains(&batch), place, || {
                    format!("`{name}` takes {batch} records at once; expected 1 to 10000")
                });
                self.expect(trigger.retries_max <= 10_000, place, || {
                    format!(
                        "`{name}` retries {} times; expected at most 10000",
                        trigger.retries_max
                    )
                });
            }
            Trigger::Schedule(_) | Trigger::Invoke => {
                self.expect(!function.name.ends_with("-stream"), &function.place, || {
                    format!(
                        "`{}` reads no stream; expected the name `<context>-<verb>`",
                        function.name
                    )
                });
            }
        }
    }

    fn queue_options(&mut self, function: &Function, trigger: &QueueTrigger) {
        let (name, place) = (&function.name, &function.place);
        let (batch, window_s) = (trigger.batch, trigger.window_s);
        self.expect((1..=10_000).contains(&batch), place, || {
            format!("`{name}` takes {batch} messages at once; expected 1 to 10000")
        });
        self.expect(window_s <= 300, place, || {
            format!("`{name}` waits {window_s} s; expected at most 300")
        });
        self.expect(batch <= 10 || window_s > 0, place, || {
            format!("`{name}` takes {batch} messages at once; AWS wants `window_s` of at least 1 above 10")
        });
        if let Some(concurrency) = trigger.concurrency {
            self.expect((2..=1000).contains(&concurrency), place, || {
                format!("`{name}` runs {concurrency} times at once; expected 2 to 1000")
            });
        }
        let outside = OUTSIDE.into_iter().find(|to| function.access.contains_key(*to));
        self.expect(outside.is_none() || trigger.concurrency.is_some(), place, || {
            let outside = outside.unwrap_or_default();
            format!("`{name}` sends to the outside (`{outside}`), which takes so much at once; expected `concurrency`")
        });
    }

    fn http(&mut self, function: &Function, http: &Http) {
        let (name, place, route) = (&function.name, &function.place, &http.route);
        let is_both = |table: &str| function.access.get(table) == Some(&Access::ReadWrite);
        self.callers(function, http);
        self.expect(
            !http.auth.contains(&Auth::Guest) || function.secrets.iter().any(|s| s == "signing"),
            place,
            || format!("`{name}` serves guests; expected `secrets: [signing]` to check their tokens"),
        );
        self.expect(http.limit.is_none() || is_both("limits"), place, || {
            format!("`{name}` is limited; expected `limits: readwrite` in its access")
        });
        let keyed = http.idempotency != Idempotency::None;
        self.expect(!keyed || is_both("idempotency"), place, || {
            format!("`{name}` honors Idempotency-Key; expected `idempotency: readwrite` in its access")
        });
        let reads =
            matches!(route, Route::Path { method, .. } if method == "GET") || *route == Route::Default;
        self.expect(!(keyed && reads), place, || {
            format!("`{route}` changes nothing; `idempotency` has no meaning")
        });
        let timeout = function.timeout_s;
        self.expect(timeout <= HTTP_TIMEOUT_S_MAX, place, || {
            format!("`{name}` may run {timeout} s; behind a route expected at most {HTTP_TIMEOUT_S_MAX}")
        });
        let body = http.body_bytes_max / 1024;
        self.expect((1..=6144).contains(&body), place, || {
            format!("`{route}` takes {body} KiB; expected 1 to 6144")
        });
    }

    /// Who may call: the kinds fit each other, and the function can tell who they are.
    fn callers(&mut self, function: &Function, http: &Http) {
        let (name, place, route) = (&function.name, &function.place, &http.route);
        let takes = |auth: Auth| http.auth.contains(&auth);
        let bears = takes(Auth::Customer) || takes(Auth::Staff);
        let alone = !takes(Auth::Public) || !(takes(Auth::Guest) || takes(Auth::Staff));
        self.expect(alone, place, || {
            format!("`{route}` is public and more; `public` stands alone, or with `customer`")
        });
        let known = function
            .access
            .get("authority")
            .is_some_and(|access| access.reads());
        self.expect(!bears || known, place, || {
            format!("`{name}` serves customers or staff; expected `authority: read` in its access")
        });
        let audited = function
            .access
            .get("trail")
            .is_some_and(|access| access.appends());
        self.expect(!bears || audited, place, || {
            format!("`{name}` serves customers or staff; expected `trail: append` in its access")
        });
        self.expect(takes(Auth::Staff) == http.scope.is_some(), place, || {
            format!("`{route}`: a route for staff names its `scope`, and no other does")
        });
        for scope in [&http.scope, &http.delegated].into_iter().flatten() {
            let word = http.scope.as_ref() != Some(scope) && is_snake(scope);
            self.expect(is_scope(scope) || word, place, || {
                format!("`{scope}` is no scope; expected `<context>.<verb>`, such as `orders.write`")
            });
        }
        self.expect(http.delegated.is_none() || takes(Auth::Customer), place, || {
            format!("`{route}`: an application acts for a customer; `delegated` needs `auth: customer`")
        });
        self.expect((1..=2).contains(&http.assurance), place, || {
            format!("`{route}` asks for assurance {}; expected 1 or 2", http.assurance)
        });
        let asks = http.assurance > 1 || http.fresh_s.is_some();
        self.expect(!asks || bears, place, || {
            format!(
                "`{route}`: `assurance` and `fresh` are asked of customers and staff, whom it does not serve"
            )
        });
    }

    /// Two routes that differ only in the names of their parameters are one route.
    fn routes(&mut self) {
        let mut taken: BTreeMap<String, &str> = BTreeMap::new();
        for (route, function) in self.manifest.routes() {
            let (shape, parameters) = shape_of(route);
            let distinct: BTreeSet<&String> = parameters.iter().collect();
            self.expect(distinct.len() == parameters.len(), &function.place, || {
                format!("`{route}` names a parameter twice")
            });
            if let Some(other) = taken.insert(shape, &function.name) {
                self.expect(false, &function.place, || {
                    format!("`{route}` is served by `{other}` and by `{}`", function.name)
                });
            }
        }
    }
}

fn shape_of(route: &Route) -> (String, Vec<String>) {
    let text = route.to_string();
    let mut parameters = Vec::new();
    let segments: Vec<&str> = text
        .split('/')
        .map(
            |segment| match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                Some(name) => {
                    parameters.push(name.to_owned());
                    "{}"
                }
                None => segment,
            },
        )
        .collect();
    (segments.join("/"), parameters)
}
