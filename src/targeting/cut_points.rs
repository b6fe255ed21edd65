//! Where to cut segments so that they differ most in what they bring: tried on leads held out, or "no better cut".

use super::learn::{Examples, LearnOptions};
use super::scored::ScoredLeads;
use super::words;
use crate::crm::{Dialects, Field, FieldRef};

use crate::model::{Bound, Condition, Test};
use crate::money::{Currency, Money};
use crate::stats::{Interval, grouped, wilson};
use crate::table::{Column, ColumnKind, Rate};
use std::collections::{BTreeMap, BTreeSet};

/// Proposed cut points of segments.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct CutReport {
    /// Header of the outcome; `null` if the list has none.
    pub outcome: Option<String>,
    /// Header of the amounts that were won; `null` if there are none, or in several currencies: then every win counts 1.
    pub amount: Option<String>,
    /// The currency of the amounts as ISO 4217, so that of every `value`; `null` without amounts.
    pub currency: Option<String>,
    /// The numeric fields that segments read, and size and revenue.
    pub fields: Vec<FieldCuts>,
    /// What stood in the way, if something did.
    pub note: Option<String>,
}

/// Cut points of one field.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct FieldCuts {
    /// The field as the model names it.
    pub field: String,
    /// The field as people say it.
    pub label: String,
    /// Whether other cut points are proposed.
    pub verdict: CutVerdict,
    /// Leads whose outcome and field are known.
    pub leads: u64,
    /// Of them won.
    pub won: u64,
    /// The model's cut points, ascending.
    pub current: Vec<f64>,
    /// The best one or two cut points; empty with too few leads.
    pub proposed: Vec<f64>,
    /// Share of the variance of what leads bring that the model's cut points explain on leads held out.
    pub current_separation: f64,
    /// The same of cut points chosen anew on the other leads.
    pub separation: f64,
    /// How much more the second is, and its standard error.
    pub gain: f64,
    /// Standard error of the gain.
    pub gain_error: f64,
    /// What the leads between the cut points bring: the proposed ones if they are better, else the model's.
    pub groups: Vec<CutGroup>,
    /// The verdict as a sentence.
    pub sentence: String,
}

/// Whether other cut points are proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "kebab-case")]
pub enum CutVerdict {
    /// Others separate better on leads held out, by more than chance explains.
    BetterCut,
    /// None separates better by more than chance explains.
    NoBetterCut,
    /// Fewer than twenty leads were won or lost.
    TooFew,
}

/// The leads between two cut points.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct CutGroup {
    /// From this value on; `null`: no lower bound.
    pub from: Option<f64>,
    /// Below this value; `null`: no upper bound.
    pub below: Option<f64>,
    /// Leads.
    pub leads: u64,
    /// Of them won.
    pub won: u64,
    /// 95 % interval of the win rate.
    pub win_rate: Interval,
    /// What a lead brings on average: win rate × amount, in major units, or the win rate without amounts.
    pub value: f64,
    /// 95 % interval of that.
    pub value_interval: Interval,
}

const NO_AMOUNTS: &str = "no column of amounts is known, so every win counts the same (map one to “amount”)";
/// Fewest leads won and lost.
const FEWEST: usize = 20;
/// Fewest leads between two cut points.
const SMALLEST: usize = 20;
const FOLDS: usize = 5;
/// Times that the folds are dealt anew: with some hundred leads a verdict from one deal is a matter of luck.
const ROUNDS: usize = 10;
/// Standard errors by which the gain must be above nothing: one-sided 95 %.
const CERTAIN: f64 = 1.645;
/// Shares of the leads below candidates.
const CANDIDATES: usize = 12;

/// One lead: the field's value, what it brought, whether it was won, its fold in each round.
#[derive(Clone, Copy)]
struct Lead {
    x: f64,
    y: f64,
    won: bool,
    folds: [u8; ROUNDS],
}

/// What won leads brought.
struct Amounts<'a> {
    column: &'a Column,
    currency: Currency,
    /// By row, in major units.
    by_row: BTreeMap<usize, f64>,
    /// Of the won leads that have one.
    mean: f64,
    /// Won leads that have none.
    without: usize,
    /// Amounts that were converted, by the currency they were in, with the rates.
    converted: BTreeMap<Currency, (usize, Rate)>,
}

