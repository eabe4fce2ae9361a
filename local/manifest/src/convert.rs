//! Raw YAML to the typed model: defaults filled in, every value parsed, every misfit noted.
//!
//! What concerns one entry alone is refused here; what concerns two entries is in `check`.

use std::collections::BTreeMap;

use serde_saphyr::Spanned;

use crate::{
    model::{
        Access, Auth, Defaults, Function, Http, Idempotency, Index, Key, Limit, Manifest, Period, Place,
        Queue, QueueTrigger, Route, StreamTrigger, Table, Trigger,
    },
    raw::{Entries, OneOrMany, RawAuth, RawFile, RawFunction, RawIdempotency, RawTable, RawTrigger, RawVerb},
    read::Problem,
    schedule::Schedule,
};

const BODY_KB_DEFAULT: u32 = 256;
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Collects the model and the problems while walking the files.
pub(crate) struct Converter {
    manifest: Manifest,
    problems: Vec<Problem>,
    /// Deliveries before parking, as the consumer's trigger says, by queue.
    receives_max: BTreeMap<String, u32>,
}

impl Converter {
    pub(crate) fn convert(files: Vec<(&str, RawFile)>) -> (Manifest, Vec<Problem>) {
        let mut problems = Vec::new();
        let manifest = Manifest {
            defaults: defaults(&files, &mut problems),
            tables: BTreeMap::new(),
            queues: BTreeMap::new(),
            functions: BTreeMap::new(),
        };
        let mut converter = Self {
            manifest,
            problems,
            receives_max: BTreeMap::new(),
        };
        for (file, raw) in files {
            converter.file(file, raw);
        }
        converter.join_consumers();
        (converter.manifest, converter.problems)
    }

    fn file(&mut self, file: &str, raw: RawFile) {
        let place = |name: &Spanned<String>| Place {
            file: file.to_owned(),
            line: name.referenced.line(),
        };
        for (name, raw) in raw.tables.0 {
            let table = self.table(name.value.clone(), place(&name), raw);
            if let Some(twin) = self.manifest.tables.insert(name.value.clone(), table) {
                self.twice("table", &name.value, &twin.place, &place(&name));
            }
        }
        for (name, raw) in raw.queues.0 {
            let queue = Queue {
                name: name.value.clone(),
                place: place(&name),
                from: raw.from.into_vec(),
                consumer: String::new(),
                receives_max: self.manifest.defaults.queue_receives_max,
                visibility_s: 0,
            };
            if let Some(twin) = self.manifest.queues.insert(name.value.clone(), queue) {
                self.twice("queue", &name.value, &twin.place, &place(&name));
            }
        }
        for (name, raw) in raw.functions.0 {
            let Some(function) = self.function(name.value.clone(), place(&name), raw) else {
                continue;
            };
            if let Some(twin) = self.manifest.functions.insert(name.value.clone(), function) {
                self.twice("function", &name.value, &twin.place, &place(&name));
            }
        }
    }

    fn table(&mut self, name: String, place: Place, raw: RawTable) -> Table {
        let key = self.key(&place, &format!("table `{name}`"), raw.key);
        let mut indexes: Vec<Index> = Vec::new();
        for (index, attributes) in raw.indexes.0 {
            let place = Place {
                line: index.referenced.line(),
                ..place.clone()
            };
            let key = self.key(&place, &format!("index `{}`", index.value), attributes);
            if indexes.iter().any(|other| other.name == index.value) {
                self.problem(&place, format!("index `{}` is declared twice", index.value));
            }
            indexes.push(Index {
                name: index.value,
                key,
            });
        }
        Table {
            name,
            place,
            key,
            indexes,
            stream: raw.stream.is_some(),
            ttl: raw.ttl,
        }
    }

    fn key(&mut self, place: &Place, of: &str, attributes: Vec<String>) -> Key {
        if attributes.is_empty() || attributes.len() > 2 {
            let count = attributes.len();
            self.problem(
                place,
                format!("{of} has a key of {count} attributes; expected one or two"),
            );
        }
        let mut attributes = attributes.into_iter();
        Key {
            partition: attributes.next().unwrap_or_default(),
            sort: attributes.next(),
        }
    }

    fn function(&mut self, name: String, place: Place, raw: RawFunction) -> Option<Function> {
        let access = self.access(&place, &name, raw.access);
        let trigger = self.trigger(&place, &name, &raw.trigger)?;
        Some(Function {
            trigger,
            access,
            secrets: raw.secrets,
            memory_mb: raw.memory_mb.unwrap_or(self.manifest.defaults.memory_mb),
            timeout_s: raw.timeout_s.unwrap_or(self.manifest.defaults.timeout_s),
            name,
            place,
        })
    }

