//! The JavaScript boundary: converts and nothing else.
//!
//! Files cross as bytes, models and options as JSON text (a plain object would lose unknown keys on the way), results
//! as plain objects and typed arrays, errors as `{kind, code, message, place, retryable}`. What is computed here is a
//! defect: it belongs into the crate.

use crate::Error;
use serde::Serialize;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

thread_local! {
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps a panic's text for [`last_panic`]; after the trap nothing else can tell it.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|info| PANIC.with(|text| *text.borrow_mut() = info.to_string())));
}

/// The text of the panic that stopped this instance, or an empty string.
#[wasm_bindgen(js_name = lastPanic)]
#[must_use]
pub fn last_panic() -> String {
    PANIC.with(|text| text.borrow().clone())
}

/// The engine's version.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    crate::ENGINE.to_owned()
}

/// An error as JavaScript sees it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorObject<'a> {
    kind: &'static str,
    code: &'static str,
    message: String,
    place: &'a crate::Place,
    retryable: bool,
}

#[allow(dead_code)]
fn thrown(error: Error) -> JsValue {
    object(&ErrorObject {
        kind: error.kind().name(),
        code: error.code(),
        message: error.to_string(),
        place: error.place(),
        retryable: error.kind().is_retryable(),
    })
    .unwrap_or_else(|failure| failure)
}

/// A plain object: maps as objects, missing as `null`, whole numbers as numbers.
fn object<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map_err(JsValue::from)
}
