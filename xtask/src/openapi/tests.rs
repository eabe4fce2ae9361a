//! The contract of a small shop, and what breaks it.

use manifest::Manifest;
use serde_json::{Value, json};

use super::{breaking, described::Described, described::words, document, lint, postman};

const DEFAULTS: &str = "defaults:\n  memory_mb: 256\n  timeout_s: 10\n  queue: { batch: 10, window_s: 0, receives_max: 8 }\n  stream: { batch: 100, retries_max: 20 }\n";
const CARTS: &str = r#"
tables:
  carts: { key: [pk, sk] }
  idempotency: { key: [pk, sk] }
  limits: { key: [pk, sk] }
functions:
  carts-get:
    trigger: { http: "GET /v1/carts/{cart_id}", auth: guest }
    secrets: [signing]
  carts-create:
    trigger: { http: "POST /v1/carts", auth: public, limit: 5/min, idempotency: required }
    access: { idempotency: readwrite, limits: readwrite }
"#;

fn manifest() -> Manifest {
    let texts = [
        ("_defaults.yaml".to_owned(), DEFAULTS.to_owned()),
        ("carts.yaml".to_owned(), CARTS.to_owned()),
    ];
    Manifest::from_texts(&texts).unwrap()
}

fn view() -> Value {
    json!({
        "type": "object", "description": "A cart.", "required": ["cart_id", "lines"],
        "properties": {
            "cart_id": { "type": "string", "description": "Names it." },
            "lines": { "type": "array", "description": "What is in it.", "items": { "type": "string" } },
        },
    })
}

fn described(name: &str, told: Value) -> Described {
    let manifest = manifest();
    let function = &manifest.functions[name];
    let manifest::Trigger::Http(http) = &function.trigger else {
        panic!("no route")
    };
    let manifest::Route::Path { method, path } = &http.route else {
        panic!("no path")
    };
    Described {
        name: name.to_owned(),
        context: "carts".to_owned(),
        http: http.clone(),
        method: method.to_lowercase(),
        path: path.clone(),
        summary: "Something".to_owned(),
        description: String::new(),
        told,
    }
}

fn shop() -> Value {
    let get = json!({
        "body": null, "body_is_json": true, "query": { "$ref": "#/components/schemas/Filter" }, "status": 200,
        "answer": { "$ref": "#/components/schemas/CartView" }, "answer_media_type": "application/json", "lists": false,
        "input_definitions": { "Filter": {
            "type": "object", "description": "A filter.",
            "properties": { "with": { "type": "array", "items": { "type": "string" }, "description": "What more." } },
        } },
        "output_definitions": { "CartView": view() },
    });
    let create = json!({
        "body": { "$ref": "#/components/schemas/CreateCart" }, "body_is_json": true, "query": null, "status": 201,
        "answer": { "$ref": "#/components/schemas/CartView" }, "answer_media_type": "application/json", "lists": false,
        "input_definitions": { "CreateCart": {
            "type": "object", "description": "A new cart.", "required": ["region_id"], "example": { "region_id": "eu" },
            "properties": { "region_id": { "type": "string", "maxLength": 10, "description": "Where." } },
        } },
        "output_definitions": { "CartView": view() },
    });
    let functions = [described("carts-create", create), described("carts-get", get)];
    document::assemble(&manifest(), &functions).unwrap()
}

#[test]
fn a_whole_contract_passes_its_own_lint() {
    assert_eq!(lint::check(&shop()), Vec::<String>::new());
}

#[test]
fn an_operation_says_who_may_call_how_often_and_with_which_key() {
    let shop = shop();
    let create = &shop["paths"]["/v1/carts"]["post"];
    assert_eq!(create["operationId"], "carts-create");
    assert_eq!(create["security"], json!([]));
    assert_eq!(
        create["parameters"],
        json!([{ "$ref": "#/components/parameters/RequiredIdempotencyKey" }])
    );
    assert!(create["responses"]["201"]["headers"]["ratelimit"].is_object());
    assert!(create["responses"]["429"].is_object());
    assert_eq!(
        create["requestBody"]["content"]["application/json"]["example"],
        json!({ "region_id": "eu" })
    );
    let get = &shop["paths"]["/v1/carts/{cart_id}"]["get"];
    assert_eq!(get["security"], json!([{ "cart": [] }]));
    assert!(get["responses"]["401"].is_object() && get["responses"]["404"].is_object());
    assert!(get["responses"].get("429").is_none());
}

#[test]
fn a_query_becomes_parameters_and_no_type() {
    let shop = shop();
    let parameters = shop["paths"]["/v1/carts/{cart_id}"]["get"]["parameters"]
        .as_array()
        .unwrap();
    let with = parameters
        .iter()
        .find(|parameter| parameter["name"] == "with")
        .unwrap();
    assert_eq!((&with["in"], &with["explode"]), (&json!("query"), &json!(false)));
    assert!(shop["components"]["schemas"].get("Filter").is_none());
}

