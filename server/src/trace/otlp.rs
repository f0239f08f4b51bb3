//! OTLP's JSON form of spans (OpenTelemetry protocol 1, "JSON Protobuf Encoding"): ids in hexadecimal,
//! 64-bit numbers as texts, kinds and states as numbers.

use serde_json::{Value as Json, json};

use super::{Ended, Kind, Value};
use crate::ids::readable;

/// Which node the spans are of.
pub struct Node {
    name: String,
}

impl Node {
    /// This one, under a name of its own.
    pub fn this() -> Self {
        Self { name: readable(8) }
    }
}

/// What is posted for `spans`.
pub fn request(node: &Node, spans: &[Ended]) -> Json {
    let text = |text: &str| Value::Text(text.to_owned());
    let resource = [
        ("service.name", text("muster")),
        ("service.version", text(env!("CARGO_PKG_VERSION"))),
        ("service.instance.id", text(&node.name)),
    ];
    json!({"resourceSpans": [{
        "resource": {"attributes": attributes(&resource)},
        "scopeSpans": [{
            "scope": {"name": "muster"},
            "spans": spans.iter().map(span).collect::<Vec<Json>>(),
        }],
    }]})
}

fn span(span: &Ended) -> Json {
    let took = i64::try_from(span.took.as_nanos()).unwrap_or(i64::MAX);
    let mut json = json!({
        "traceId": format!("{:032x}", span.trace),
        "spanId": format!("{:016x}", span.id),
        "name": span.name,
        "kind": match span.kind {
            Kind::Internal => 1,
            Kind::Server => 2,
            Kind::Client => 3,
        },
        "startTimeUnixNano": span.start.to_string(),
        "endTimeUnixNano": span.start.saturating_add(took).to_string(),
        "attributes": attributes(&span.about),
        "status": if span.failed { json!({"code": 2}) } else { json!({}) },
    });
    if span.parent != 0 {
        json["parentSpanId"] = format!("{:016x}", span.parent).into();
    }
    json
}

fn attributes(about: &[(&'static str, Value)]) -> Vec<Json> {
    about
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Value::Text(text) => json!({ "stringValue": text }),
                Value::Number(number) => json!({ "intValue": number.to_string() }),
            };
            json!({ "key": name, "value": value })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_span_reads_as_the_protocol_wants_it() {
        let ended = Ended {
            trace: 0xab,
            id: 0xcd,
            parent: 0xef,
            kind: Kind::Client,
            name: "database read".into(),
            start: 1_800_000_000_000_000_000,
            took: Duration::from_micros(7),
            failed: true,
            about: vec![("entries", Value::Number(3))],
        };
        let json = request(&Node::this(), &[ended]);
        let span = &json["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
        assert_eq!(span["traceId"], "000000000000000000000000000000ab");
        assert_eq!(span["spanId"], "00000000000000cd");
        assert_eq!(span["parentSpanId"], "00000000000000ef");
        assert_eq!(span["kind"], 3);
        assert_eq!(span["startTimeUnixNano"], "1800000000000000000");
        assert_eq!(span["endTimeUnixNano"], "1800000000000007000");
        assert_eq!(span["status"]["code"], 2);
        assert_eq!(
            span["attributes"],
            json!([{"key": "entries", "value": {"intValue": "3"}}])
        );
    }
}
