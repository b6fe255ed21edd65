//! The JavaScript boundary: converts and nothing else.
//!
//! Files cross as bytes, models and options as JSON text (a plain object would lose unknown keys on the way), results
//! as plain objects and typed arrays, errors as `{kind, code, message, place, retryable}`. What is computed here is a
//! defect: it belongs into the crate.

use crate::model::{OperatingModel, Preset};
use crate::{Error, ErrorKind, Place};
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

/// The names of the models that ship.
#[wasm_bindgen]
#[must_use]
pub fn presets() -> Vec<String> {
    Preset::ALL.iter().map(|preset| preset.name().to_owned()).collect()
}

/// The JSON of a model that ships.
///
/// # Errors
/// `unknown-preset`, with the names there are.
#[wasm_bindgen]
pub fn preset(name: &str) -> Result<String, JsValue> {
    let known = || Preset::ALL.map(Preset::name).join(", ");
    let unknown = || Error::new(ErrorKind::Model, "unknown-preset", format!("no preset `{name}` (known: {})", known()));
    Preset::from_name(name).map(|preset| preset.json().to_owned()).ok_or_else(unknown).map_err(thrown)
}

/// The model's JSON with every default filled in.
///
/// # Errors
/// Those of [`OperatingModel::from_json`].
#[wasm_bindgen(js_name = checkModel)]
pub fn check_model(model: &str) -> Result<String, JsValue> {
    OperatingModel::from_json(model).map(|model| model.to_json_pretty()).map_err(thrown)
}

/// An error as JavaScript sees it.
#[derive(Serialize)]
struct ErrorObject<'a> {
    kind: &'static str,
    code: &'static str,
    message: String,
    place: &'a Place,
    retryable: bool,
}

/// Errors are thrown as plain objects: they cross to the page from a worker, where classes do not.
fn thrown(error: Error) -> JsValue {
    let object = object(&ErrorObject {
        kind: error.kind().name(),
        code: error.code(),
        message: error.to_string(),
        place: error.place(),
        retryable: error.kind().is_retryable(),
    });
    object.unwrap_or_else(|failure| failure)
}

/// A plain object: maps as objects, missing as `null`, whole numbers as numbers.
fn object<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map_err(JsValue::from)
}
