//! One invocation, one line; and every line is JSON.

use std::io::Write;

use kernel::{FixedClock, Time};

use super::*;

/// Where lines go instead of standard output.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// Everything printed while the guard lives, a line each.
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let lines = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .event_format(JsonLine)
            .with_writer(move || lines.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn json(&self) -> Vec<Value> {
        let bytes = self.0.lock().unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        let line = |line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            let at = line.as_object_mut().unwrap().remove("timestamp").unwrap();
            Time::parse(at.as_str().unwrap()).unwrap();
            line
        };
        text.lines().map(line).collect()
    }
}

fn context() -> InvocationContext {
    InvocationContext {
        function: "orders-get".into(),
        request_id: "req_1".into(),
        correlation_id: "req_1".into(),
        trace_id: None,
    }
}

#[tokio::test]
async fn an_invocation_is_one_line_with_its_sentence_its_cost_and_what_was_noted() {
    let (lines, clock) = (Lines::default(), FixedClock(Time::from_unix_ms(5)));
    let heard = lines.listen();
    in_invocation(context(), &clock, async {
        note("order.id", "a \"quoted\" {id}\n");
        ((), Outcome::ok("GET /v1/orders/{order_id} answered 200"))
    })
    .await;
    drop(heard);
    let expected = json!({
        "level": "INFO",
        "message": "GET /v1/orders/{order_id} answered 200",
        "function": "orders-get",
        "request_id": "req_1",
        "correlation_id": "req_1",
        "outcome": "ok",
        "order.id": "a \"quoted\" {id}\n",
        "duration_ms": 0,
        "calls": 0,
        "read_units": 0,
        "write_units": 0,
    });
    assert_eq!(lines.json(), [expected]);
}

#[tokio::test]
async fn what_a_library_says_names_its_place_whatever_its_fields_are_called() {
    let lines = Lines::default();
    let heard = lines.listen();
    tracing::warn!(target: "hyper", facts = "\"}", tries = 2, is_new = true, "slow");
    drop(heard);
    let expected = json!({
        "level": "WARN", "message": "slow", "target": "hyper", "facts": "\"}", "tries": 2, "is_new": true,
    });
    assert_eq!(lines.json(), [expected]);
}
