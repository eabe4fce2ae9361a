//! Queues themselves: created, found, listed, changed, tagged, emptied and deleted.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::queue::{Queue, Settings, check_name, is_fifo};
use super::refusal::{Fail, Refusal};
use super::store::{Store, to_json};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateQueue {
    queue_name: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default, rename = "tags", alias = "Tags")]
    tags: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct NamedQueue {
    queue_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TheQueue {
    pub(super) queue_url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListQueues {
    #[serde(default)]
    queue_name_prefix: String,
    max_results: Option<usize>,
    /// The last name of the page before.
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetAttributes {
    queue_url: String,
    #[serde(default)]
    attribute_names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SetAttributes {
    queue_url: String,
    attributes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagQueue {
    queue_url: String,
    tags: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UntagQueue {
    queue_url: String,
    tag_keys: Vec<String>,
}

impl Store {
    /// A repeated create gets the same URL, if it asks for nothing that differs.
    pub(crate) fn create_queue(&mut self, ask: CreateQueue, now_ms: i64) -> Result<Value, Fail> {
        let CreateQueue {
            queue_name: name,
            attributes,
            tags,
        } = ask;
        let url = json!({ "QueueUrl": self.url(&name) });
        check_name(&name)?;
        if let Some(queue) = self.queues.get(&name) {
            for (attribute, value) in &attributes {
                let mut wanted = queue.settings.clone();
                wanted.set(&name, attribute, value)?;
                if wanted != queue.settings {
                    return Err(Refusal::queue_exists(attribute).into());
                }
            }
            return Ok(url);
        }
        if is_fifo(&name) && attributes.get("FifoQueue").map(String::as_str) != Some("true") {
            return Err(Refusal::invalid(
                "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, \
                 must end with .fifo suffix and be 1 to 80 in length; and FifoQueue must be true.",
            )
            .into());
        }
        let mut settings = Settings::default();
        for (attribute, value) in &attributes {
            settings.set(&name, attribute, value)?;
        }
        self.check_redrive(&name, &settings)?;
        let id = self.connection.prepare_cached(
            "INSERT INTO queues (name, settings, tags, created_ms, modified_ms) VALUES (?1, ?2, ?3, ?4, ?4)",
        )?
        .insert(params![name, to_json(&settings)?, to_json(&tags)?, now_ms])?;
        let queue = Queue {
            id,
            name: name.clone(),
            settings,
            tags,
            created_ms: now_ms,
            modified_ms: now_ms,
        };
        self.queues.insert(name, queue);
        Ok(url)
    }

    /// A dead-letter queue exists and is of the same kind.
    fn check_redrive(&self, name: &str, settings: &Settings) -> Result<(), Refusal> {
        let Some(redrive) = &settings.redrive else {
            return Ok(());
        };
        let invalid = |reason: &str| Err(Refusal::invalid_value(&redrive.target, "RedrivePolicy", reason));
        if !self.queues.contains_key(&redrive.target) {
            return invalid("Dead letter target does not exist.");
        }
        if is_fifo(name) != is_fifo(&redrive.target) {
            return invalid("Dead-letter queue must be same type of queue as the source.");
        }
        Ok(())
    }

    pub(crate) fn get_queue_url(&self, ask: &NamedQueue) -> Result<Value, Fail> {
        let queue = self.queues.get(&ask.queue_name).ok_or_else(Refusal::no_queue)?;
        Ok(json!({ "QueueUrl": self.url(&queue.name) }))
    }

    pub(crate) fn list_queues(&self, ask: &ListQueues) -> Value {
        let limit = ask.max_results.unwrap_or(1000).clamp(1, 1000);
        let after = ask.next_token.as_deref();
        let names = self
            .queues
            .keys()
            .filter(|name| name.starts_with(&ask.queue_name_prefix));
        let mut names: Vec<&String> = names
            .filter(|name| after.is_none_or(|after| name.as_str() > after))
            .take(limit + 1)
            .collect();
        let more = names.len() > limit;
        names.truncate(limit);
        let mut answer = Map::new();
        if !names.is_empty() {
            let urls: Vec<String> = names.iter().map(|name| self.url(name)).collect();
            answer.insert("QueueUrls".to_owned(), json!(urls));
        }
        // As AWS: pages only for those who asked for a page.
        if more && ask.max_results.is_some() {
            answer.insert("NextToken".to_owned(), json!(names.last()));
        }
        Value::Object(answer)
    }

    pub(crate) fn delete_queue(&mut self, ask: &TheQueue) -> Result<Value, Fail> {
        let queue = self.queue_at(&ask.queue_url)?;
        let (id, name) = (queue.id, queue.name.clone());
        self.transact(|transaction| {
            transaction.execute("DELETE FROM messages WHERE queue = ?1", [id])?;
            transaction.execute("DELETE FROM deduplication WHERE queue = ?1", [id])?;
            transaction.execute("DELETE FROM queues WHERE id = ?1", [id])?;
            Ok(())
        })?;
        self.queues.remove(&name);
        Ok(json!({}))
    }

    pub(crate) fn purge_queue(&mut self, ask: &TheQueue) -> Result<Value, Fail> {
        let queue = self.queue_at(&ask.queue_url)?;
        self.connection
            .execute("DELETE FROM messages WHERE queue = ?1", [queue.id])?;
        Ok(json!({}))
    }

    pub(crate) fn get_attributes(&self, ask: &GetAttributes, now_ms: i64) -> Result<Value, Fail> {
        let queue = self.queue_at(&ask.queue_url)?;
        let counts = self.count(queue, now_ms)?;
        let mut all = queue.settings.list(queue.is_fifo());
        all.extend([
            ("QueueArn", queue.arn()),
            ("CreatedTimestamp", (queue.created_ms / 1000).to_string()),
            ("LastModifiedTimestamp", (queue.modified_ms / 1000).to_string()),
            ("ApproximateNumberOfMessages", counts.visible.to_string()),
            (
                "ApproximateNumberOfMessagesNotVisible",
                counts.in_flight.to_string(),
            ),
            ("ApproximateNumberOfMessagesDelayed", counts.delayed.to_string()),
        ]);
        let everything = ask.attribute_names.iter().any(|name| name == "All");
        for name in ask.attribute_names.iter().filter(|name| *name != "All") {
            if !all.iter().any(|(known, _)| known == name) {
                // A name that exists but is not set on this queue is no error.
                Settings::default()
                    .set(".fifo", name, "")
                    .or_else(|refusal| if refusal.is_name() { Err(refusal) } else { Ok(()) })?;
            }
        }
        all.retain(|(name, _)| everything || ask.attribute_names.iter().any(|asked| asked == name));
        if all.is_empty() {
            return Ok(json!({}));
        }
        let attributes: Map<String, Value> = all
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::String(value)))
            .collect();
        Ok(json!({ "Attributes": attributes }))
    }

    /// A new retention period counts for the messages that are there, too.
    pub(crate) fn set_attributes(&mut self, ask: &SetAttributes, now_ms: i64) -> Result<Value, Fail> {
        let before = self.queue_at(&ask.queue_url)?;
        let mut queue = before.clone();
        for (attribute, value) in &ask.attributes {
            queue.settings.set(&queue.name, attribute, value)?;
        }
        self.check_redrive(&queue.name, &queue.settings)?;
        queue.modified_ms = now_ms;
        let longer_ms = (queue.settings.retention_s - before.settings.retention_s) * 1000;
        self.transact(|transaction| {
            if longer_ms != 0 {
                transaction.execute(
                    "UPDATE messages SET expires_ms = expires_ms + ?2 WHERE queue = ?1",
                    [queue.id, longer_ms],
                )?;
            }
            Ok(write(transaction, &queue)?)
        })?;
        self.queues.insert(queue.name.clone(), queue);
        Ok(json!({}))
    }

    pub(crate) fn list_sources(&self, ask: &TheQueue) -> Result<Value, Fail> {
        let queue = self.queue_at(&ask.queue_url)?;
        let urls: Vec<String> = self
            .sources_of(&queue.name)
            .map(|source| self.url(&source.name))
            .collect();
        Ok(json!({ "queueUrls": urls }))
    }

    /// The queues whose dead letters come here.
    pub(super) fn sources_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Queue> {
        let comes_here = move |queue: &&Queue| {
            queue
                .settings
                .redrive
                .as_ref()
                .is_some_and(|redrive| redrive.target == name)
        };
        self.queues.values().filter(comes_here)
    }

    pub(crate) fn tag_queue(&mut self, ask: TagQueue) -> Result<Value, Fail> {
        let mut queue = self.queue_at(&ask.queue_url)?.clone();
        queue.tags.extend(ask.tags);
        write(&self.connection, &queue)?;
        self.queues.insert(queue.name.clone(), queue);
        Ok(json!({}))
    }

    pub(crate) fn untag_queue(&mut self, ask: &UntagQueue) -> Result<Value, Fail> {
        let mut queue = self.queue_at(&ask.queue_url)?.clone();
        queue.tags.retain(|key, _| !ask.tag_keys.contains(key));
        write(&self.connection, &queue)?;
        self.queues.insert(queue.name.clone(), queue);
        Ok(json!({}))
    }

    pub(crate) fn list_tags(&self, ask: &TheQueue) -> Result<Value, Fail> {
        let queue = self.queue_at(&ask.queue_url)?;
        Ok(if queue.tags.is_empty() {
            json!({})
        } else {
            json!({ "Tags": queue.tags })
        })
    }
}

/// Writes a queue that was changed.
fn write(connection: &Connection, queue: &Queue) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE queues SET settings = ?2, tags = ?3, modified_ms = ?4 WHERE id = ?1",
        params![
            queue.id,
            to_json(&queue.settings)?,
            to_json(&queue.tags)?,
            queue.modified_ms
        ],
    )?;
    Ok(())
}