#[test]
fn the_lint_names_what_is_missing() {
    let cases: [(&str, Value, &str); 6] = [
        ("/paths/~1v1~1carts/post/operationId", json!("carts-get"), "taken"),
        ("/paths/~1v1~1carts/post/summary", json!(""), "no summary"),
        (
            "/paths/~1v1~1carts~1{cart_id}/get/parameters",
            json!([]),
            "`cart_id` is not declared",
        ),
        (
            "/paths/~1v1~1carts/post/responses/201/content",
            json!({}),
            "response 201 has no schema",
        ),
        (
            "/components/schemas/CartView/description",
            json!(""),
            "schema `CartView` has no description",
        ),
        (
            "/components/schemas/CartView/properties/cart_id/description",
            json!(""),
            "field `cart_id`",
        ),
    ];
    for (pointer, value, expected) in cases {
        let mut shop = shop();
        *shop.pointer_mut(pointer).unwrap() = value;
        let problems = lint::check(&shop);
        assert!(
            problems.iter().any(|problem| problem.contains(expected)),
            "{pointer}: {problems:?}"
        );
    }
    let mut shop = shop();
    shop["components"]["schemas"]
        .as_object_mut()
        .unwrap()
        .remove("CartView");
    assert!(
        lint::check(&shop)
            .iter()
            .any(|problem| problem.contains("leads nowhere"))
    );
}

#[test]
fn nothing_breaks_when_something_is_added() {
    let mut new = shop();
    new["components"]["schemas"]["CartView"]["properties"]["note"] = json!({ "type": "string" });
    new["components"]["schemas"]["CreateCart"]["properties"]["email"] = json!({ "type": "string" });
    new["paths"]["/v1/more"] = json!({ "get": { "operationId": "carts-more" } });
    assert_eq!(breaking::between(&shop(), &new), Vec::<String>::new());
}

/// Changes the contract and expects exactly this break.
fn breaks(change: impl FnOnce(&mut Value), expected: &str) {
    let mut new = shop();
    change(&mut new);
    let found = breaking::between(&shop(), &new);
    assert!(
        found.iter().any(|found| found.contains(expected)),
        "expected `{expected}`, found {found:?}"
    );
}

#[test]
fn what_a_client_would_notice_is_a_break() {
    breaks(
        |new| drop(new["paths"].as_object_mut().unwrap().remove("/v1/carts")),
        "POST /v1/carts is gone",
    );
    let types = |new: &mut Value, name: &str| new["components"]["schemas"][name].clone();
    assert!(types(&mut shop(), "CartView").is_object());
    breaks(
        |new| new["components"]["schemas"]["CartView"]["properties"] = json!({}),
        "answer.cart_id is gone",
    );
    breaks(
        |new| new["components"]["schemas"]["CartView"]["required"] = json!(["lines"]),
        "cart_id may now be absent",
    );
    breaks(
        |new| new["components"]["schemas"]["CartView"]["properties"]["cart_id"]["type"] = json!("integer"),
        "may now be integer",
    );
    breaks(
        |new| new["components"]["schemas"]["CreateCart"]["required"] = json!(["region_id", "email"]),
        "email is now required",
    );
    breaks(
        |new| new["components"]["schemas"]["CreateCart"]["properties"] = json!({}),
        "region_id is refused now",
    );
    breaks(
        |new| new["components"]["schemas"]["CreateCart"]["properties"]["region_id"]["maxLength"] = json!(5),
        "`maxLength` is tighter",
    );
    breaks(
        |new| new["components"]["schemas"]["CreateCart"]["properties"]["region_id"]["enum"] = json!(["eu"]),
        "fewer values",
    );
    breaks(
        |new| new["paths"]["/v1/carts"]["post"]["security"] = json!([{ "staff": [] }]),
        "now asks for a credential",
    );
    breaks(
        |new| new["paths"]["/v1/carts/{cart_id}"]["get"]["parameters"] = json!([]),
        "takes no parameter \"with\"",
    );
}

#[test]
fn the_collection_has_a_folder_per_context_and_an_item_per_operation() {
    let collection = postman::collection(&shop());
    assert_eq!(collection["item"][0]["name"], "carts");
    let items = collection["item"][0]["item"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    let get = items
        .iter()
        .find(|item| item["request"]["method"] == "GET")
        .unwrap();
    assert_eq!(get["request"]["url"]["raw"], "{{base_url}}/v1/carts/:cart_id");
    assert_eq!(get["request"]["header"][0]["key"], "x-cart-token");
}

#[test]
fn the_words_of_a_main_are_its_summary_and_description() {
    let main = "//! `POST /v1/orders`: turn a cart\n//! into an order.\n//!\n//! Once only.\n//! Really.\n\nuse x;\n";
    assert_eq!(
        words(main),
        (
            "Turn a cart into an order".to_owned(),
            "Once only.\nReally.".to_owned()
        )
    );
}
