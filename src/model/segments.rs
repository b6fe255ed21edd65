//! Segments, and the roles of a buying committee.

use super::{Condition, Grade, GradePattern, Phrase, Probability, Review};
use crate::money::Money;

/// A segment: the first whose condition holds takes the record.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Segment {
    /// The name; unique.
    pub name: String,
    /// Which records belong here. Only the last segment may leave it out: it takes the rest.
    pub when: Condition,
    /// How this segment is sold to. Default: sales-led.
    pub motion: Motion,
    /// The demand programme, in a phrase. Default: empty.
    pub programme: String,
    /// Programmes for some grades, instead of the one for all. The first that names the lead's grade counts.
    pub programmes: Vec<Programme>,
    /// Typical yearly value of a contract, the benchmark until measured.
    pub acv: Option<Money>,
    /// Share of opportunities won, the benchmark until measured.
    pub win_rate: Option<Probability>,
    /// Typical days from opportunity to close, the benchmark until measured.
    pub cycle_days: Option<f64>,
    /// Share of revenue kept after a year without expansion, the benchmark until measured.
    pub gross_retention: Option<Probability>,
    /// Yearly cost to serve one customer, the benchmark until measured.
    pub cost_to_serve: Option<Money>,
    /// Owner and last review.
    pub review: Review,
}

impl Segment {
    /// The demand programme for a lead of this grade.
    #[must_use]
    pub fn programme_for(&self, grade: Grade) -> &str {
        let named = self.programmes.iter().find(|programme| programme.grades.iter().any(|p| p.matches(grade)));
        named.map_or(&self.programme, |programme| &programme.programme)
    }
}

/// A demand programme for some grades of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    /// The grades it is for, at least one.
    pub grades: Vec<GradePattern>,
    /// The programme, in a phrase.
    pub programme: String,
}

/// How a segment is sold to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Motion {
    /// People sell; the default.
    #[default]
    SalesLed,
    /// The product sells itself.
    ProductLed,
    /// The product opens, people close.
    Hybrid,
    /// Partners sell.
    PartnerLed,
}

impl Motion {
    /// The name used in JSON, such as `sales-led`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SalesLed => "sales-led",
            Self::ProductLed => "product-led",
            Self::Hybrid => "hybrid",
            Self::PartnerLed => "partner-led",
        }
    }
}

/// Who takes part in buying, and which of them must be known.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Committee {
    /// The roles; the likeliest takes the person, the first of equally likely ones.
    pub roles: Vec<Role>,
    /// Owner and last review.
    pub review: Review,
}

/// A role on the buying committee.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Role {
    /// The name; unique.
    pub name: String,
    /// Phrases of a job title that mean this role.
    pub titles: Vec<Phrase>,
    /// Departments that mean this role, folded for comparison.
    pub departments: Vec<String>,
    /// Seniorities that mean this role, folded for comparison.
    pub seniorities: Vec<String>,
    /// People of this role a covered account has at least. 0: the role is welcome, not required. Default: 0.
    pub required: u32,
    /// Weight of this role's engagement in the account's, above 0. Default: 1.
    pub weight: f64,
    /// Whether people of this role may stand in the way of a deal. `None`: told by the role's name.
    pub blocks: Option<bool>,
}
