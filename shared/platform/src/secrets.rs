//! Secrets that stay outside the environment: `SECRET_<NAME>_ARN` says where a value is, and it is
//! fetched once, before the façade is built.
//!
//! One signed call to Secrets Manager for each secret of the manifest entry, over one connection,
//! by hand: the generated client would weigh more than everything else that reads a secret. A
//! function without secrets opens no connection. Values live as long as the process; a rotated
//! secret is seen by the next one.

use std::time::{Duration, UNIX_EPOCH};

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use serde::Deserialize;
use serde_json::json;

use crate::Cloud;
use crate::outbound::{Outbound, OutboundError, Reply};
use crate::settings::{BadSettings, Settings};

const PREFIX: &str = "SECRET_";
const SUFFIX: &str = "_ARN";
/// How often one secret is asked for; a function that starts without it could not serve anyhow.
const ATTEMPTS: u32 = 4;
/// The first pause between attempts; each next one is twice as long.
const PAUSE: Duration = Duration::from_millis(50);

/// A secret could not be had.
#[derive(Debug, thiserror::Error)]
pub enum NoSecret {
    /// What is needed to ask for it is missing.
    #[error(transparent)]
    Settings(#[from] BadSettings),
    /// Secrets Manager refused, for good or in every attempt.
    #[error(
        "the secret behind `{setting}` cannot be read: {code}: {message}; does the manifest entry name it under \
         `secrets`, and does `{arn}` have a value?"
    )]
    Refused {
        /// The setting that names it.
        setting: String,
        /// Where it should be.
        arn: String,
        /// AWS's word for it, such as `AccessDeniedException`.
        code: String,
        /// AWS's sentence.
        message: String,
    },
    /// No answer that can be used came in any attempt.
    #[error("the secret behind `{setting}` cannot be read: {reason}")]
    Unreachable {
        /// The setting that names it.
        setting: String,
        /// What went wrong last.
        reason: String,
    },
}

/// A secret that the settings point at.
struct Pointer {
    /// `SECRET_SIGNING_ARN`
    setting: String,
    arn: String,
}

impl Pointer {
    /// `SECRET_SIGNING`: where façades look.
    fn target(&self) -> &str {
        self.setting.strip_suffix(SUFFIX).unwrap_or(&self.setting)
    }
}

/// The secrets whose place is told and whose value is not.
fn pointers(settings: &Settings) -> Vec<Pointer> {
    let pointed = settings
        .with_prefix(PREFIX)
        .filter(|(name, _)| name.ends_with(SUFFIX))
        .map(|(setting, arn)| Pointer {
            setting: setting.to_owned(),
            arn: arn.to_owned(),
        });
    pointed
        .filter(|pointer| !pointer.arn.is_empty() && settings.get(pointer.target()).is_none())
        .collect()
}

/// Fetches every secret that the settings point at, as name and value.
pub(crate) async fn load(cloud: &Cloud) -> Result<Vec<(String, String)>, NoSecret> {
    let pointers = pointers(cloud.settings());
    if pointers.is_empty() {
        return Ok(Vec::new());
    }
    let vault = Vault::new(cloud)?;
    let mut values = Vec::with_capacity(pointers.len());
    for pointer in &pointers {
        values.push((pointer.target().to_owned(), vault.read(pointer).await?));
    }
    Ok(values)
}

/// Secrets Manager, as one function sees it.
struct Vault<'a> {
    cloud: &'a Cloud,
    outbound: Outbound,
    region: String,
    url: String,
}

/// How one attempt went wrong.
enum Miss {
    /// Asking again may help.
    Passing { code: String, message: String },
    /// It will not.
    Final { code: String, message: String },
    /// Nothing usable came back.
    Silent(String),
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "SecretString")]
    value: Option<String>,
}

/// What AWS says when it refuses; services differ in the letter case of `message`.
#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default, rename = "__type")]
    kind: String,
    #[serde(default, alias = "Message")]
    message: String,
}

