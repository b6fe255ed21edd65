//! One name for a result: equal inputs give equal fingerprints on every platform and in any order of the rows.

use crate::ENGINE;
use crate::model::{OperatingModel, Run};
use sha2::{Digest, Sha256};

/// SHA-256, in hexadecimal, over the engine's version, the canonical model, the run and the digest of the rows.
///
/// Each part stands behind its length, so that no two different inputs run together to the same bytes.
pub(crate) fn of(model: &OperatingModel, run: &Run, rows: &[u8; 32]) -> String {
    let run = serde_json::to_string(run).unwrap_or_default();
    let mut sha = Sha256::new();
    for part in [ENGINE.as_bytes(), model.to_json().as_bytes(), run.as_bytes(), rows] {
        sha.update((part.len() as u64).to_le_bytes());
        sha.update(part);
    }
    sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