impl Amounts<'_> {
    fn note(&self) -> Option<String> {
        let leads = if self.without == 1 { "lead has" } else { "leads have" };
        let missing = format!("{} won {leads} no amount and count as the mean of the others", grouped(self.without));
        let converted = self.converted.iter().map(|(from, (count, rate))| {
            let amounts = if *count == 1 { "amount in {from} is" } else { "amounts in {from} are" };
            format!(
                "{} {} converted at {} {}",
                grouped(count),
                amounts.replace("{from}", &from.to_string()),
                rate.value(),
                self.currency
            )
        });
        let said: Vec<String> = (self.without > 0).then_some(missing).into_iter().chain(converted).collect();
        (!said.is_empty()).then(|| said.join("; "))
    }
}

impl ScoredLeads {
    /// Cut points of numeric fields that separate win rate × amount best on leads held out.
    ///
    /// # Formula
    /// Separation is 1 − Σ(y − m)² / Σ(y − ȳ)² over leads held out in five folds, m the mean of the lead's group among the other
    /// leads; y is the amount of a lead that was won and 0 of one that was lost; the mean over ten deals of the folds. The gain's error is
    /// the standard error of the mean of what each lead contributes to it.
    #[must_use]
    pub fn cut_points(&self) -> CutReport {
        let none = |note: &str| CutReport {
            outcome: None,
            amount: None,
            currency: None,
            fields: Vec::new(),
            note: Some(note.to_owned()),
        };
        let Ok(examples) = Examples::from_leads(self.leads(), &LearnOptions::default()) else {
            return none("no column says how the leads ended");
        };
        let (amounts, note) = self.amounts(&examples).map_or_else(
            |why| (None, Some(why.to_owned())),
            |a| {
                let note = a.note();
                (Some(a), note)
            },
        );
        let all = examples.all();
        let dealt: [Vec<u8>; ROUNDS] = std::array::from_fn(|round| examples.deal_again(&all, FOLDS, round));
        let mut fields = Vec::new();
        for field in self.numeric_fields() {
            let Some(column) = self.leads().column_of(&field).and_then(|at| self.columns().get(at)) else { continue };
            let ended = examples.rows().iter().zip(examples.outcomes()).enumerate();
            let leads: Vec<Lead> = ended
                .filter_map(|(at, (row, won))| {
                    let row = *row as usize;
                    let brought = match (won, &amounts) {
                        (true, Some(amounts)) => amounts.by_row.get(&row).copied().unwrap_or(amounts.mean),
                        (won, _) => f64::from(u8::from(*won)),
                    };
                    let folds = std::array::from_fn(|round| dealt[round].get(at).copied().unwrap_or(0));
                    Some(Lead { x: column.number(row)?, y: brought, won: *won, folds })
                })
                .collect();
            fields.push(self.field_cuts(&field, &leads));
        }
        let none = fields.is_empty().then_some("the file has no numeric field that segments could be cut by");
        let note = none.map(str::to_owned).or(note);
        CutReport {
            outcome: Some(examples.outcome().to_owned()),
            currency: amounts.as_ref().map(|amounts| amounts.currency.to_string()),
            amount: amounts.map(|amounts| amounts.column.name().to_owned()),
            fields,
            note,
        }
    }

