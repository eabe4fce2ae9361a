//! What the manifest says of this function's route, as the environment hands it on.

use http::Method;

use crate::Cloud;

/// The route, who may call it, and its limits.
#[derive(Debug, Clone)]
pub(super) struct Trigger {
    /// The deployed function's name: the operation id.
    pub(super) operation: String,
    pub(super) route: Route,
    pub(super) auth: Vec<Auth>,
    /// What a staff caller must be permitted to do.
    pub(super) scope: Option<String>,
    /// What an application that acts for a customer must have been given; none may when absent.
    pub(super) delegated: Option<String>,
    /// How well a person's session must be proven: 1 or 2.
    pub(super) assurance: u8,
    /// How lately a person must have proven who they are, in seconds.
    pub(super) fresh_s: Option<u32>,
    pub(super) limit: Option<Rate>,
    pub(super) idempotency: Idempotency,
    pub(super) body_bytes_max: usize,
}

/// Which requests come to this function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    /// Those of one method and path.
    One(Method, String),
    /// Whatever no other function serves.
    Default,
}

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Auth {
    Public,
    Guest,
    Customer,
    Staff,
}

/// So many calls in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) calls: u32,
    pub(super) window_s: u32,
}

/// Whether an `Idempotency-Key` is heeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Idempotency {
    Required,
    Optional,
    None,
}

/// The route's settings contradict themselves or the function's `main`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTrigger {
    /// Settings are missing.
    #[error(transparent)]
    Missing(#[from] crate::BadSettings),
    /// A setting does not say what it must.
    #[error("`{name}` is `{value}`; expected {expected}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What it says.
        value: String,
        /// What it may say.
        expected: &'static str,
    },
    /// Customers or staff may call, and nobody can tell who they are.
    #[error(
        "`TRIGGER_AUTH` takes bearer tokens, and main has no guardian: use `http::serve_guarded(Guard::new, …)`"
    )]
    NoGuardian,
}

const BODY_BYTES_MAX: usize = 262_144;

impl Trigger {
    /// Reads the `TRIGGER_…` settings. Missing ones are recorded with the cloud.
    pub(super) fn read(cloud: &Cloud) -> Result<Self, BadTrigger> {
        let route = parse_route(&cloud.need("TRIGGER_ROUTE"))?;
        let mutates = matches!(&route, Route::One(method, _) if [Method::POST, Method::PATCH, Method::DELETE].contains(method));
        Ok(Self {
            operation: cloud
                .setting("AWS_LAMBDA_FUNCTION_NAME")
                .unwrap_or("function")
                .to_owned(),
            route,
            auth: parse_auth(&cloud.need("TRIGGER_AUTH"))?,
            scope: cloud.setting("TRIGGER_SCOPE").map(str::to_owned),
            delegated: cloud.setting("TRIGGER_DELEGATED").map(str::to_owned),
            assurance: parse_assurance(cloud.setting("TRIGGER_ASSURANCE"))?,
            fresh_s: parse_fresh(cloud.setting("TRIGGER_FRESH_S"))?,
            limit: cloud.setting("TRIGGER_LIMIT").map(parse_limit).transpose()?,
            idempotency: parse_idempotency(cloud.setting("TRIGGER_IDEMPOTENCY"), mutates)?,
            body_bytes_max: parse_bytes(cloud.setting("TRIGGER_BODY_BYTES_MAX"))?,
        })
    }

    pub(super) fn takes(&self, auth: Auth) -> bool {
        self.auth.contains(&auth)
    }
}

fn bad(name: &'static str, value: &str, expected: &'static str) -> BadTrigger {
    BadTrigger::Setting {
        name,
        value: value.to_owned(),
        expected,
    }
}

/// An empty setting is a missing one, which `Cloud::check` reports; it reads as the default here.
fn parse_route(text: &str) -> Result<Route, BadTrigger> {
    if text == "$default" || text.is_empty() {
        return Ok(Route::Default);
    }
    let wrong = || {
        bad(
            "TRIGGER_ROUTE",
            text,
            "a method and a path, for example `GET /v1/products`",
        )
    };
    let (method, path) = text.split_once(' ').ok_or_else(wrong)?;
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| wrong())?;
    if path.starts_with('/') {
        Ok(Route::One(method, path.to_owned()))
    } else {
        Err(wrong())
    }
}

fn parse_auth(text: &str) -> Result<Vec<Auth>, BadTrigger> {
    let one = |name: &str| match name.trim() {
        "public" => Ok(Auth::Public),
        "guest" => Ok(Auth::Guest),
        "customer" => Ok(Auth::Customer),
        "staff" => Ok(Auth::Staff),
        _ => Err(bad(
            "TRIGGER_AUTH",
            text,
            "`public`, `guest`, `customer`, `staff` or several with commas between",
        )),
    };
    text.split(',').filter(|name| !name.is_empty()).map(one).collect()
}

fn parse_limit(text: &str) -> Result<Rate, BadTrigger> {
    let wrong = || {
        bad(
            "TRIGGER_LIMIT",
            text,
            "so many calls per `s`, `min`, `hour` or `day`, for example `20/min`",
        )
    };
    let (calls, unit) = text.split_once('/').ok_or_else(wrong)?;
    let calls = calls.parse().ok().filter(|calls| *calls > 0).ok_or_else(wrong)?;
    let window_s = match unit {
        "s" => 1,
        "min" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        _ => return Err(wrong()),
    };
    Ok(Rate { calls, window_s })
}

fn parse_idempotency(text: Option<&str>, mutates: bool) -> Result<Idempotency, BadTrigger> {
    match text {
        Some("required") => Ok(Idempotency::Required),
        Some("optional") => Ok(Idempotency::Optional),
        None if mutates => Ok(Idempotency::Optional),
        Some("none") | None => Ok(Idempotency::None),
        Some(other) => Err(bad(
            "TRIGGER_IDEMPOTENCY",
            other,
            "`required`, `optional` or `none`",
        )),
    }
}

fn parse_assurance(text: Option<&str>) -> Result<u8, BadTrigger> {
    match text {
        None | Some("1") => Ok(1),
        Some("2") => Ok(2),
        Some(other) => Err(bad("TRIGGER_ASSURANCE", other, "1 or 2")),
    }
}

fn parse_fresh(text: Option<&str>) -> Result<Option<u32>, BadTrigger> {
    let seconds = |text: &str| {
        let seconds = text.parse().ok().filter(|seconds| *seconds > 0);
        seconds.ok_or_else(|| bad("TRIGGER_FRESH_S", text, "a number of seconds"))
    };
    text.map(seconds).transpose()
}

fn parse_bytes(text: Option<&str>) -> Result<usize, BadTrigger> {
    text.map_or(Ok(BODY_BYTES_MAX), |text| {
        text.parse()
            .map_err(|_| bad("TRIGGER_BODY_BYTES_MAX", text, "a number of bytes"))
    })
}
