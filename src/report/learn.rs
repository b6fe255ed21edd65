//! What a list with outcomes teaches, as plain data.

use crate::crm::LeadList;
use crate::stats::wilson;
use crate::stats::{CalibrationBand, Interval, LiftGroup};
use crate::targeting::learn::{ColumnUse, Gain, Leak, LeakGrade, LeakSign, LearnOptions, Learned, Quality, Verdict};
use crate::{ENGINE, Error};
use serde::Serialize;

/// What a list with outcomes teaches, with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct LearnReport {
    /// The engine's version.
    pub engine: String,
    /// SHA-256 over engine, options and rows, whatever the order of the rows.
    pub fingerprint: String,
    /// The header of the outcome column.
    pub outcome: String,
    /// Rows whose outcome is known.
    pub decided: u64,
    /// Rows whose outcome is not known.
    pub undecided: u64,
    /// Decided rows that ended well.
    pub successes: u64,
    /// Their share, in [0, 1].
    pub base_rate: f64,
    /// Whether there is anything to learn.
    pub gate: GateReport,
    /// Columns that give the outcome away, or may; the sure ones first.
    pub leaks: Vec<LeakReport>,
    /// Columns learned from, in the order of the file.
    pub columns: Vec<String>,
    /// The penalty that inner cross-validation chose; `null` without a card.
    pub lambda: Option<f64>,
    /// How good predictions of rows not learned from are, by five folds; `null` with too few rows.
    pub folds: Option<QualityReport>,
    /// The same for the latest fifth of the rows, learned from the earlier ones; `null` without dates or with too few.
    pub later: Option<LaterReport>,
    /// The scorecard; `null` where the gate refuses.
    pub card: Option<CardReport>,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
}

/// Whether there is anything to learn.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct GateReport {
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict as a sentence.
    pub sentence: String,
    /// Log-loss gained over the base rate on rows not learned from; `null` with too few rows.
    pub gain: Option<f64>,
    /// Its standard error.
    pub standard_error: Option<f64>,
}

/// A column that gives the outcome away, or may.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct LeakReport {
    /// Its header.
    pub column: String,
    /// How sure it is.
    pub grade: LeakGrade,
    /// What gives it away.
    pub sign: LeakSign,
    /// ROC AUC of the column alone.
    pub auc: f64,
    /// Share of the base rate's log-loss that the column alone takes away.
    pub explained: f64,
    /// Why, and what is proposed.
    pub sentence: String,
}

/// What a column is to learning.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct LearnColumnReport {
    /// Its header.
    pub column: String,
    /// How it can be used.
    pub usage: ColumnUse,
    /// Decided rows in which it is filled; 0 of a column that is not looked at.
    pub filled: u64,
    /// Different values among the decided rows; 0 of a column that is not looked at.
    pub distinct: u64,
    /// Whether it is proposed to learn from it.
    pub proposed: bool,
    /// Why it may give the outcome away; `null` if nothing says so.
    pub leak: Option<LeakReport>,
}

/// How good predictions of rows not learned from are.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct QualityReport {
    /// Area under the ROC curve.
    pub auc: Option<f64>,
    /// Its 95 % interval.
    pub auc_interval: Option<Interval>,
    /// Average precision.
    pub pr_auc: f64,
    /// Mean log-loss, natural logarithm.
    pub log_loss: f64,
    /// Mean log-loss of the base rate.
    pub base_log_loss: f64,
    /// Brier score.
    pub brier: f64,
    /// Expected calibration error over ten bands of equal width.
    pub ece: f64,
    /// Predicted and observed shares in ten bands of equal width.
    pub calibration: Vec<CalibrationBand>,
    /// Ten groups of equal size, best predictions first.
    pub lift: Vec<LiftGroup>,
}

/// Later rows predicted by what earlier ones teach.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct LaterReport {
    /// The last day learned from.
    pub until: String,
    /// Rows learned from.
    pub learned_from: u64,
    /// Rows predicted.
    pub predicted: u64,
    /// Log-loss gained over the base rate of the earlier rows.
    pub gain: Gain,
    /// How good the predictions are.
    pub quality: QualityReport,
}

/// A learned scorecard with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct CardReport {
    /// The `icp` section for an operating model, its evidence attached: put it there and edit it like any other.
    #[cfg_attr(feature = "wasm", tsify(type = "Record<string, unknown>"))]
    pub icp: serde_json::Value,
    /// Most points of a row.
    pub cap: i64,
    /// Log-odds of success without any points: probability = 1/(1 + exp(−intercept − slope · points)).
    pub intercept: f64,
    /// Log-odds per point.
    pub slope: f64,
    /// The groups of the section with what each rule rests on.
    pub groups: Vec<GroupEvidence>,
    /// What each letter is worth on rows not learned from.
    pub grades: Vec<GradeEvidence>,
}

/// What the rules of one column rest on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct GroupEvidence {
    /// The column, which is the group's name.
    pub column: String,
    /// Its most points.
    pub cap: i64,
    /// Its rules.
    pub rules: Vec<RuleEvidence>,
}

/// What one rule rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct RuleEvidence {
    /// The rule's name.
    pub name: String,
    /// Whole points.
    pub points: i64,
    /// Weight in log-odds, other columns being equal.
    pub weight: f64,
    /// Rows learned from that it holds for.
    pub rows: u64,
    /// Successes among them.
    pub successes: u64,
    /// Their share; `null` without rows.
    pub rate: Option<f64>,
    /// Its 95 % interval.
    pub interval: Interval,
}

