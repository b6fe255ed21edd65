//! The JSON Schema that editors use: complete, described, and the one that ships.
#![cfg(feature = "schema")]
#![allow(clippy::unwrap_used, clippy::panic)]

use leadcast::model::schema;
use serde_json::Value;

fn each_object<'a>(node: &'a Value, path: String, visit: &mut impl FnMut(&str, &'a Value)) {
    match node {
        Value::Object(map) => {
            visit(&path, node);
            for (key, value) in map {
                each_object(value, format!("{path}/{key}"), visit);
            }
        }
        Value::Array(list) => {
            for (i, value) in list.iter().enumerate() {
                each_object(value, format!("{path}/{i}"), visit);
            }
        }
        _ => {}
    }
}

#[test]
fn every_key_of_the_schema_is_described_and_no_other_is_allowed() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let mut keys = 0;
    each_object(&schema, String::new(), &mut |path, node| {
        let Some(properties) = node.get("properties").and_then(Value::as_object) else { return };
        assert_eq!(node["additionalProperties"], false, "{path}");
        for (key, property) in properties {
            keys += 1;
            assert!(property.get("description").is_some(), "{path}: {key} has no description");
        }
    });
    assert!(keys > 120, "{keys}");
}

#[test]
fn the_shipped_schema_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/pkg/operating-model.schema.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, schema()).unwrap();
    }
    let shipped = std::fs::read_to_string(path).unwrap();
    assert!(shipped == schema(), "run UPDATE_GOLDEN=1 cargo test --features schema --test model_schema");
}

#[test]
fn the_package_ships_this_schema() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pkg/schema.json");
    let expected = format!("{}\n", schema().trim_end());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let shipped = std::fs::read_to_string(path).unwrap_or_default();
    assert!(shipped == expected, "pkg/schema.json is out of date (UPDATE_GOLDEN=1 rewrites it)");
}
