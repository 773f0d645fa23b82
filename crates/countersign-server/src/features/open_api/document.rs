//! The description, put together from what the core and the features say of themselves.
//!
//! An `openapi.json` holds what is particular of an operation; what all have in common, their tag,
//! how a caller is known and the usual errors, is added here.

use countersign_store::schema::{BETTER_AUTH, Column, Kind, Rule};
use serde_json::{Map, Value, json};

use crate::{
    Auth,
    features::{Feature, NO_ENDPOINTS},
    routes,
    wire::ApiError,
};

type Object = Map<String, Value>;

/// What this server answers.
pub(super) fn of(auth: &Auth) -> Result<Value, ApiError> {
    let mut paths = described(routes::DESCRIPTION, "Default")?;
    for feature in auth.features() {
        paths.extend(described(feature.description(), &capitalised(feature.id()))?);
    }
    add_user_members(auth, &mut paths);
    let settings = auth.settings();
    let url = format!("{}{}", settings.base_url.origin(), settings.base_url.path());
    Ok(json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Better Auth",
            "description": "API Reference for your Better Auth Instance",
            "version": "1.1.0",
        },
        "components": {
            "schemas": schemas(auth.features()),
            "securitySchemes": {
                "apiKeyCookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "apiKeyCookie",
                    "description": "API Key authentication via cookie",
                },
                "bearerAuth": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Bearer token authentication",
                },
            },
        },
        "security": [{ "apiKeyCookie": [], "bearerAuth": [] }],
        "servers": [{ "url": url }],
        "tags": [{
            "name": "Default",
            "description": "Default endpoints that are included with Better Auth by default. \
                            These endpoints are not part of any plugin.",
        }],
        "paths": paths,
    }))
}

/// The operations of one `openapi.json`, complete.
fn described(text: &str, tag: &str) -> Result<Object, ApiError> {
    let mut paths: Object = serde_json::from_str(text)
        .map_err(|error| ApiError::internal("an openapi.json cannot be read", &error))?;
    let methods = paths.values_mut().filter_map(Value::as_object_mut);
    for operation in methods.flat_map(Object::values_mut) {
        *operation = completed(operation, tag);
    }
    Ok(paths)
}

/// The members in Better Auth's order; what is absent stays so.
fn completed(own: &Value, tag: &str) -> Value {
    let mut operation = Object::new();
    let mut take = |name: &str, value: Option<Value>| {
        operation.extend(value.map(|value| (name.to_owned(), value)));
    };
    take("tags", Some(json!([tag])));
    take("description", own.get("description").cloned());
    take("operationId", own.get("operationId").cloned());
    take("security", Some(json!([{ "bearerAuth": [] }])));
    take("parameters", Some(own.get("parameters").cloned().unwrap_or_else(|| json!([]))));
    take("requestBody", own.get("requestBody").cloned());
    take("responses", Some(responses(own.get("responses"))));
    Value::Object(operation)
}

/// An operation's own answers and the usual errors, by status.
fn responses(own: Option<&Value>) -> Value {
    let own = own.and_then(Value::as_object).cloned().unwrap_or_default();
    let usual = [
        ("400", true, "Bad Request. Usually due to missing parameters, or invalid parameters."),
        ("401", true, "Unauthorized. Due to missing or invalid authentication."),
        (
            "403",
            false,
            "Forbidden. You do not have permission to access this resource or to perform this \
             action.",
        ),
        ("404", false, "Not Found. The requested resource was not found."),
        ("429", false, "Too Many Requests. You have exceeded the rate limit. Try again later."),
        (
            "500",
            false,
            "Internal Server Error. This is a problem with the server that you cannot fix.",
        ),
    ];
    let mut all: Vec<(String, Value)> = own.into_iter().collect();
    for (status, always_says, description) in usual {
        if all.iter().all(|(known, _)| known != status) {
            let mut schema = json!({
                "type": "object",
                "properties": { "message": { "type": "string" } },
            });
            if always_says {
                schema["required"] = json!(["message"]);
            }
            let content = json!({ "application/json": { "schema": schema } });
            let response = json!({ "content": content, "description": description });
            all.push((status.to_owned(), response));
        }
    }
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    Value::Object(all.into_iter().collect())
}

/// What features add to a user is posted with the core's members.
fn add_user_members(auth: &Auth, paths: &mut Object) {
    let Some(path) = paths.get_mut("/sign-up/email") else { return };
    let properties = "/post/requestBody/content/application~1json/schema/properties";
    let Some(Value::Object(properties)) = path.pointer_mut(properties) else { return };
    for member in auth.features().iter().flat_map(|feature| feature.posted_members()) {
        properties.insert((*member).to_owned(), json!({ "type": "string" }));
    }
}

/// Tables of the core that features add columns to.
const ADDED_TO: [&str; 2] = ["user", "session"];

/// Rows as they are shown. The tables' names are Better Auth's, with a capital.
fn schemas(features: &[Box<dyn Feature>]) -> Object {
    // What no endpoint gives or takes is nobody's else.
    let described = features.iter().filter(|feature| feature.description() != NO_ENDPOINTS);
    let own = described.flat_map(|feature| feature.tables());
    let own = own.filter(|table| !ADDED_TO.contains(&table.name));
    let tables = BETTER_AUTH.iter().chain(own);
    let mut schemas: Object = tables
        .map(|table| {
            let mut properties = Object::new();
            let mut required = Vec::new();
            for column in table.columns {
                properties.insert(column.name.to_owned(), schema_of(column));
                if !matches!(column.rule, Rule::Optional | Rule::OptionalUnique | Rule::Spare) {
                    required.push(column.name);
                }
            }
            let schema =
                json!({ "type": "object", "properties": properties, "required": required });
            (capitalised(table.name), schema)
        })
        .collect();
    for table in ADDED_TO {
        if let Some(schema) = schemas.get_mut(&capitalised(table)) {
            for column in added_columns(features, table) {
                schema["properties"][column.name] = schema_of(column);
            }
        }
    }
    schemas
}

fn schema_of(column: &Column) -> Value {
    let mut schema = match column.kind {
        Kind::Text | Kind::ShortText => json!({ "type": "string" }),
        Kind::Boolean => json!({ "type": "boolean", "default": false }),
        Kind::Integer | Kind::BigInteger => json!({ "type": "integer" }),
        Kind::Date => json!({ "type": "string", "format": "date-time" }),
    };
    if column.rule == Rule::Key || column.kind == Kind::Boolean {
        // Given by the server, never taken from a caller.
        schema["readOnly"] = json!(true);
    }
    schema
}

fn added_columns(
    features: &[Box<dyn Feature>],
    name: &'static str,
) -> impl Iterator<Item = &'static Column> {
    let tables = features.iter().flat_map(|feature| feature.tables());
    tables.filter(move |table| table.name == name).flat_map(|table| table.columns)
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
