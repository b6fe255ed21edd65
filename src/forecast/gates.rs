//! Stage gates: what each open deal lacks for the stage it is in, and what to do with it.
//!
//! A deal passes the gate of its stage if the stage's entry condition holds, its required fields are filled and it has an
//! owner. The exit condition says whether it is ready for the next stage. What the file has no column for cannot be
//! asked and fails nobody; it is listed.

use super::Forecast;
use super::changed::Changed;
use super::outcome::DealLine;
use super::patched::Patched;
use super::whatif::Outlook;
use crate::Error;
use crate::calendar::Date;
use crate::crm::{Field, FieldRef, ForecastCategory, Pipeline};
use crate::model::{Condition, Record, Stage, StageOutcome, Truth, fold};
use crate::stats::{Arrange, Ordered};
use crate::table::Column;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Fewest deals of a stage whose median age is a measure.
const FEWEST_AGES: usize = 5;
/// Days past its date after which a deal that also stands still is not believed any more.
const LONG_PAST: i32 = 60;

/// Something about a deal that its owner should put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
pub enum Hygiene {
    /// Its close date has passed.
    PastClose,
    /// In its stage for more than twice the median of the open deals there.
    StageAge,
    /// A required field of its stage is blank.
    MissingFields,
    /// At most one person on the buyer's side is known.
    SingleThreaded,
    /// Nobody is in charge.
    NoOwner,
}

/// What to do with a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
pub enum Triage {
    /// Ready for the next stage.
    Advance,
    /// Somebody has to look at it.
    Escalate,
    /// Not believed any more.
    Remove,
    /// Nothing to do.
    Keep,
}

/// What stands between an open deal and its stage.
#[derive(Debug, Clone, PartialEq)]
pub struct DealGate {
    /// Index in the forecast's deals.
    pub deal: usize,
    /// Parts of the stage's entry condition that do not hold, as sentences.
    pub entry: Vec<String>,
    /// Parts of the exit condition that do not hold.
    pub exit: Vec<String>,
    /// Required fields that are blank.
    pub missing: Vec<String>,
    /// Whether it passes the gate of its stage.
    pub passes: bool,
    /// What its owner should put right.
    pub flags: BTreeSet<Hygiene>,
    /// Days in its stage, if the file says.
    pub stage_days: Option<i32>,
    /// The median of the open deals there.
    pub median_days: Option<i32>,
    /// What to do with it.
    pub triage: Triage,
    /// Why.
    pub reason: String,
}

/// How many deals of a stage pass its gate. Amounts are in minor units.
#[derive(Debug, Clone, PartialEq)]
pub struct StageGate {
    /// Index in the forecast's stages.
    pub stage: usize,
    /// Open deals.
    pub deals: usize,
    /// Those that pass.
    pub passing: usize,
    /// Their amounts.
    pub amount: i64,
    /// Those that pass.
    pub passing_amount: i64,
    /// What deals here lack, most frequent first.
    pub lacks: Vec<(String, usize)>,
}

/// The gates of a forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Gates {
    /// Each open deal, in the order of the forecast's.
    pub deals: Vec<DealGate>,
    /// Each stage that open deals are in.
    pub stages: Vec<StageGate>,
    /// Fields that gates ask for and the file has no column for.
    pub absent: Vec<String>,
    /// The forecast of all deals.
    pub all: Outlook,
    /// The forecast of those that pass alone, on the same random numbers.
    pub gated: Outlook,
}

/// A row of a pipeline as conditions see it.
struct Row<'a> {
    pipeline: &'a Pipeline,
    row: usize,
    as_of: Date,
}

fn column_of<'a>(pipeline: &'a Pipeline, field: &FieldRef) -> Option<&'a Column> {
    match field {
        FieldRef::Known(field) => pipeline.column(*field),
        FieldRef::Column(header) => {
            pipeline.table().column_named(header).and_then(|at| pipeline.table().columns().get(at))
        }
        FieldRef::Score(_) => None,
    }
}