impl<'a> Vault<'a> {
    fn new(cloud: &'a Cloud) -> Result<Self, BadSettings> {
        let region = cloud.need("AWS_REGION");
        cloud.need("AWS_ACCESS_KEY_ID");
        cloud.need("AWS_SECRET_ACCESS_KEY");
        cloud.check()?;
        let url = match cloud.setting("AWS_ENDPOINT_URL_SECRETS_MANAGER") {
            Some(url) => format!("{}/", url.trim_end_matches('/')),
            None => format!("https://secretsmanager.{region}.amazonaws.com/"),
        };
        Ok(Self {
            cloud,
            outbound: cloud.aws_outbound(),
            region,
            url,
        })
    }

    async fn read(&self, pointer: &Pointer) -> Result<String, NoSecret> {
        let mut pause = PAUSE;
        let mut left = ATTEMPTS;
        loop {
            left -= 1;
            match self.ask(&pointer.arn).await {
                Ok(value) => return Ok(value),
                Err(miss) if left == 0 || matches!(miss, Miss::Final { .. }) => {
                    return Err(miss.about(pointer));
                }
                Err(_) => {
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
            }
        }
    }

    async fn ask(&self, arn: &str) -> Result<String, Miss> {
        let body = json!({ "SecretId": arn }).to_string().into_bytes();
        let headers = self.signed(&body).map_err(Miss::Silent)?;
        let headers: Vec<(&str, String)> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        let reply = self.outbound.post(&self.url, &headers, body).await?;
        read(&reply)
    }

    /// The headers of a signed call: AWS Signature Version 4.
    fn signed(&self, body: &[u8]) -> Result<Vec<(String, String)>, String> {
        let mut headers = vec![
            ("content-type".to_owned(), "application/x-amz-json-1.1".to_owned()),
            (
                "x-amz-target".to_owned(),
                "secretsmanager.GetSecretValue".to_owned(),
            ),
        ];
        let since = u64::try_from(self.cloud.clock().now().unix_ms()).unwrap_or_default();
        let identity = self.cloud.credentials().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("secretsmanager")
            .time(UNIX_EPOCH + Duration::from_millis(since))
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| error.to_string())?
            .into();
        let given = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let request = SignableRequest::new("POST", self.url.as_str(), given, SignableBody::Bytes(body))
            .map_err(|error| error.to_string())?;
        let (instructions, _) = sign(request, &parameters)
            .map_err(|error| error.to_string())?
            .into_parts();
        for (name, value) in instructions.headers() {
            headers.push((name.to_owned(), value.to_owned()));
        }
        Ok(headers)
    }
}

fn read(reply: &Reply) -> Result<String, Miss> {
    if reply.status == 200 {
        let answer: Answer =
            serde_json::from_slice(&reply.body).map_err(|error| Miss::Silent(error.to_string()))?;
        return answer.value.ok_or_else(|| Miss::Final {
            code: "NoSecretString".to_owned(),
            message: "it has no text".to_owned(),
        });
    }
    let refusal: Refusal = serde_json::from_slice(&reply.body).unwrap_or_default();
    let code = refusal.kind.rsplit('#').next().unwrap_or_default().to_owned();
    let passing = reply.status >= 500 || code.contains("Throttl") || code.contains("LimitExceeded");
    let message = refusal.message;
    Err(if code.is_empty() {
        Miss::Silent(format!("Secrets Manager answered {}", reply.status))
    } else if passing {
        Miss::Passing { code, message }
    } else {
        Miss::Final { code, message }
    })
}

impl From<OutboundError> for Miss {
    fn from(error: OutboundError) -> Self {
        Self::Silent(kernel::Fault::from(error).chain())
    }
}

impl Miss {
    fn about(self, pointer: &Pointer) -> NoSecret {
        let setting = pointer.setting.clone();
        match self {
            Self::Passing { code, message } | Self::Final { code, message } => NoSecret::Refused {
                setting,
                arn: pointer.arn.clone(),
                code,
                message,
            },
            Self::Silent(reason) => NoSecret::Unreachable { setting, reason },
        }
    }
}

#[cfg(test)]
mod tests;
