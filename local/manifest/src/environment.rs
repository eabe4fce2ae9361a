//! What a function finds in its environment, derived and never typed by hand.

use std::collections::BTreeMap;

use crate::{
    model::{Access, Auth, Function, Http, Manifest, Trigger},
    names::{parked, snake_upper},
};

/// How one deployment calls things: everything the manifest itself does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Physical {
    /// `cartwright`
    pub app: String,
    /// `local`, `dev`, `staging`, `prod`
    pub env: String,
    /// AWS region.
    pub region: String,
    /// What stands before a queue's physical name in its URL, such as
    /// `http://127.0.0.1:8787/000000000000`; no slash at the end.
    pub queue_base_url: String,
    /// Where the shop is reached; no slash at the end.
    pub shop_url: String,
    /// Where links in mails lead; no slash at the end.
    pub storefront_url: String,
    /// The sender of mails.
    pub mail_from: String,
    /// `info`, `debug`, …; the platform's default when absent.
    pub log_level: Option<String>,
    /// Secret values by name. A secret without a value here is left out.
    pub secrets: BTreeMap<String, String>,
}

impl Physical {
    /// The physical name of a table, queue or function: `<app>-<env>-<name>`.
    pub fn name(&self, logical: &str) -> String {
        format!("{}-{}-{logical}", self.app, self.env)
    }

    /// The logical name behind a physical one; none when it belongs to another deployment.
    pub fn logical<'a>(&self, physical: &'a str) -> Option<&'a str> {
        physical
            .strip_prefix(self.app.as_str())?
            .strip_prefix('-')?
            .strip_prefix(self.env.as_str())?
            .strip_prefix('-')
    }

    /// The URL of a queue.
    pub fn queue_url(&self, logical: &str) -> String {
        format!("{}/{}", self.queue_base_url, self.name(logical))
    }
}

impl Manifest {
    /// The environment of one function; empty for an unknown function.
    ///
    /// Region, credentials, `AWS_LAMBDA_*` and endpoints are not here: Lambda, or the local
    /// stack in its place, gives them to every function alike.
    pub fn environment(&self, function: &str, physical: &Physical) -> BTreeMap<String, String> {
        let Some(function) = self.functions.get(function) else {
            return BTreeMap::new();
        };
        let mut environment = BTreeMap::from([
            ("APP_NAME".to_owned(), physical.app.clone()),
            ("APP_ENV".to_owned(), physical.env.clone()),
            ("SHOP_URL".to_owned(), physical.shop_url.clone()),
            ("STOREFRONT_URL".to_owned(), physical.storefront_url.clone()),
            ("MAIL_FROM".to_owned(), physical.mail_from.clone()),
        ]);
        if let Some(level) = &physical.log_level {
            environment.insert("LOG_LEVEL".to_owned(), level.clone());
        }
        for secret in &function.secrets {
            if let Some(value) = physical.secrets.get(secret) {
                environment.insert(format!("SECRET_{}", snake_upper(secret)), value.clone());
            }
        }
        self.resources(function, physical, &mut environment);
        match &function.trigger {
            Trigger::Http(http) => route(http, &mut environment),
            Trigger::Queue(trigger) => {
                environment.insert("TRIGGER_QUEUE_URL".to_owned(), physical.queue_url(&trigger.queue));
                environment.insert(
                    "TRIGGER_PARKED_URL".to_owned(),
                    physical.queue_url(&parked(&trigger.queue)),
                );
            }
            Trigger::Stream(_) | Trigger::Schedule(_) | Trigger::Invoke => {}
        }
        environment
    }

    fn resources(
        &self,
        function: &Function,
        physical: &Physical,
        environment: &mut BTreeMap<String, String>,
    ) {
        let mut listeners: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (name, access) in &function.access {
            if self.tables.contains_key(name) {
                environment.insert(format!("TABLE_{}", snake_upper(name)), physical.name(name));
            } else if let (Some(queue), Access::Send) = (self.queues.get(name), access) {
                let url = physical.queue_url(name);
                for fact in &queue.from {
                    listeners.entry(fact).or_default().push(url.clone());
                }
                environment.insert(format!("QUEUE_{}", snake_upper(name)), url);
            }
        }
        for (fact, urls) in listeners {
            environment.insert(format!("LISTENERS_{}", snake_upper(fact)), urls.join(","));
        }
    }
}

fn route(http: &Http, environment: &mut BTreeMap<String, String>) {
    let auth: Vec<&str> = http.auth.iter().copied().map(Auth::word).collect();
    environment.insert("TRIGGER_ROUTE".to_owned(), http.route.to_string());
    environment.insert("TRIGGER_AUTH".to_owned(), auth.join(","));
    environment.insert(
        "TRIGGER_IDEMPOTENCY".to_owned(),
        http.idempotency.word().to_owned(),
    );
    environment.insert(
        "TRIGGER_BODY_BYTES_MAX".to_owned(),
        http.body_bytes_max.to_string(),
    );
    if let Some(scope) = &http.scope {
        environment.insert("TRIGGER_SCOPE".to_owned(), scope.clone());
    }
    if let Some(scope) = &http.delegated {
        environment.insert("TRIGGER_DELEGATED".to_owned(), scope.clone());
    }
    if http.assurance > 1 {
        environment.insert("TRIGGER_ASSURANCE".to_owned(), http.assurance.to_string());
    }
    if let Some(seconds) = http.fresh_s {
        environment.insert("TRIGGER_FRESH_S".to_owned(), seconds.to_string());
    }
    if let Some(limit) = &http.limit {
        environment.insert("TRIGGER_LIMIT".to_owned(), limit.to_string());
    }
}