    /// What won leads brought: the amount once won, else the amount; or why there is nothing to go by.
    fn amounts(&self, examples: &Examples) -> Result<Amounts<'_>, &'static str> {
        let column = |field| self.columns().get(self.leads().column_of(&FieldRef::Known(field))?);
        let numeric = |field| column(field).filter(|column| matches!(column.kind(), ColumnKind::Number(_)));
        let Some(amount) = numeric(Field::ActualAmount).or_else(|| numeric(Field::Amount)) else {
            return Err(NO_AMOUNTS);
        };
        let ColumnKind::Number(format) = amount.kind() else { return Err(NO_AMOUNTS) };
        let (stated, options) = (column(Field::Currency), self.leads().table().options());
        let Ok(dialects) = Dialects::built_in() else { return Err(NO_AMOUNTS) };
        let own = self.model().meta().currency;
        // What no currency stands beside is in the column's, else in the model's, as deals are.
        let unmarked = options.column(amount.name()).currency.unwrap_or(own);
        let currency_of = |row: usize| {
            let beside = stated.and_then(|column| dialects.currency_of(column.text(row)));
            beside.or(format.currency).or_else(|| amount.currency(row)).unwrap_or(unmarked)
        };
        let (mut by_row, mut currencies) = (BTreeMap::new(), BTreeSet::new());
        let mut converted: BTreeMap<Currency, (usize, Rate)> = BTreeMap::new();
        let mut without = 0;
        for (row, _) in examples.rows().iter().zip(examples.outcomes()).filter(|(_, won)| **won) {
            let row = *row as usize;
            let Some(written) = amount.number(row) else {
                without += 1;
                continue;
            };
            let currency = currency_of(row);
            let rate = options.rates.get(&currency).filter(|_| currency != own).copied();
            let (brought, currency) = match rate {
                Some(rate) => {
                    converted.entry(currency).or_insert((0, rate)).0 += 1;
                    let minor = amount.converted(row, rate, own.minor_digits());
                    (minor.map_or(written * rate.value(), |minor| Money::new(minor, own).major()), own)
                }
                None => (written, currency),
            };
            by_row.insert(row, brought);
            currencies.insert(currency);
        }
        if currencies.len() > 1 {
            return Err(
                "the amounts are in several currencies, so every win counts the same (give exchange rates to the reading)",
            );
        }
        let Some(currency) = currencies.first().copied() else {
            return Err("no lead that was won has an amount, so every win counts the same");
        };
        let mean = by_row.values().sum::<f64>() / by_row.len() as f64;
        Ok(Amounts { column: amount, currency, by_row, mean, without, converted })
    }

    fn numeric_fields(&self) -> Vec<FieldRef> {
        let mut fields: Vec<FieldRef> = vec![Field::Employees.into(), Field::Revenue.into()];
        for segment in self.model().segments() {
            for (field, _) in bounds(&segment.when) {
                if !fields.contains(&field) {
                    fields.push(field);
                }
            }
        }
        let numeric = |field: &FieldRef| {
            let column = self.leads().column_of(field).and_then(|at| self.columns().get(at));
            column.is_some_and(|column| matches!(column.kind(), ColumnKind::Number(_)))
        };
        fields.retain(numeric);
        fields
    }

    fn field_cuts(&self, field: &FieldRef, leads: &[Lead]) -> FieldCuts {
        let named = self.model().segments().iter().flat_map(|segment| bounds(&segment.when));
        let mut current: Vec<f64> = named.filter(|(known, _)| known == field).map(|(_, cut)| cut).collect();
        current.sort_by(f64::total_cmp);
        current.dedup();
        let label = field.label();
        let won = leads.iter().filter(|lead| lead.won).count();
        let mut report = FieldCuts {
            field: field.to_string(),
            verdict: CutVerdict::TooFew,
            leads: leads.len() as u64,
            won: won as u64,
            current: current.clone(),
            proposed: Vec::new(),
            current_separation: 0.0,
            separation: 0.0,
            gain: 0.0,
            gain_error: 0.0,
            groups: Vec::new(),
            sentence: format!("Too few leads with {label} were won or lost to say where to cut."),
            label,
        };
        if won < FEWEST || leads.len() - won < FEWEST {
            return report;
        }
        let candidates = candidates(leads);
        let Some(best) = best_cuts(&sums(leads, &candidates), &candidates) else {
            report.verdict = CutVerdict::NoBetterCut;
            report.sentence = format!("{} is the same for nearly all leads: no better cut.", report.label);
            return report;
        };
        // What each lead held out contributes under the model's cuts and under cuts chosen without it.
        let mean = leads.iter().map(|lead| lead.y).sum::<f64>() / leads.len() as f64;
        let total: f64 = leads.iter().map(|lead| (lead.y - mean) * (lead.y - mean)).sum();
        let mut errors: Vec<(f64, f64)> = vec![(0.0, 0.0); leads.len()];
        for round in 0..ROUNDS {
            let (tried, own) = (by_fold(leads, round, &candidates), by_fold(leads, round, &current));
            for fold in 0..FOLDS {
                let training = without(&tried, fold);
                let chosen = best_cuts(&training, &candidates).unwrap_or_default();
                let (now, then) = (means(&without(&own, fold)), means(&put_together(&training, &candidates, &chosen)));
                let held_out = leads.iter().zip(&mut errors).filter(|(lead, _)| usize::from(lead.folds[round]) == fold);
                for (lead, (now_error, then_error)) in held_out {
                    let squared = |cuts: &[f64], means: &[f64]| {
                        let mean = means.get(place(cuts, lead.x)).copied().unwrap_or(0.0);
                        (lead.y - mean) * (lead.y - mean) / ROUNDS as f64
                    };
                    *now_error += squared(&current, &now);
                    *then_error += squared(&chosen, &then);
                }
            }
        }
        let n = errors.len() as f64;
        let scale = if total > 0.0 { n / total } else { 0.0 };
        let gains: Vec<f64> = errors.iter().map(|(now, then)| (now - then) * scale).collect();
        let gain = gains.iter().sum::<f64>() / n;
        let spread = gains.iter().map(|one| (one - gain) * (one - gain)).sum::<f64>() / (n - 1.0).max(1.0);
        report.current_separation = 1.0 - errors.iter().map(|(now, _)| now).sum::<f64>() * scale / n;
        report.separation = 1.0 - errors.iter().map(|(_, then)| then).sum::<f64>() * scale / n;
        report.gain = gain;
        report.gain_error = (spread / n).sqrt();
        let better = gain > CERTAIN * report.gain_error && best != current;
        report.verdict = if better { CutVerdict::BetterCut } else { CutVerdict::NoBetterCut };
        report.groups = groups(leads, if better { &best } else { &current });
        let shown: Vec<String> = best.iter().map(ToString::to_string).collect();
        let percent = |share: f64| 100.0 * share;
        report.sentence = if better {
            format!(
                "Cut {} at {}: on leads held out that explains {:.1} % of what they bring, the model's cuts {:.1} % ({} leads).",
                report.label,
                words::list(&shown, "and"),
                percent(report.separation),
                percent(report.current_separation),
                report.leads
            )
        } else {
            format!("No better cut of {} than the model's ({} leads).", report.label, report.leads)
        };
        report.proposed = best;
        report
    }
}

