//! Tables and queues: the same ones, of the same shape, and no more.

use std::collections::BTreeSet;

use manifest::{Key, Table};
use serde_json::Value;

use super::Comparison;
use crate::infra::plan::Resource;

impl Comparison<'_> {
    /// What Terraform makes and the manifest does not know.
    pub(super) fn nothing_more(&mut self) {
        let kinds = [
            ("aws_lambda_function", "function_name"),
            ("aws_dynamodb_table", "name"),
            ("aws_sqs_queue", "name"),
        ];
        let queues = self.manifest.queue_names();
        for (kind, attribute) in kinds {
            for resource in self.plan.all(kind) {
                let name = self
                    .physical
                    .logical(resource.text(attribute))
                    .unwrap_or_default();
                let known = match kind {
                    "aws_lambda_function" => self.manifest.functions.contains_key(name),
                    "aws_dynamodb_table" => self.manifest.tables.contains_key(name),
                    _ => queues.iter().any(|queue| queue == name),
                };
                if !known {
                    self.found
                        .push(format!("{} is in no manifest file", resource.address));
                }
            }
        }
    }

    pub(super) fn tables(&mut self) {
        let manifest = self.manifest;
        for table in manifest.tables.values() {
            let name = &table.name;
            let Some(made) = self
                .plan
                .find("aws_dynamodb_table", "name", &self.physical.name(name))
            else {
                self.found
                    .push(format!("table `{name}` ({}) is not made", table.place));
                continue;
            };
            let key =
                |partition: &str, sort: Option<&str>| format!("{partition} {}", sort.unwrap_or_default());
            let made_key = key(made.text("hash_key"), Some(made.text("range_key")));
            self.same(
                &format!("key of table `{name}`"),
                &made_key,
                &key(&table.key.partition, table.key.sort.as_deref()),
            );
            self.indexes(table, made);
            let streams = made.at("/stream_enabled").as_bool() == Some(true);
            self.expect(streams == table.stream, || {
                format!("stream of table `{name}`: expected {}", table.stream)
            });
            let view = made.text("stream_view_type");
            self.expect(!streams || view == "NEW_AND_OLD_IMAGES", || {
                format!("stream of table `{name}` carries {view}; expected both images")
            });
            let ttl = made
                .at("/ttl/0/attribute_name")
                .as_str()
                .unwrap_or_default()
                .to_owned();
            self.same(
                &format!("time to live of table `{name}`"),
                &ttl,
                table.ttl.as_deref().unwrap_or_default(),
            );
        }
    }

    fn indexes(&mut self, table: &Table, made: &Resource) {
        let name = &table.name;
        let key = |key: &Key| format!("{} {}", key.partition, key.sort.as_deref().unwrap_or_default());
        let indexes = made
            .at("/global_secondary_index")
            .as_array()
            .cloned()
            .unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let made_indexes: BTreeSet<String> = indexes
            .iter()
            .map(|index| {
                format!(
                    "{} {} {}",
                    text(&index["name"]),
                    text(&index["hash_key"]),
                    text(&index["range_key"])
                )
            })
            .collect();
        let indexes = table.indexes.iter();
        let expected: BTreeSet<String> = indexes
            .map(|index| format!("{} {}", index.name, key(&index.key)))
            .collect();
        self.expect(made_indexes == expected, || {
            format!("indexes of table `{name}`: Terraform has {made_indexes:?}, the manifest {expected:?}")
        });
    }

    pub(super) fn queues(&mut self) {
        let manifest = self.manifest;
        for name in manifest.queue_names() {
            let made = self
                .plan
                .find("aws_sqs_queue", "name", &self.physical.name(&name));
            self.expect(made.is_some(), || format!("queue `{name}` is not made"));
        }
        for queue in manifest.queues.values() {
            let name = &queue.name;
            let Some(made) = self.plan.find("aws_sqs_queue", "name", &self.physical.name(name)) else {
                continue;
            };
            let redrive: Value = serde_json::from_str(made.text("redrive_policy")).unwrap_or_default();
            let visibility = made.at("/visibility_timeout_seconds").to_string();
            self.same(
                &format!("visibility of queue `{name}`"),
                &visibility,
                &queue.visibility_s.to_string(),
            );
            let receives = redrive["maxReceiveCount"].to_string();
            self.same(
                &format!("receives of queue `{name}`"),
                &receives,
                &queue.receives_max.to_string(),
            );
            let twin = redrive["deadLetterTargetArn"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            self.same(
                &format!("parked twin of queue `{name}`"),
                &twin,
                &self.queue_arn(&queue.parked()),
            );
        }
    }
}
