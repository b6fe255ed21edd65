//! Where a lead came from, in the five words that every source comes down to.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How a lead came to be one, whatever the system calls its source. The words of each channel are data, in the
/// dialects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// It came by itself: search, website, advertisement, event, word of mouth.
    Inbound,
    /// It was sought out: cold calls and e-mails, bought lists.
    Outbound,
    /// Another company brought it.
    Partner,
    /// It used the product first: trial, free plan.
    ProductLed,
    /// The source is missing, or says nothing of the sort.
    #[default]
    Unknown,
}

impl Channel {
    /// Every channel, in the order of reports.
    pub const ALL: [Self; 5] = [Self::Inbound, Self::Outbound, Self::Partner, Self::ProductLed, Self::Unknown];

    /// `inbound`, `outbound`, `partner`, `product-led` or `unknown`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
            Self::Partner => "partner",
            Self::ProductLed => "product-led",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