/// The numeric bounds of a condition by field, each as the value from which on a lead is on the upper side.
fn bounds(condition: &Condition) -> Vec<(FieldRef, f64)> {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(bounds).collect(),
        Condition::Not(part) => bounds(part),
        Condition::Field { field, test } => {
            let found: Vec<f64> = match test {
                Test::Between(Bound::Number(low), Bound::Number(high)) => vec![*low, above(high)],
                Test::AtLeast(Bound::Number(low)) => vec![*low],
                Test::AtMost(Bound::Number(high)) => vec![above(high)],
                _ => Vec::new(),
            };
            found.into_iter().map(|bound| (field.clone(), bound)).collect()
        }
    }
}

/// The next number above one as fine as it is written: what lies at most at 999 is below 1,000, at most at 9.99 below 10.
fn above(high: &f64) -> f64 {
    let written = high.to_string();
    let fineness = libm::pow(10.0, written.split_once('.').map_or(0, |(_, decimals)| decimals.len()) as f64);
    ((high * fineness).round() + 1.0) / fineness
}

/// Round numbers near the quantiles of the field.
fn candidates(leads: &[Lead]) -> Vec<f64> {
    let mut x: Vec<f64> = leads.iter().map(|lead| lead.x).collect();
    x.sort_by(f64::total_cmp);
    let quantile = |part: usize| x.get(part * x.len() / (CANDIDATES + 1)).copied().map(round);
    let mut found: Vec<f64> = (1..=CANDIDATES).filter_map(quantile).collect();
    found.sort_by(f64::total_cmp);
    found.dedup();
    found.retain(|cut| x.first().is_some_and(|least| cut > least));
    found
}

/// The nearest of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten.
fn round(value: f64) -> f64 {
    const STEPS: [f64; 10] = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
    if value <= 0.0 {
        return 0.0;
    }
    let power = libm::pow(10.0, libm::floor(libm::log10(value)));
    let near = |step: &f64| (step * power - value).abs();
    let step = STEPS.iter().min_by(|a, b| near(a).total_cmp(&near(b))).copied().unwrap_or(1.0);
    step * power
}

