//! Whether the manifest grants a call, and what to write there when it does not.

use std::collections::HashMap;

use manifest::{Manifest, Physical, Place, Resource, Right, Service};

use super::{Ask, ask::Act};

/// The rights of every function.
#[derive(Debug)]
pub(crate) struct Rights {
    physical: Physical,
    functions: HashMap<String, (Place, Vec<Right>)>,
}

/// A refusal: what the caller is told, and what the developer is told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Denial {
    /// AWS's words.
    pub(crate) message: String,
    /// What to add to which file.
    pub(crate) advice: String,
}

impl Rights {
    pub(crate) fn new(manifest: &Manifest, physical: Physical) -> Self {
        let functions = manifest.functions.values();
        let functions = functions
            .map(|f| (f.name.clone(), (f.place.clone(), manifest.rights(&f.name))))
            .collect();
        Self { physical, functions }
    }

    /// Refuses the first act that is not granted, and any call that names no resource.
    pub(crate) fn check(&self, function: &str, ask: &Ask) -> Result<(), Denial> {
        let none = (
            Place {
                file: String::new(),
                line: 0,
            },
            Vec::new(),
        );
        let (place, rights) = self.functions.get(function).unwrap_or(&none);
        if ask.acts.is_empty() {
            return Err(self.denial(function, place, ask.service, &ask.operation, None));
        }
        for Act { action, resource } in &ask.acts {
            let granted = self.logical(resource).is_some_and(|logical| {
                rights
                    .iter()
                    .any(|right| right.covers(ask.service, action, &logical))
            });
            if !granted {
                return Err(self.denial(function, place, ask.service, action, Some(resource)));
            }
        }
        Ok(())
    }

    fn logical(&self, resource: &Resource) -> Option<Resource> {
        let name = |physical: &str| self.physical.logical(physical).map(str::to_owned);
        Some(match resource {
            Resource::Table(table) => Resource::Table(name(table)?),
            Resource::Index { table, index } => Resource::Index {
                table: name(table)?,
                index: index.clone(),
            },
            Resource::Stream(table) => Resource::Stream(name(table)?),
            Resource::Queue(queue) => Resource::Queue(name(queue)?),
            Resource::Mail => Resource::Mail,
        })
    }

    fn denial(
        &self,
        function: &str,
        place: &Place,
        service: Service,
        action: &str,
        resource: Option<&Resource>,
    ) -> Denial {
        let prefix = service.prefix();
        let account = embedded_aws::ACCOUNT;
        let role = self.physical.name(function);
        let arn = resource.map_or_else(|| "*".to_owned(), |resource| self.arn(resource));
        let message = format!(
            "User: arn:aws:sts::{account}:assumed-role/{role}/{function} is not authorized to perform: \
             {prefix}:{action} on resource: {arn} because no identity-based policy allows the {prefix}:{action} action"
        );
        let what = resource.and_then(|resource| self.logical(resource));
        let add = match &what {
            Some(Resource::Table(table) | Resource::Index { table, .. }) => match verb(action) {
                Some(verb) => format!("add `{table}: {verb}` to its access"),
                None => {
                    format!("no verb of the manifest grants {action}; use a key or an index of `{table}`")
                }
            },
            Some(Resource::Queue(queue)) if action.starts_with("Send") => {
                format!("add `{queue}: send` to its access")
            }
            Some(Resource::Queue(queue)) => {
                format!("only the function with `trigger: {{ queue: {queue} }}` may")
            }
            Some(Resource::Stream(table)) => {
                format!("only a function with `trigger: {{ stream: {table} }}` may")
            }
            Some(Resource::Mail) => "add `mail: send` to its access".to_owned(),
            None => "no entry of the manifest can grant it".to_owned(),
        };
        let advice =
            format!("{function} may not {prefix}:{action} on {arn}: {add} in infra/manifest/{place}");
        Denial { message, advice }
    }

    fn arn(&self, resource: &Resource) -> String {
        let place = format!("{}:{}", self.physical.region, embedded_aws::ACCOUNT);
        match resource {
            Resource::Table(table) => format!("arn:aws:dynamodb:{place}:table/{table}"),
            Resource::Index { table, index } => {
                format!("arn:aws:dynamodb:{place}:table/{table}/index/{index}")
            }
            Resource::Stream(table) => format!("arn:aws:dynamodb:{place}:table/{table}/stream/*"),
            Resource::Queue(queue) => format!("arn:aws:sqs:{place}:{queue}"),
            Resource::Mail => format!("arn:aws:ses:{place}:identity/{}", self.physical.mail_from),
        }
    }
}

fn verb(action: &str) -> Option<&'static str> {
    match action {
        "GetItem" | "BatchGetItem" | "Query" | "ConditionCheckItem" => Some("read"),
        "PutItem" | "UpdateItem" | "DeleteItem" | "BatchWriteItem" => Some("write"),
        _ => None,
    }
}