impl Record for Row<'_> {
    fn text(&self, field: &FieldRef) -> Option<Cow<'_, str>> {
        let text = column_of(self.pipeline, field)?.text(self.row);
        (!text.trim().is_empty()).then_some(Cow::Borrowed(text))
    }

    fn number(&self, field: &FieldRef) -> Option<f64> {
        column_of(self.pipeline, field)?.number(self.row)
    }

    fn date(&self, field: &FieldRef) -> Option<Date> {
        column_of(self.pipeline, field)?.date(self.row)
    }

    fn as_of(&self) -> Option<Date> {
        Some(self.as_of)
    }
}

impl Pipeline {
    /// What the open deals of this pipeline's forecast lack, and the forecast of those that lack nothing.
    ///
    /// # Errors
    /// The limits of the simulation.
    pub fn gates(&self, forecast: &Forecast) -> Result<Gates, Error> {
        let asker = Asker::new(self, forecast);
        let deals: Vec<DealGate> =
            forecast.outcome().deals.iter().enumerate().map(|(index, line)| asker.ask(index, line)).collect();
        let stages = stage_gates(forecast, &deals);
        let patched = Patched::new(forecast)?;
        let mut changed = Changed::of(forecast.outcome());
        let mut passes = deals.iter().map(|deal| deal.passes);
        changed.outcome.deals.retain(|_| passes.next().unwrap_or(true));
        let (totals, touched) = patched.totals(&changed)?;
        Ok(Gates {
            stages,
            absent: asker.absent(),
            all: forecast.as_it_is(),
            gated: forecast.outlook("", touched, &totals),
            deals,
        })
    }
}

/// The parts of a condition that must all hold.
fn parts(condition: &Condition) -> impl Iterator<Item = &Condition> {
    match condition {
        Condition::All(parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    }
    .iter()
}

struct Asker<'a> {
    pipeline: &'a Pipeline,
    forecast: &'a Forecast,
    /// The model's stage of each stage of the forecast.
    stages: Vec<Option<&'a Stage>>,
    /// Median days in each stage.
    medians: Vec<Option<i32>>,
}

impl<'a> Asker<'a> {
    fn new(pipeline: &'a Pipeline, forecast: &'a Forecast) -> Self {
        let lines = &forecast.outcome().stages;
        let model = forecast.source().model.stages();
        let of = |name: &Option<String>| name.as_ref().and_then(|name| model.iter().find(|stage| stage.name == *name));
        let mut asker = Self {
            pipeline,
            forecast,
            stages: lines.iter().map(|line| of(&line.model_stage)).collect(),
            medians: Vec::new(),
        };
        let mut ages: Vec<Vec<i32>> = vec![Vec::new(); lines.len()];
        for line in &forecast.outcome().deals {
            if let (Some(days), Some(list)) = (asker.stage_days(line), ages.get_mut(line.stage)) {
                list.push(days);
            }
        }
        asker.medians = ages
            .into_iter()
            .map(|mut list| {
                list.sort_unstable();
                (list.len() >= FEWEST_AGES).then(|| list[(list.len() - 1) / 2])
            })
            .collect();
        asker
    }

    /// Days since the stage last changed, as the column or else a history says; where there is the column and it is blank, since the
    /// deal was created.
    fn stage_days(&self, line: &DealLine) -> Option<i32> {
        let as_of = self.forecast.outcome().horizon.as_of();
        let date = |field| self.pipeline.column(field).and_then(|column| column.date(line.row));
        let created = || self.pipeline.column(Field::StageChanged).and_then(|_| date(Field::CreatedDate));
        let since = date(Field::StageChanged).or_else(|| self.entered(line, as_of)).or_else(created)?;
        Some(as_of.days_since(since)).filter(|days| *days >= 0)
    }

    /// The day on which a history first tells that the deal is in the stage that it was last in.
    fn entered(&self, line: &DealLine, as_of: Date) -> Option<Date> {
        let events = self.pipeline.history().filter(|_| !line.id.is_empty())?.of(&line.id);
        let known = events.partition_point(|event| event.entered <= as_of);
        let last = fold(&events.get(..known)?.last()?.stage);
        events
            .get(..known)?
            .iter()
            .rev()
            .take_while(|event| fold(&event.stage) == last)
            .last()
            .map(|event| event.entered)
    }

