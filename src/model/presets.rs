//! The models that ship: a start for each way to sell.

use super::OperatingModel;
use crate::{Error, ErrorKind};

/// A model that ships with the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preset {
    /// People sell: SDRs qualify, account executives close. The default.
    #[default]
    SalesLed,
    /// The product sells itself: usage decides who is talked to.
    ProductLed,
    /// Self-serve for small customers, people for large ones.
    Hybrid,
}

impl Preset {
    /// Every preset, the default first.
    pub const ALL: [Self; 3] = [Self::SalesLed, Self::ProductLed, Self::Hybrid];

    /// The name, such as `sales-led`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SalesLed => "sales-led",
            Self::ProductLed => "product-led",
            Self::Hybrid => "hybrid",
        }
    }

    /// The preset of this name.
    ///
    /// # Errors
    /// `unknown-preset`, with the names there are.
    pub fn named(name: &str) -> Result<Self, Error> {
        let known = || Self::ALL.map(Self::name).join(", ");
        let unknown =
            || Error::new(ErrorKind::Model, "unknown-preset", format!("no preset `{name}` (known: {})", known()));
        Self::ALL.into_iter().find(|preset| preset.name() == name).ok_or_else(unknown)
    }

    /// The model's JSON, as shipped.
    #[must_use]
    pub fn json(self) -> &'static str {
        match self {
            Self::SalesLed => include_str!("presets/sales-led.json"),
            Self::ProductLed => include_str!("presets/product-led.json"),
            Self::Hybrid => include_str!("presets/hybrid.json"),
        }
    }
}

impl OperatingModel {
    /// A model that ships with the crate.
    ///
    /// # Errors
    /// None in practice: a test reads every preset.
    pub fn preset(preset: Preset) -> Result<Self, Error> {
        Self::from_json(preset.json())
    }
}