    fn access(&mut self, place: &Place, name: &str, raw: Entries<RawVerb>) -> BTreeMap<String, Access> {
        let mut access = BTreeMap::new();
        for (resource, verb) in raw.0 {
            let place = Place {
                line: resource.referenced.line(),
                ..place.clone()
            };
            let verb = match verb {
                RawVerb::Read => Access::Read,
                RawVerb::Write => Access::Write,
                RawVerb::Readwrite => Access::ReadWrite,
                RawVerb::Append => Access::Append,
                RawVerb::Readappend => Access::ReadAppend,
                RawVerb::Send => Access::Send,
            };
            if access.insert(resource.value.clone(), verb).is_some() {
                self.problem(
                    &place,
                    format!("`{name}` names `{}` twice in its access", resource.value),
                );
            }
        }
        access
    }

    fn trigger(&mut self, place: &Place, name: &str, raw: &RawTrigger) -> Option<Trigger> {
        self.options_fit(place, name, raw);
        let defaults = self.manifest.defaults;
        match (
            raw.http.as_deref(),
            raw.queue.as_deref(),
            raw.stream.as_deref(),
            raw.schedule.as_deref(),
            raw.invoke,
        ) {
            (Some(route), None, None, None, None) => self.http(place, route, raw).map(Trigger::Http),
            (None, Some(queue), None, None, None) => {
                if let Some(receives_max) = raw.receives_max {
                    self.receives_max.insert(queue.to_owned(), receives_max);
                }
                Some(Trigger::Queue(QueueTrigger {
                    queue: queue.to_owned(),
                    batch: raw.batch.unwrap_or(defaults.queue_batch),
                    window_s: raw.window_s.unwrap_or(defaults.queue_window_s),
                    concurrency: raw.concurrency,
                }))
            }
            (None, None, Some(table), None, None) => Some(Trigger::Stream(StreamTrigger {
                table: table.to_owned(),
                batch: raw.batch.unwrap_or(defaults.stream_batch),
                retries_max: raw.retries_max.unwrap_or(defaults.stream_retries_max),
            })),
            (None, None, None, None, Some(true)) => Some(Trigger::Invoke),
            (None, None, None, Some(text), None) => match Schedule::parse(text) {
                Ok(schedule) => Some(Trigger::Schedule(schedule)),
                Err(error) => {
                    self.problem(place, format!("the schedule of `{name}` is wrong: {error}"));
                    None
                }
            },
            _ => {
                let sentence = format!(
                    "the trigger of `{name}` must have exactly one of `http`, `queue`, `stream`, `schedule`, \
                     `invoke: true`"
                );
                self.problem(place, sentence);
                None
            }
        }
    }

    /// An option of another kind of trigger would be ignored in silence; it is refused instead.
    fn options_fit(&mut self, place: &Place, name: &str, raw: &RawTrigger) {
        let http = raw.http.is_some();
        let queue = raw.queue.is_some();
        let stream = raw.stream.is_some();
        let options = [
            ("auth", raw.auth.is_some(), http, "http"),
            ("scope", raw.scope.is_some(), http, "http"),
            ("delegated", raw.delegated.is_some(), http, "http"),
            ("assurance", raw.assurance.is_some(), http, "http"),
            ("fresh", raw.fresh.is_some(), http, "http"),
            ("limit", raw.limit.is_some(), http, "http"),
            ("idempotency", raw.idempotency.is_some(), http, "http"),
            ("body_kb", raw.body_kb.is_some(), http, "http"),
            ("batch", raw.batch.is_some(), queue || stream, "queue or stream"),
            ("window_s", raw.window_s.is_some(), queue, "queue"),
            ("concurrency", raw.concurrency.is_some(), queue, "queue"),
            ("receives_max", raw.receives_max.is_some(), queue, "queue"),
            ("retries_max", raw.retries_max.is_some(), stream, "stream"),
        ];
        for (option, given, fits, kind) in options {
            if given && !fits {
                let sentence = format!("`{option}` of `{name}` belongs to a trigger of kind {kind}");
                self.problem(place, sentence);
            }
        }
    }

    fn http(&mut self, place: &Place, route: &str, raw: &RawTrigger) -> Option<Http> {
        let auth: Vec<Auth> = match &raw.auth {
            Some(OneOrMany::One(auth)) => vec![auth_of(*auth)],
            Some(OneOrMany::Many(list)) => list.iter().copied().map(auth_of).collect(),
            None => Vec::new(),
        };
        if auth.is_empty() {
            self.problem(
                place,
                format!("`{route}` does not say who may call it; expected `auth`"),
            );
        }
        let Some(route) = route_of(route) else {
            let methods = METHODS.join(", ");
            let sentence = format!(
                "`{route}` is no route; expected one of {methods} and a path such as \
                 `/v1/orders/{{order_id}}`, or `$default`"
            );
            self.problem(place, sentence);
            return None;
        };
        let limit = raw.limit.as_deref().and_then(|text| {
            let limit = limit_of(text);
            if limit.is_none() {
                let sentence = format!("`{text}` is no limit; expected such as `20/min` (s, min, hour, day)");
                self.problem(place, sentence);
            }
            limit
        });
        let mutates = matches!(&route, Route::Path { method, .. } if ["POST", "PATCH", "DELETE"].contains(&method.as_str()));
        let idempotency = match raw.idempotency {
            Some(RawIdempotency::Required) => Idempotency::Required,
            Some(RawIdempotency::Optional) => Idempotency::Optional,
            None if mutates => Idempotency::Optional,
            Some(RawIdempotency::None) | None => Idempotency::None,
        };
        let body_bytes_max = u64::from(raw.body_kb.unwrap_or(BODY_KB_DEFAULT)) * 1024;
        Some(Http {
            route,
            auth,
            scope: raw.scope.clone(),
            delegated: raw.delegated.clone(),
            assurance: raw.assurance.unwrap_or(1),
            fresh_s: self.fresh(place, raw.fresh.as_deref()),
            limit,
            idempotency,
            body_bytes_max,
        })
    }

