//! What the functions wrote about one request.

use anyhow::Context;
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Remote, aws, of_each};
use crate::moment;

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// When, RFC 3339.
    pub at: String,
    /// Who wrote it.
    pub function: String,
    /// What.
    pub text: String,
}

impl Remote {
    /// Every line of the last hours that names the request, oldest first.
    pub async fn logs(&self, request_id: &str, hours: u32) -> anyhow::Result<Vec<Line>> {
        let since = moment::now_ms() - i64::from(hours) * 3_600_000;
        let functions: Vec<String> = self.manifest.functions.keys().cloned().collect();
        let ask = |function: String| {
            let group = format!("/aws/lambda/{}", self.name(&function));
            // In quotes: a text as it is, not words.
            let (pattern, since) = (format!("\"{request_id}\""), since.to_string());
            async move {
                let words = [
                    "logs",
                    "filter-log-events",
                    "--log-group-name",
                    &group,
                    "--filter-pattern",
                    &pattern,
                    "--start-time",
                    &since,
                ];
                aws(&words).await.map(|found| lines(&function, &found))
            }
        };
        let mut all = Vec::new();
        for found in of_each(functions, ask).await? {
            all.extend(found?);
        }
        all.sort();
        Ok(all)
    }
}

fn lines(function: &str, found: &Value) -> Vec<Line> {
    let events = found["events"].as_array().into_iter().flatten();
    let line = |event: &Value| {
        Some(Line {
            at: text_of(event["timestamp"].as_i64()?).ok()?,
            function: function.to_owned(),
            text: event["message"].as_str()?.trim_end().to_owned(),
        })
    };
    events.filter_map(line).collect()
}

fn text_of(unix_ms: i64) -> anyhow::Result<String> {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(unix_ms) * 1_000_000);
    moment?.format(&Rfc3339).context("no time")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_become_lines_that_sort_by_time() {
        let found = json!({ "events": [
            { "timestamp": 1_785_672_000_123_i64, "message": "{\"request_id\":\"req_1\"}\n" },
            { "message": "without a time" },
        ]});
        let lines = lines("orders-create", &found);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].at, "2026-08-02T12:00:00.123Z");
        assert_eq!(lines[0].text, "{\"request_id\":\"req_1\"}");
    }
}
