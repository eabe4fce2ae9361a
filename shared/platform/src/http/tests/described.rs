//! What `--describe` says of an operation.

use serde_json::json;

use super::{CreateThing, ListThings, ThingView};
use crate::http::describe::describe;
use crate::http::{Created, Document, Json, Listed, NoContent, RawBody, RawQuery};

#[test]
fn a_create_is_described_by_its_types() {
    let described = describe::<CreateThing, (), Created<ThingView>>("things-create");
    assert_eq!(described["operation"], "things-create");
    assert_eq!(described["status"], 201);
    assert_eq!(
        described["body"],
        json!({ "$ref": "#/components/schemas/CreateThing" })
    );
    assert_eq!(
        described["answer"],
        json!({ "$ref": "#/components/schemas/ThingView" })
    );
    let body = &described["input_definitions"]["CreateThing"];
    assert_eq!(body["required"], json!(["name", "quantity"]));
    assert_eq!(body["additionalProperties"], json!(false));
    assert_eq!(body["properties"]["name"]["maxLength"], 10);
    assert!(described["output_definitions"]["ThingView"]["properties"]["id"].is_object());
    assert!(described["query"].is_null());
}

#[test]
fn a_list_is_described_with_its_filters_and_its_page() {
    let described = describe::<(), ListThings, Listed<ThingView>>("things-list");
    assert_eq!(
        (described["lists"].clone(), described["body"].clone()),
        (json!(true), json!(null))
    );
    let data = &described["answer"]["properties"]["data"];
    assert_eq!(data["items"], json!({ "$ref": "#/components/schemas/ThingView" }));
    let filters = &described["input_definitions"]["ListThings"]["properties"];
    assert_eq!(filters["color"]["description"], "Only of this color.");
}

#[test]
fn an_answer_without_a_schema_has_none() {
    assert!(describe::<(), (), NoContent>("a")["answer"].is_null());
    assert!(describe::<RawBody, RawQuery, Document>("a")["body"].is_null());
    assert_eq!(describe::<(), (), Json<()>>("a")["status"], 200);
}
