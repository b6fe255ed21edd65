//! An operating model is read or refused, never worse; what is read writes itself back.

use checks::{any_text, cases, damaged};
use leadcast::model::{OperatingModel, Preset, Run};
use leadcast::{Error, ErrorKind};
use proptest::prelude::*;

fn check(text: &str) -> Result<(), TestCaseError> {
    match OperatingModel::from_json(text) {
        Ok(model) => {
            let written = model.to_json();
            let again = OperatingModel::from_json(&written).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(&again, &model);
            prop_assert_eq!(again.to_json(), written);
        }
        Err(error) => explained(&error, ErrorKind::Model)?,
    }
    Ok(())
}

fn explained(error: &Error, kind: ErrorKind) -> Result<(), TestCaseError> {
    prop_assert_eq!(error.kind(), kind);
    prop_assert!(!error.message().is_empty() && !error.code().is_empty());
    prop_assert!(error.code().chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", error.code());
    Ok(())
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn any_text_is_read_or_refused(text in any_text()) {
        check(&text)?;
        if let Err(error) = Run::from_json(&text) {
            explained(&error, ErrorKind::Run)?;
        }
    }

    #[test]
    fn a_damaged_sales_led_model_is_read_or_refused(text in damaged(Preset::SalesLed.json())) {
        check(&text)?;
    }

    #[test]
    fn a_damaged_product_led_model_is_read_or_refused(text in damaged(Preset::ProductLed.json())) {
        check(&text)?;
    }

    #[test]
    fn damaged_run_options_are_read_or_refused(
        text in damaged(r#"{"asOf":"2026-11-16","seed":7,"trials":25600,"period":"quarter","periods":4,"quota":1000000.0}"#)
    ) {
        match Run::from_json(&text) {
            Ok(run) => prop_assert!(run.trials >= 1 && (1..=24).contains(&run.periods)),
            Err(error) => explained(&error, ErrorKind::Run)?,
        }
    }
}
