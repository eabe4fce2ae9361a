//! What no client sees: facts, timers, mails, rows, logs.

use manifest::Trigger;
use serde_json::{Value, json};

use super::{Answer, Ask, TestShop, sample};

/// Longer than anything under way may take on a slow machine.
const QUIET_S_MAX: u64 = 120;

impl TestShop {
    /// Waits until no message is under way and no stream record unread.
    pub(crate) async fn quiet(&self) {
        let quiet = self
            .get(format!("/_cartwright/quiet?timeout_s={QUIET_S_MAX}"))
            .await;
        assert_eq!(quiet.status(), 200, "the shop did not come to rest\n{quiet}");
    }

    /// Waits until all is at rest, and requires that everything adds up and nothing got stuck.
    pub(crate) async fn audit(&self) -> audit::Report {
        let report = cartwright::auditor::running(self.url(), audit::Moment::AtRest).await;
        let report = report.unwrap_or_else(|error| panic!("no audit: {error:#}"));
        assert_eq!(report.findings, [], "{:?}", report.counted);
        let parked = self.get("/_cartwright/parked").await.expect(200);
        assert_eq!(parked.body(), &json!([]), "something got stuck");
        report
    }

    /// Every mail that was sent.
    pub(crate) async fn mails(&self) -> Vec<Value> {
        let mails = self.get("/_cartwright/mails").await.expect(200);
        mails.body().as_array().cloned().unwrap_or_default()
    }

    /// The messages of a queue, or records of a stream function, that could not be handled.
    pub(crate) async fn parked(&self, source: &str) -> Vec<Value> {
        self.quiet().await;
        let parked = self
            .get(format!("/_cartwright/parked?source={source}"))
            .await
            .expect(200);
        parked.body().as_array().cloned().unwrap_or_default()
    }

    /// How often a function was invoked so far, and how often it failed.
    pub(crate) async fn invocations(&self, function: &str) -> (u64, u64) {
        let functions = self.get("/_cartwright/functions").await.expect(200);
        let found = functions
            .body()
            .as_array()
            .into_iter()
            .flatten()
            .find(|one| one["function"] == function);
        let count = |name: &str| found.and_then(|one| one[name].as_u64()).unwrap_or_default();
        (count("invocations"), count("failures"))
    }

    /// Invokes a function as an operator does. The answer of one that refuses has the fault's code as
    /// `errorType`.
    pub(crate) async fn invoke(&self, function: &str, payload: &Value) -> Answer {
        self.post(format!("/2015-03-31/functions/{function}/invocations"))
            .json(payload)
            .await
    }

    /// Runs a timer function now.
    pub(crate) async fn run_schedule(&self, function: &str) {
        self.post(format!("/_cartwright/schedules/{function}/run"))
            .await
            .expect(200);
        self.quiet().await;
    }

    /// What was logged about a request.
    pub(crate) async fn logs(&self, request_id: &str) -> String {
        let logs = self
            .get(format!("/_cartwright/logs?request_id={request_id}"))
            .await;
        let lines = logs.body().as_array().cloned().unwrap_or_default();
        let shown = lines.iter().map(|line| {
            format!(
                "{}: {}",
                line["function"],
                line["text"].as_str().unwrap_or_default()
            )
        });
        shown.collect::<Vec<_>>().join("\n")
    }

    /// Tells a queue's listener a fact, in the envelope in which facts travel, and waits until it
    /// has been dealt with.
    pub(crate) async fn tell(&self, queue: &str, fact: &Value) {
        let name = self.manifest.queues[queue].from[0].clone();
        self.tell_as(queue, &name, 1, fact).await;
    }

    /// The same under another name or version.
    pub(crate) async fn tell_as(&self, queue: &str, name: &str, version: u32, fact: &Value) {
        let envelope = json!({
            "id": format!("fact-{name}-{}", fact["order_id"]),
            "type": name,
            "version": version,
            "occurred_at": "2026-01-31T12:00:00.000Z",
            "correlation_id": "a-test",
            "data": fact,
        });
        self.put_on(queue, &envelope.to_string()).await;
        self.quiet().await;
    }

    /// Tells a function its sample fact.
    pub(crate) async fn tell_sample(&self, function: &str, case: &str) {
        let Trigger::Queue(trigger) = &self.manifest.functions[function].trigger else {
            panic!("`{function}` hears no queue")
        };
        let queue = trigger.queue.clone();
        self.tell(&queue, &sample(function, case)["fact"]).await;
    }

    /// Puts a text on a queue that is no fact.
    pub(crate) async fn tell_nonsense(&self, queue: &str) {
        self.put_on(queue, "nonsense").await;
        self.quiet().await;
    }

    async fn put_on(&self, queue: &str, text: &str) {
        let url = format!("{}/000000000000/cartwright-local-{queue}", self.url());
        let body = json!({ "QueueUrl": url, "MessageBody": text });
        self.aws("sqs", "AmazonSQS.SendMessage", &body).await.expect(200);
    }

