//! What is handed out: plain data, every number documented, ready to become JSON.

mod account_view;
mod accounts;
mod backtest;
mod categories;
mod definitions;
mod exact;
mod explanation;
mod export;
mod fan;
mod figures;
mod fingerprint;
mod forecast;
mod gates;
mod leads;
mod learn;
mod manager;
mod outcomes;
mod queues;
mod renewals;
mod scenarios;
mod snapshots;
mod waterfall;
mod wording;
mod worth;

pub use account_view::{AccountSort, AccountView};
pub use accounts::{
    AccountCard, AccountDuplicate, AccountPerson, AccountRow, AccountsReport, CommitteeRole, FlagCount,
    MissingRoleReport, PersonRole, PlacedReport, UnknownRole,
};
pub use backtest::BacktestReport;
pub use categories::{CategoryDelivered, CategoryFigures, CategoryReport};
pub use definitions::{Confusion, DefinitionReport, StatusReport, StatusValue};
pub use exact::{ExactFigures, ExactReport, ExactSpan};
pub use explanation::{
    AxisExplanation, ChangeReport, FieldValue, FieldWorthReport, FlipReport, GroupExplanation, LeadExplanation,
    ReasonLine, RuleExplanation,
};
pub use export::ADDED_DEAL_COLUMNS;
pub use fan::{FanDay, FanReport, FanWon};
pub use figures::{Exceedance, Figures, HistogramReport};
pub use forecast::{
    CalibrationReport, DealRow, ForecastReport, Headline, NewBusinessReport, PeriodReport, PipelineHygiene,
    SimulatedFigures, StageReport, TimingReport, TotalReport,
};
pub use gates::{DealGateReport, GatesReport, LackReport, StageGateReport};
pub use leads::{
    Axes, AxisCoverage, CardCount, ChannelCount, GradeCount, LeadCounts, LeadReport, LeadRow, OwnerCount, RouteCount,
    SegmentCount,
};
pub use learn::{
    CardReport, GateReport, GradeEvidence, GroupEvidence, LaterReport, LeakReport, LearnColumnReport, LearnReport,
    QualityReport, RuleEvidence,
};
pub use manager::{
    CallReport, ConcentrationReport, CoverageReport, CoverageRule, DealLabel, DriverReport, GroupReport, ManagerReport,
    MustWinReport, MustWinSet, ShareReport, Warning,
};
pub use outcomes::{GradeOutcome, OutcomesReport, Share};
pub use queues::{QueueReason, QueueReport, QueueRow};
pub use renewals::{RenewalLine, RenewalsReport};
pub use scenarios::{GoalReport, ScenarioFigure, ScenarioPeriod, ScenarioReport, ScenarioTable};
pub use snapshots::{GradedReport, SnapshotReport};
pub use waterfall::{
    AmbiguousReport, BucketReport, DealChange, OddsBridgeReport, OddsStepReport, PartReport, StandReport, ViewReport,
    WaterfallReport,
};
pub use worth::{LearnedFrom, WorthReport};