/// The one or two cut points that leave the least variance inside their groups, none of which is small; `parts` lie between the
/// candidates.
fn best_cuts(parts: &[(usize, f64)], candidates: &[f64]) -> Option<Vec<f64>> {
    let mut best: Option<(f64, Vec<f64>)> = None;
    let mut try_cuts = |cuts: Vec<f64>| {
        let sums = put_together(parts, candidates, &cuts);
        if sums.iter().any(|(n, _)| *n < SMALLEST) {
            return;
        }
        // Between-group sum of squares, up to a constant.
        let between: f64 = sums.iter().map(|(n, sum)| sum * sum / *n as f64).sum();
        if best.as_ref().is_none_or(|(known, _)| between > *known) {
            best = Some((between, cuts));
        }
    };
    for (at, low) in candidates.iter().enumerate() {
        try_cuts(vec![*low]);
        for high in candidates.iter().skip(at + 1) {
            try_cuts(vec![*low, *high]);
        }
    }
    best.map(|(_, cuts)| cuts)
}

fn place(cuts: &[f64], x: f64) -> usize {
    cuts.partition_point(|cut| *cut <= x)
}

/// Leads and their sum, group by group.
fn sums(leads: &[Lead], cuts: &[f64]) -> Vec<(usize, f64)> {
    let mut sums = vec![(0, 0.0); cuts.len() + 1];
    for lead in leads {
        if let Some((n, sum)) = sums.get_mut(place(cuts, lead.x)) {
            *n += 1;
            *sum += lead.y;
        }
    }
    sums
}

/// The same of the leads of each fold.
fn by_fold(leads: &[Lead], round: usize, cuts: &[f64]) -> Vec<Vec<(usize, f64)>> {
    let mut folds = vec![vec![(0, 0.0); cuts.len() + 1]; FOLDS];
    for lead in leads {
        let fold = folds.get_mut(usize::from(lead.folds[round]));
        if let Some((n, sum)) = fold.and_then(|sums| sums.get_mut(place(cuts, lead.x))) {
            *n += 1;
            *sum += lead.y;
        }
    }
    folds
}

/// The same of the leads outside a fold.
fn without(folds: &[Vec<(usize, f64)>], fold: usize) -> Vec<(usize, f64)> {
    let mut all = vec![(0, 0.0); folds.first().map_or(0, Vec::len)];
    for (_, sums) in folds.iter().enumerate().filter(|(at, _)| *at != fold) {
        for ((n, sum), (more, by)) in all.iter_mut().zip(sums) {
            *n += more;
            *sum += by;
        }
    }
    all
}

/// Parts between candidates put together between those of them that are cuts.
fn put_together(parts: &[(usize, f64)], candidates: &[f64], cuts: &[f64]) -> Vec<(usize, f64)> {
    let mut groups = vec![(0, 0.0); cuts.len() + 1];
    for (at, (n, sum)) in parts.iter().enumerate() {
        let from = at.checked_sub(1).and_then(|before| candidates.get(before));
        if let Some((all, total)) = groups.get_mut(from.map_or(0, |from| place(cuts, *from))) {
            *all += n;
            *total += sum;
        }
    }
    groups
}

/// The mean of each group; of a group without a lead that of all.
fn means(sums: &[(usize, f64)]) -> Vec<f64> {
    let (n, sum) = sums.iter().fold((0, 0.0), |(n, total), (more, sum)| (n + more, total + sum));
    let overall = if n > 0 { sum / n as f64 } else { 0.0 };
    sums.iter().map(|(n, sum)| if *n > 0 { sum / *n as f64 } else { overall }).collect()
}

fn groups(leads: &[Lead], cuts: &[f64]) -> Vec<CutGroup> {
    let group = |at: usize| {
        let inside: Vec<&Lead> = leads.iter().filter(|lead| place(cuts, lead.x) == at).collect();
        let n = inside.len() as f64;
        let won = inside.iter().filter(|lead| lead.won).count();
        let value = if inside.is_empty() { 0.0 } else { inside.iter().map(|lead| lead.y).sum::<f64>() / n };
        let squares: f64 = inside.iter().map(|lead| (lead.y - value) * (lead.y - value)).sum();
        let half = if n > 1.0 { 1.96 * (squares / (n - 1.0) / n).sqrt() } else { 0.0 };
        CutGroup {
            from: at.checked_sub(1).and_then(|at| cuts.get(at)).copied(),
            below: cuts.get(at).copied(),
            leads: inside.len() as u64,
            won: won as u64,
            win_rate: wilson(won as f64, n, 0.95),
            value,
            value_interval: Interval { low: value - half, high: value + half },
        }
    };
    (0..=cuts.len()).map(group).collect()
}
