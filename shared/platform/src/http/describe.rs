//! `--describe`: what an operation takes and gives, from its types alone. `xtask openapi` joins it
//! with the manifest, which knows the route, who may call, and the limits.

use schemars::generate::SchemaSettings;
use schemars::{SchemaGenerator, generate::Contract};
use serde_json::{Value, json};

use super::answer::Answer;
use super::input::Input;
use super::query::Query;

/// Where references of the described schemas lead: OpenAPI's place for them.
const DEFINITIONS: &str = "/components/schemas";

/// One operation as JSON. Definitions of inputs and outputs come apart, because a type that is both
/// may promise more when it is written than it demands when it is read.
pub(super) fn describe<B: Input, Q: Query, A: Answer>(operation: &str) -> Value {
    let (mut inputs, mut outputs) = (generator(Contract::Deserialize), generator(Contract::Serialize));
    let body = B::schema(&mut inputs);
    let query = Q::schema(&mut inputs);
    let answer = A::schema(&mut outputs);
    json!({
        "operation": operation,
        "body": body,
        "body_is_json": B::JSON,
        "body_is_form": B::FORM,
        "query": query,
        "status": A::STATUS.as_u16(),
        "other_status": A::OTHER_STATUS.map(|status| status.as_u16()),
        "answer": answer,
        "answer_media_type": A::MEDIA_TYPE,
        "lists": A::LISTS,
        "input_definitions": inputs.take_definitions(true),
        "output_definitions": outputs.take_definitions(true),
    })
}

fn generator(contract: Contract) -> SchemaGenerator {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = DEFINITIONS.into();
    settings.contract = contract;
    settings.into_generator()
}