    /// Changes attributes of one row, as nobody but a test about time may.
    pub(crate) async fn set(&self, table: &str, key: (&str, &str), attribute: &str, value: &str) {
        let body = json!({
            "TableName": table_name(table),
            "Key": { "pk": { "S": key.0 }, "sk": { "S": key.1 } },
            "UpdateExpression": "SET #a = :v",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeNames": { "#a": attribute },
            "ExpressionAttributeValues": { ":v": { "S": value } },
        });
        self.aws("dynamodb", "DynamoDB_20120810.UpdateItem", &body)
            .await
            .expect(200);
    }

    /// Puts a row that nothing short of a whole walk through another program would bring.
    pub(crate) async fn plant(&self, table: &str, item: &Value) {
        let body = json!({ "TableName": table_name(table), "Item": item });
        self.aws("dynamodb", "DynamoDB_20120810.PutItem", &body)
            .await
            .expect(200);
    }

    /// Makes a session one whose proof of who it is was long ago.
    pub(crate) async fn grow_stale(&self, session_id: &str) {
        let pk = format!("session#{session_id}");
        let key = (pk.as_str(), "session");
        self.set("authority", key, "authenticated_at", "2026-01-01T00:00:00.000Z")
            .await;
    }

    /// An API key that may do only this.
    pub(crate) async fn key_with(&self, scopes: &[&str]) -> String {
        let key = cartwright::api_key::mint();
        let row = cartwright::api_key::row(&key, "a test", scopes);
        self.plant("authority", &json!(row)).await;
        key
    }

    /// An API key that may do only this, until the year 2100.
    pub(crate) async fn passing_key(&self, scopes: &[&str]) -> String {
        let key = cartwright::api_key::mint();
        let mut row = json!(cartwright::api_key::row(&key, "a test", scopes));
        row["good_until"] = json!({ "S": "2100-01-01T00:00:00.000Z" });
        self.plant("authority", &row).await;
        key
    }

    /// A call of the stack's AWS endpoints as somebody who may do everything.
    fn aws(&self, service: &str, target: &str, body: &Value) -> Ask<'_> {
        let key = &self.operator_key;
        let credential = format!(
            "AWS4-HMAC-SHA256 Credential={key}/20260131/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        self.post("/")
            .header("x-amz-target", target)
            .header("authorization", &credential)
            .json(body)
    }

    /// Every row of a table, as plain JSON.
    pub(crate) async fn rows(&self, table: &str) -> Vec<Value> {
        let mut ask = json!({ "TableName": table_name(table), "ConsistentRead": true });
        let mut rows = Vec::new();
        loop {
            let page = self
                .aws("dynamodb", "DynamoDB_20120810.Scan", &ask)
                .await
                .expect(200);
            let items = page.at("/Items").as_array().into_iter().flatten();
            rows.extend(items.map(audit::plain_item));
            match page.at("/LastEvaluatedKey") {
                Value::Null => return rows,
                last => ask["ExclusiveStartKey"] = last.clone(),
            }
        }
    }

    /// The processes that a function has now.
    pub(crate) async fn processes(&self, function: &str) -> Vec<u64> {
        let functions = self.get("/_cartwright/functions").await.expect(200);
        let all = functions.body().as_array().into_iter().flatten();
        let found = all.filter(|one| one["function"] == function);
        found
            .flat_map(|one| one["processes"].as_array().into_iter().flatten())
            .filter_map(Value::as_u64)
            .collect()
    }

    /// Sends a function's sample, with a credential that fits its `as`.
    pub(crate) async fn send_sample(&self, function: &str, case: &str) -> Answer {
        let Trigger::Http(http) = &self.manifest.functions[function].trigger else {
            panic!("`{function}` has no route")
        };
        let manifest::Route::Path { method, path } = &http.route else {
            panic!("`{function}` has no path")
        };
        let sample = sample(function, case);
        let mut path = path.clone();
        for (name, value) in sample["path"].as_object().into_iter().flatten() {
            path = path.replace(&format!("{{{name}}}"), value.as_str().unwrap_or_default());
        }
        let query = sample["query"].as_object().into_iter().flatten();
        let query: Vec<String> = query
            .map(|(name, value)| {
                format!(
                    "{name}={}",
                    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
                )
            })
            .collect();
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let method = method
            .parse()
            .unwrap_or_else(|_| panic!("`{method}` is no method"));
        let mut ask = Ask::new(self, method, path);
        if let Some(body) = sample.get("body") {
            ask = ask.json(body);
        }
        for (name, value) in sample["headers"].as_object().into_iter().flatten() {
            ask = ask.header(name, value.as_str().unwrap_or_default());
        }
        if let Some(key) = sample["key"].as_str() {
            ask = ask.key(key);
        }
        match sample["as"].as_str() {
            Some("staff") => ask.staff().await,
            Some("guest") => {
                let cart = self.cart().await;
                ask.guest(&cart.token).await
            }
            Some("customer") => {
                let customer = self.somebody().await;
                ask.bearer(&customer.access_token).await
            }
            _ => ask.await,
        }
    }
}

/// What a table is called in the local stack.
fn table_name(table: &str) -> String {
    format!("cartwright-local-{table}")
}
