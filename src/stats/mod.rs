//! Textbook statistics: normal and beta distributions, order statistics, histograms, intervals, and estimates whose
//! error comes from groups of batches.
//!
//! Everything is computed over `libm` and over integers where sums are concerned, so that the same input gives the same
//! bits on every platform. Knows nothing of sales; formulas and sources stand on each function and in
//! `docs/statistics.md`.

mod arrange;
mod beta;
mod classification;
mod estimate;
mod fourier;
mod gamma;
mod grouped;
mod histogram;
mod interval;
mod moments;
mod normal;
mod quantile;

pub(crate) use arrange::{Arrange, Ordered, places_by};
pub use beta::Beta;
pub use classification::{
    CLIP, CalibrationBand, LiftGroup, RocAuc, average_precision, brier, calibration, calibration_error, lift, log_loss,
    log_loss_of,
};
pub(crate) use estimate::Spread;
pub use estimate::{Estimate, GroupedSample, mean};
pub use fourier::{Complex, Direction, transform};
pub use gamma::gamma_quantile;
pub(crate) use grouped::grouped;
pub use histogram::Histogram;
pub use interval::{Interval, wilson};
pub use moments::Moments;
pub use normal::{Normal, NormalTable};
pub use quantile::{quantile, quantiles, rank};
