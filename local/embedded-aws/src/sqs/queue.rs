//! A queue and its attributes: defaults, ranges, and how they read and are written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::{ACCOUNT, REGION};

/// AWS's largest message, and largest batch.
pub(crate) const SIZE_MAX_BYTES: usize = 1024 * 1024;

/// Kept and answered, without effect here.
const WITHOUT_EFFECT: [&str; 6] = [
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "Policy",
    "RedriveAllowPolicy",
    "SqsManagedSseEnabled",
];

/// One queue.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) settings: Settings,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) created_ms: i64,
    pub(crate) modified_ms: i64,
}

impl Queue {
    pub(crate) fn is_fifo(&self) -> bool {
        is_fifo(&self.name)
    }

    pub(crate) fn arn(&self) -> String {
        arn(&self.name)
    }
}

pub(crate) fn is_fifo(name: &str) -> bool {
    name.strip_suffix(".fifo").is_some()
}

pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

/// The queue's name at the end of an ARN of any region.
pub(crate) fn name_of_arn(arn: &str) -> Option<&str> {
    let (kind, name) = arn.rsplit_once(':')?;
    (kind.starts_with("arn:aws") && kind.contains(":sqs:") && !name.is_empty()).then_some(name)
}

/// What can be set on a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) visibility_timeout_s: i64,
    pub(crate) delay_s: i64,
    pub(crate) retention_s: i64,
    pub(crate) size_max_bytes: i64,
    pub(crate) wait_s: i64,
    pub(crate) content_based_deduplication: bool,
    pub(crate) deduplication_per_group: bool,
    pub(crate) redrive: Option<Redrive>,
    pub(crate) other: BTreeMap<String, String>,
}

/// Where messages go that were received too often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Redrive {
    /// The dead-letter queue's name.
    pub(crate) target: String,
    pub(crate) receives_max: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            visibility_timeout_s: 30,
            delay_s: 0,
            retention_s: 4 * 24 * 60 * 60,
            size_max_bytes: 1024 * 1024,
            wait_s: 0,
            content_based_deduplication: false,
            deduplication_per_group: false,
            redrive: None,
            other: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Takes one attribute as a request writes it. `FifoQueue` must only agree with the name.
    pub(crate) fn set(&mut self, queue: &str, name: &str, value: &str) -> Result<(), Refusal> {
        let number = |range: std::ops::RangeInclusive<i64>| {
            let parsed = value.parse().ok().filter(|number| range.contains(number));
            parsed.ok_or_else(|| Refusal::invalid_attribute_value(name))
        };
        let flag = || value.parse().map_err(|_| Refusal::invalid_attribute_value(name));
        match name {
            "VisibilityTimeout" => self.visibility_timeout_s = number(0..=43_200)?,
            "DelaySeconds" => self.delay_s = number(0..=900)?,
            "MessageRetentionPeriod" => self.retention_s = number(60..=1_209_600)?,
            "MaximumMessageSize" => self.size_max_bytes = number(1024..=1_048_576)?,
            "ReceiveMessageWaitTimeSeconds" => self.wait_s = number(0..=20)?,
            "RedrivePolicy" if value.is_empty() => self.redrive = None,
            "RedrivePolicy" => self.redrive = Some(Redrive::parse(value)?),
            "FifoQueue" if flag()? && is_fifo(queue) => {}
            "FifoQueue" => return Err(Refusal::invalid_attribute_value(name)),
            "ContentBasedDeduplication" if is_fifo(queue) => self.content_based_deduplication = flag()?,
            "DeduplicationScope" if is_fifo(queue) => {
                self.deduplication_per_group = match value {
                    "messageGroup" => true,
                    "queue" => false,
                    _ => return Err(Refusal::invalid_attribute_value(name)),
                }
            }
            other if WITHOUT_EFFECT.contains(&other) => {
                self.other.insert(other.to_owned(), value.to_owned());
            }
            other => return Err(Refusal::invalid_attribute_name(other)),
        }
        Ok(())
    }

    /// Every attribute that is a setting, as an answer writes it.
    pub(crate) fn list(&self, fifo: bool) -> Vec<(&str, String)> {
        let mut all = vec![
            ("VisibilityTimeout", self.visibility_timeout_s.to_string()),
            ("DelaySeconds", self.delay_s.to_string()),
            ("MessageRetentionPeriod", self.retention_s.to_string()),
            ("MaximumMessageSize", self.size_max_bytes.to_string()),
            ("ReceiveMessageWaitTimeSeconds", self.wait_s.to_string()),
        ];
        if let Some(redrive) = &self.redrive {
            all.push(("RedrivePolicy", redrive.to_json().to_string()));
        }
        if fifo {
            let scope = if self.deduplication_per_group {
                "messageGroup"
            } else {
                "queue"
            };
            all.push(("FifoQueue", "true".to_owned()));
            all.push((
                "ContentBasedDeduplication",
                self.content_based_deduplication.to_string(),
            ));
            all.push(("DeduplicationScope", scope.to_owned()));
        }
        all.extend(
            self.other
                .iter()
                .map(|(name, value)| (name.as_str(), value.clone())),
        );
        all
    }
}

impl Redrive {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let invalid = |reason: &str| Refusal::invalid_value(text, "RedrivePolicy", reason);
        let policy: Value =
            serde_json::from_str(text).map_err(|_| invalid("Redrive policy is not a valid JSON map."))?;
        let target = policy["deadLetterTargetArn"].as_str().and_then(name_of_arn);
        let target = target.ok_or_else(|| invalid("Invalid value for deadLetterTargetArn."))?;
        let count = &policy["maxReceiveCount"];
        let count = count
            .as_i64()
            .or_else(|| count.as_str().and_then(|text| text.parse().ok()));
        let receives_max = count
            .filter(|count| (1..=1000).contains(count))
            .ok_or_else(|| invalid("Invalid value for maxReceiveCount, must be between 1 and 1000."))?;
        Ok(Self {
            target: target.to_owned(),
            receives_max,
        })
    }

    fn to_json(&self) -> Value {
        json!({ "deadLetterTargetArn": arn(&self.target), "maxReceiveCount": self.receives_max })
    }
}

/// AWS: 1 to 80 letters, digits, hyphens and underscores, `.fifo` included in the length.
pub(crate) fn check_name(name: &str) -> Result<(), Refusal> {
    let stem = name.strip_suffix(".fifo").unwrap_or(name);
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if stem.is_empty() || name.len() > 80 || !stem.chars().all(allowed) {
        return Err(Refusal::invalid(
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
        ));
    }
    Ok(())
}
