//! Any text is a model or run options, or a refusal that says why; what is read writes itself back.
#![no_main]

use fuzz::{explained, text};
use leadcast::ErrorKind;
use leadcast::model::{OperatingModel, Run};
use leadcast::table::ReadOptions;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let text = text(input);
    match OperatingModel::from_json(text) {
        Ok(model) => {
            let written = model.to_json();
            let again = OperatingModel::from_json(&written).expect("what was written is read");
            assert_eq!(again, model);
            assert_eq!(again.to_json(), written);
        }
        Err(error) => explained(&error, &[ErrorKind::Model]),
    }
    match Run::from_json(text) {
        Ok(run) => assert!(run.trials >= 1 && (1..=24).contains(&run.periods)),
        Err(error) => explained(&error, &[ErrorKind::Run]),
    }
    if let Err(error) = ReadOptions::from_json(text) {
        explained(&error, &[ErrorKind::Run]);
    }
});