    /// The parts of a condition that do not hold, as far as the file can tell.
    fn unmet(&self, condition: Option<&Condition>, row: usize) -> Vec<String> {
        let record = Row { pipeline: self.pipeline, row, as_of: self.forecast.outcome().horizon.as_of() };
        let parts = condition.into_iter().flat_map(parts);
        let lacking = parts.filter(|part| self.can_ask(part) && part.evaluate(&record) != Truth::True);
        lacking.map(Condition::sentence).collect()
    }

    fn can_ask(&self, condition: &Condition) -> bool {
        condition.fields().iter().all(|field| column_of(self.pipeline, field).is_some())
    }

    /// Whether the file can tell anything of a condition.
    fn can_tell(&self, condition: &Condition) -> bool {
        parts(condition).any(|part| self.can_ask(part))
    }

    fn absent(&self) -> Vec<String> {
        let mut absent = BTreeSet::new();
        for stage in self.stages.iter().flatten() {
            let conditions = stage.entry.iter().chain(&stage.exit).flat_map(Condition::fields);
            for field in conditions.chain(stage.required_fields.iter().cloned()) {
                if column_of(self.pipeline, &field).is_none() {
                    absent.insert(field.to_string());
                }
            }
        }
        absent.into_iter().collect()
    }

    fn ask(&self, index: usize, line: &DealLine) -> DealGate {
        let stage = self.stages.get(line.stage).copied().flatten();
        let blank = |field: &FieldRef| {
            column_of(self.pipeline, field).is_some_and(|column| column.text(line.row).trim().is_empty())
        };
        let entry = self.unmet(stage.and_then(|stage| stage.entry.as_ref()), line.row);
        let exit = self.unmet(stage.and_then(|stage| stage.exit.as_ref()), line.row);
        let required = stage.map_or(&[][..], |stage| &stage.required_fields);
        let missing: Vec<String> = required.iter().filter(|field| blank(field)).map(ToString::to_string).collect();
        let ownerless = blank(&FieldRef::Known(Field::Owner));
        let (stage_days, median_days) = (self.stage_days(line), self.medians.get(line.stage).copied().flatten());
        let stands_still = stage_days.zip(median_days).is_some_and(|(days, median)| days > 2 * median.max(1));
        let people = self.pipeline.column(Field::ContactsCount).and_then(|column| column.number(line.row));
        let flags = [
            (line.is_past_close, Hygiene::PastClose),
            (stands_still, Hygiene::StageAge),
            (!missing.is_empty(), Hygiene::MissingFields),
            (people.is_some_and(|count| count <= 1.0), Hygiene::SingleThreaded),
            (ownerless, Hygiene::NoOwner),
        ];
        let mut gate = DealGate {
            deal: index,
            passes: entry.is_empty() && missing.is_empty() && !ownerless,
            entry,
            exit,
            missing,
            flags: flags.into_iter().filter(|(raised, _)| *raised).map(|(_, flag)| flag).collect(),
            stage_days,
            median_days,
            triage: Triage::Keep,
            reason: String::new(),
        };
        (gate.triage, gate.reason) = self.triage(&gate, line, stage);
        gate
    }

