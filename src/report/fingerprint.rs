//! One name for a result: equal inputs give equal fingerprints on every platform and in any order of the rows.

use crate::ENGINE;
use crate::crm::fingerprint_of;
use crate::model::{OperatingModel, Run};

/// SHA-256, in hexadecimal, over the engine's version, the canonical model, the run and the digest of the rows.
pub(crate) fn of(model: &OperatingModel, run: &Run, rows: &[u8; 32]) -> String {
    let run = serde_json::to_string(run).unwrap_or_default();
    fingerprint_of(&[ENGINE.as_bytes(), model.to_json().as_bytes(), run.as_bytes(), rows])
}
