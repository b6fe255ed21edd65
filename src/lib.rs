//! Score leads and forecast revenue. Nothing leaves the machine it runs on.

pub mod calendar;
pub mod crm;
pub mod error;
pub mod forecast;
pub mod model;
pub mod money;
pub mod random;
pub mod stats;
pub mod table;
#[cfg(feature = "wasm")]
pub mod wasm;

pub use error::{Error, ErrorKind, Place};
pub use model::OperatingModel;

/// The engine's version, as every report carries it.
pub const ENGINE: &str = env!("CARGO_PKG_VERSION");