    /// What to do: the first of these that applies.
    fn triage(&self, gate: &DealGate, line: &DealLine, stage: Option<&Stage>) -> (Triage, String) {
        let as_of = self.forecast.outcome().horizon.as_of();
        let past = line.close.map_or(0, |close| as_of.days_since(close));
        let still = match (gate.stage_days, gate.median_days) {
            (Some(stage_days), Some(median)) => {
                format!("in its stage for {stage_days} {}, the median is {median}", days(stage_days))
            }
            _ => String::new(),
        };
        let has = |flag| gate.flags.contains(&flag);
        if past > LONG_PAST && (has(Hygiene::StageAge) || gate.stage_days.is_none_or(|days| days > LONG_PAST)) {
            let more = if still.is_empty() { String::new() } else { format!(", {still}") };
            return (Triage::Remove, format!("{past} {} past its close date{more}", days(past)));
        }
        let counted = matches!(line.category, ForecastCategory::Commit | ForecastCategory::BestCase);
        let called = line.category.to_string().replace('-', " ");
        let mut reasons = Vec::new();
        if has(Hygiene::NoOwner) {
            reasons.push("nobody is in charge".to_owned());
        }
        if has(Hygiene::PastClose) {
            reasons.push(format!("{past} {} past its close date", days(past)));
        }
        if has(Hygiene::StageAge) {
            reasons.push(still);
        }
        if counted && !gate.entry.is_empty() {
            reasons.push(format!("called {called} without: {}", gate.entry.join(", ")));
        }
        if counted && !gate.missing.is_empty() {
            let required = stage.map_or(&[][..], |stage| &stage.required_fields);
            let missing = required.iter().filter(|field| gate.missing.contains(&field.to_string()));
            reasons.push(format!(
                "called {called} with {} blank",
                missing.map(FieldRef::label).collect::<Vec<_>>().join(", ")
            ));
        }
        if counted && has(Hygiene::SingleThreaded) {
            reasons.push(format!("called {called} on one contact"));
        }
        if !reasons.is_empty() {
            return (Triage::Escalate, reasons.join("; "));
        }
        let exit = stage.and_then(|stage| stage.exit.as_ref()).filter(|exit| self.can_tell(exit));
        if let (Some(exit), true, true) = (exit, gate.exit.is_empty(), gate.passes) {
            let next =
                stage.and_then(|stage| self.next(stage)).map_or(String::new(), |next| format!(" for {}", next.name));
            let (asked, unknown): (Vec<&Condition>, Vec<&Condition>) = parts(exit).partition(|part| self.can_ask(part));
            let told =
                |parts: Vec<&Condition>| parts.into_iter().map(Condition::sentence).collect::<Vec<_>>().join(" and ");
            let but = match unknown.as_slice() {
                [] => String::new(),
                _ => format!("; unknown, as the file has no column for it: {}", told(unknown)),
            };
            return (Triage::Advance, format!("ready{next}: {}{but}", told(asked)));
        }
        (Triage::Keep, String::new())
    }

    fn next(&self, stage: &Stage) -> Option<&Stage> {
        let open = self.forecast.source().model.stages().iter().filter(|next| next.outcome == StageOutcome::Open);
        open.filter(|next| next.order > stage.order).min_by_key(|next| next.order)
    }
}

fn stage_gates(forecast: &Forecast, deals: &[DealGate]) -> Vec<StageGate> {
    let lines = forecast.outcome().stages.iter().enumerate();
    let of_stage =
        |stage: usize| deals.iter().zip(&forecast.outcome().deals).filter(move |(_, line)| line.stage == stage);
    lines
        .map(|(stage, _)| {
            let mut lacks: BTreeMap<String, usize> = BTreeMap::new();
            for (gate, _) in of_stage(stage) {
                let owner = gate.flags.contains(&Hygiene::NoOwner).then(|| "owner is filled".to_owned());
                let fields = gate.missing.iter().map(|field| format!("{field} is filled"));
                let all: BTreeSet<String> = gate.entry.iter().cloned().chain(fields).chain(owner).ordered();
                all.into_iter().for_each(|lack| *lacks.entry(lack).or_default() += 1);
            }
            let mut lacks: Vec<(String, usize)> = lacks.into_iter().collect();
            lacks.arrange_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            StageGate {
                stage,
                deals: of_stage(stage).count(),
                passing: of_stage(stage).filter(|(gate, _)| gate.passes).count(),
                amount: of_stage(stage).map(|(_, line)| line.amount).sum(),
                passing_amount: of_stage(stage).filter(|(gate, _)| gate.passes).map(|(_, line)| line.amount).sum(),
                lacks,
            }
        })
        .collect()
}

/// The word for so many days.
fn days(count: impl Into<i64>) -> &'static str {
    if count.into() == 1 { "day" } else { "days" }
}
