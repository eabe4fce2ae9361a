//! Who is calling: the access key id in the signature says it.
//!
//! Each function has its own key, made anew at each start; the operator's is kept in the data
//! folder. Key ids are random, so knowing one is the credential: signatures are not recomputed.

use std::{collections::HashMap, sync::Arc};

use axum::http::{HeaderMap, header};
use embedded_aws::Answer;

use super::refused;
use crate::random;

/// The one behind a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A function, with the rights of its manifest entry.
    Function(Arc<str>),
    /// The developer at the desk, who may do all.
    Operator,
}

/// All access keys.
#[derive(Debug)]
pub(crate) struct Keys {
    operator: String,
    functions: HashMap<String, Arc<str>>,
}

impl Keys {
    /// Makes a key for each function.
    pub(crate) fn new<'a>(operator: String, functions: impl IntoIterator<Item = &'a str>) -> Self {
        let key = || format!("ASIA{}", random::hex(8).to_ascii_uppercase());
        Self {
            operator,
            functions: functions.into_iter().map(|name| (key(), name.into())).collect(),
        }
    }

    /// The key id of a function.
    pub(crate) fn of(&self, function: &str) -> Option<&str> {
        self.functions
            .iter()
            .find(|(_, name)| ***name == *function)
            .map(|(key, _)| key.as_str())
    }

    /// Reads `Credential=<key id>/…` of a version 4 signature.
    pub(crate) fn caller(&self, headers: &HeaderMap) -> Result<Caller, Answer> {
        let signature = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let Some(signature) = signature else {
            return Err(refused(
                "MissingAuthenticationTokenException",
                "Missing Authentication Token",
            ));
        };
        let key = signature
            .split("Credential=")
            .nth(1)
            .and_then(|rest| rest.split('/').next())
            .unwrap_or_default();
        if key == self.operator {
            return Ok(Caller::Operator);
        }
        let function = self.functions.get(key).cloned();
        function.map(Caller::Function).ok_or_else(|| {
            let message = "The security token included in the request is invalid.";
            refused("UnrecognizedClientException", message)
        })
    }
}