    /// How lately, in seconds.
    fn fresh(&mut self, place: &Place, text: Option<&str>) -> Option<u32> {
        let text = text?;
        let seconds = seconds_of(text);
        if seconds.is_none() {
            let sentence = format!("`{text}` is no span of time; expected such as `10m` (s, m, h)");
            self.problem(place, sentence);
        }
        seconds
    }

    /// A queue is told who consumes it, and takes its limits from there.
    fn join_consumers(&mut self) {
        for function in self.manifest.functions.values() {
            let Trigger::Queue(trigger) = &function.trigger else {
                continue;
            };
            let Some(queue) = self.manifest.queues.get_mut(&trigger.queue) else {
                continue;
            };
            if queue.consumer.is_empty() {
                queue.consumer.clone_from(&function.name);
                queue.visibility_s = function.timeout_s * 6;
                if let Some(receives_max) = self.receives_max.get(&queue.name) {
                    queue.receives_max = *receives_max;
                }
            }
        }
    }

    fn twice(&mut self, kind: &str, name: &str, first: &Place, second: &Place) {
        self.problem(
            second,
            format!("{kind} `{name}` is declared twice; it is also in {first}"),
        );
    }

    fn problem(&mut self, place: &Place, sentence: String) {
        self.problems.push(Problem {
            place: place.clone(),
            sentence,
        });
    }
}

fn defaults(files: &[(&str, RawFile)], problems: &mut Vec<Problem>) -> Defaults {
    let mut given = files
        .iter()
        .filter_map(|(file, raw)| raw.defaults.as_ref().map(|defaults| (*file, defaults)));
    let first = given.next();
    for (file, _) in given {
        let place = Place {
            file: file.to_owned(),
            line: 1,
        };
        problems.push(Problem {
            place,
            sentence: "`defaults` may be given once, in `_defaults.yaml`".to_owned(),
        });
    }
    let Some((_, raw)) = first else {
        let place = Place {
            file: "_defaults.yaml".to_owned(),
            line: 1,
        };
        problems.push(Problem {
            place,
            sentence: "the block `defaults` is missing".to_owned(),
        });
        return Defaults {
            memory_mb: 256,
            timeout_s: 10,
            queue_batch: 10,
            queue_window_s: 0,
            queue_receives_max: 8,
            stream_batch: 100,
            stream_retries_max: 20,
        };
    };
    Defaults {
        memory_mb: raw.memory_mb,
        timeout_s: raw.timeout_s,
        queue_batch: raw.queue.batch,
        queue_window_s: raw.queue.window_s,
        queue_receives_max: raw.queue.receives_max,
        stream_batch: raw.stream.batch,
        stream_retries_max: raw.stream.retries_max,
    }
}

fn auth_of(raw: RawAuth) -> Auth {
    match raw {
        RawAuth::Public => Auth::Public,
        RawAuth::Guest => Auth::Guest,
        RawAuth::Customer => Auth::Customer,
        RawAuth::Staff => Auth::Staff,
    }
}

fn route_of(text: &str) -> Option<Route> {
    if text == "$default" {
        return Some(Route::Default);
    }
    let (method, path) = text.split_once(' ')?;
    let segments = path.strip_prefix('/')?.split('/');
    let well_formed = segments.into_iter().all(|segment| {
        match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => crate::names::is_snake(name),
            None => {
                !segment.is_empty()
                    && segment
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._".contains(c))
            }
        }
    });
    (METHODS.contains(&method) && well_formed).then(|| Route::Path {
        method: method.to_owned(),
        path: path.to_owned(),
    })
}

fn seconds_of(text: &str) -> Option<u32> {
    let unit = text.chars().last()?;
    let count: u32 = text.strip_suffix(unit)?.parse().ok().filter(|count| *count > 0)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        _ => return None,
    };
    count.checked_mul(seconds)
}

fn limit_of(text: &str) -> Option<Limit> {
    let (calls, per) = text.split_once('/')?;
    let calls = calls.parse().ok().filter(|calls| *calls > 0)?;
    let per = match per {
        "s" => Period::Second,
        "min" => Period::Minute,
        "hour" => Period::Hour,
        "day" => Period::Day,
        _ => return None,
    };
    Some(Limit { calls, per })
}
