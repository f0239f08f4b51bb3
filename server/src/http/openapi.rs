//! The OpenAPI document, generated from the route table and the types it names.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::Route;
use super::route::Who;

/// OpenAPI 3.1 for every row under `/api/v1`.
pub fn document(table: &[Route]) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut schemas = SchemaGenerator::new(settings);
    let mut paths: Map<String, Value> = Map::new();
    for row in table.iter().filter(|row| row.path.starts_with("/api/v1/")) {
        let operation = operation(row, &mut schemas);
        let path = paths.entry(row.path).or_insert_with(|| json!({}));
        path[row.method.as_str().to_lowercase()] = operation;
    }
    let mut definitions: Map<String, Value> = schemas.take_definitions(true);
    definitions.insert("Problem".into(), problem());
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Muster", "version": env!("CARGO_PKG_VERSION"),
                 "description": "The JSON API of a Muster field office, version 1."},
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "muster"}
            }
        }
    })
}

fn operation(row: &Route, schemas: &mut SchemaGenerator) -> Value {
    let mut parameters: Vec<Value> = names(row.path)
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    parameters.extend(
        row.query
            .iter()
            .map(|name| json!({"name": name, "in": "query", "schema": {"type": "string"}})),
    );
    if row.key {
        parameters.push(
            json!({"name": "Idempotency-Key", "in": "header", "required": true,
            "schema": {"type": "string", "minLength": 1, "maxLength": 200}}),
        );
    }
    let mut success = json!({"description": "Done"});
    if let Some(gives) = row.gives {
        success["content"] = json!({"application/json": {"schema": gives(schemas)}});
    }
    let mut operation = json!({
        "summary": row.summary,
        "x-who": match row.who {
            Who::Anyone => "anyone",
            Who::Member => "members",
            Who::Leader => "captains and HQ",
            Who::Staff => "HQ",
        },
        "responses": {
            row.status.to_string(): success,
            "default": {"description": "What went wrong",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
        }
    });
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some(takes) = row.takes {
        operation["requestBody"] =
            json!({"required": true, "content": {"application/json": {"schema": takes(schemas)}}});
    }
    if row.who != Who::Anyone {
        operation["security"] = json!([{"bearer": []}, {"cookie": []}]);
    }
    operation
}

fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|part| part.split(['}', ':']).next())
}

fn problem() -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail", "errors", "request_id"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
            "request_id": {"type": "string"}
        }
    })
}