/// What a letter is worth on rows not learned from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct GradeEvidence {
    /// A, B, C or D: the best fifth, the next three, the next three and the last two tenths of the rows.
    pub grade: String,
    /// Rows.
    pub rows: u64,
    /// Share of successes.
    pub rate: f64,
    /// Its 95 % interval.
    pub interval: Interval,
}

impl Learned {
    /// The result as plain data.
    #[must_use]
    pub fn report(&self) -> LearnReport {
        LearnReport {
            engine: ENGINE.to_owned(),
            fingerprint: self.fingerprint(),
            outcome: self.outcome.clone(),
            decided: self.decided,
            undecided: self.undecided,
            successes: self.gate.successes,
            base_rate: self.base_rate,
            gate: GateReport {
                verdict: self.gate.verdict,
                sentence: self.gate.sentence(),
                gain: self.gate.gain.map(|gain| gain.value),
                standard_error: self.gate.gain.map(|gain| gain.standard_error),
            },
            leaks: self.leaks.iter().map(leak).collect(),
            columns: self.columns.clone(),
            lambda: self.penalty,
            folds: self.quality.as_ref().map(quality),
            later: self.time_split.as_ref().map(|split| LaterReport {
                until: split.until.to_string(),
                learned_from: split.learned_from,
                predicted: split.validation.outcomes.len() as u64,
                gain: split.validation.gain(),
                quality: quality(&split.validation.quality()),
            }),
            card: card_report(self),
            assumptions: assumptions(self),
        }
    }
}

impl LeadList {
    /// What each column is to learning, as plain data, in the order of the file.
    ///
    /// # Errors
    /// As [`LeadList::learn_columns`].
    pub fn learn_columns_report(&self, options: &LearnOptions) -> Result<Vec<LearnColumnReport>, Error> {
        let columns = self.learn_columns(options)?.into_iter();
        let report = columns.map(|column| LearnColumnReport {
            leak: column.leak.as_ref().map(leak),
            column: column.column,
            usage: column.usage,
            filled: column.filled,
            distinct: column.distinct,
            proposed: column.proposed,
        });
        Ok(report.collect())
    }
}

fn leak(leak: &Leak) -> LeakReport {
    LeakReport {
        column: leak.column.clone(),
        grade: leak.grade,
        sign: leak.sign,
        auc: leak.auc,
        explained: leak.explained,
        sentence: leak.sentence.clone(),
    }
}

fn quality(quality: &Quality) -> QualityReport {
    QualityReport {
        auc: quality.auc.map(|auc| auc.value),
        auc_interval: quality.auc.map(|auc| auc.interval(0.95)),
        pr_auc: quality.average_precision,
        log_loss: quality.log_loss,
        base_log_loss: quality.base_log_loss,
        brier: quality.brier,
        ece: quality.calibration_error,
        calibration: quality.calibration.clone(),
        lift: quality.lift.clone(),
    }
}

fn card_report(learned: &Learned) -> Option<CardReport> {
    let (card, icp) = (learned.card.as_ref()?, learned.section()?);
    let groups = card.groups.iter().map(|group| GroupEvidence {
        column: group.column.clone(),
        cap: group.cap,
        rules: group
            .rules
            .iter()
            .map(|rule| RuleEvidence {
                name: rule.name.clone(),
                points: rule.points,
                weight: rule.weight,
                rows: rule.rows,
                successes: rule.successes,
                rate: (rule.rows > 0).then(|| rule.successes as f64 / rule.rows as f64),
                interval: wilson(rule.successes as f64, rule.rows as f64, 0.95),
            })
            .collect(),
    });
    Some(CardReport {
        icp,
        cap: card.cap,
        intercept: card.intercept,
        slope: card.slope,
        groups: groups.collect(),
        grades: learned.quality.as_ref().map(|quality| grades(&quality.lift)).unwrap_or_default(),
    })
}

/// The letters as tenths of the rows, best first.
fn grades(tenths: &[LiftGroup]) -> Vec<GradeEvidence> {
    let letters = [("A", 0..2), ("B", 2..5), ("C", 5..8), ("D", 8..10)];
    let of = |(letter, range): (&str, std::ops::Range<usize>)| {
        let own = tenths.get(range).unwrap_or_default();
        let rows = own.iter().map(|tenth| tenth.count).sum::<u64>();
        let successes = own.iter().map(|tenth| tenth.positives).sum::<f64>();
        GradeEvidence {
            grade: letter.to_owned(),
            rows,
            rate: successes / rows.max(1) as f64,
            interval: wilson(successes, rows as f64, 0.95),
        }
    };
    letters.into_iter().map(of).collect()
}

fn assumptions(learned: &Learned) -> Vec<String> {
    let mut said = vec![format!("`{}` says how each row ended.", learned.outcome)];
    if learned.undecided > 0 {
        said.push(format!("{} rows have not ended and were not learned from.", learned.undecided));
    }
    if !learned.absent.is_empty() {
        let values: Vec<String> = learned.absent.iter().map(|value| format!("`{value}`")).collect();
        said.push(format!("No row of `{}` has {}.", learned.outcome, values.join(" or ")));
    }
    let out: Vec<&str> = learned
        .leaks
        .iter()
        .filter(|leak| leak.grade == LeakGrade::Leak && !learned.columns.contains(&leak.column))
        .map(|leak| leak.column.as_str())
        .collect();
    if !out.is_empty() {
        said.push(format!("Not learned from, as they give the outcome away: {}.", out.join(", ")));
    }
    said
}
