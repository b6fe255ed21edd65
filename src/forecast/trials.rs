//! The totals of every trial, and the statistics read from them.

use super::corrected::Corrected;
use super::input::SimulationInput;
use super::plan::{GROUPS, Plan};
use crate::stats::GroupedSample;
use std::collections::BTreeMap;

/// Which totals are kept: one row per period, the target period's split by category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    periods: usize,
    categories: usize,
    target: usize,
    /// Whether each period has a row for deals that are not there yet.
    new_business: bool,
    batch_size: usize,
    /// Start of each period's row in a batch, per category.
    starts: Vec<Vec<u32>>,
}

impl Layout {
    pub(super) fn new(input: &SimulationInput) -> Self {
        let batch_size = Plan::of(input.trials).batch_size;
        let (periods, categories, target) = (input.periods(), input.categories, input.target);
        let mut layout =
            Self { periods, categories, target, new_business: input.new_business, batch_size, starts: Vec::new() };
        layout.starts = (0..categories)
            .map(|category| (0..periods).map(|period| (layout.row(period, category) * batch_size) as u32).collect())
            .collect();
        layout
    }

    /// The target's rows come first, one per category, then the other periods.
    fn row(&self, period: usize, category: usize) -> usize {
        match period.cmp(&self.target) {
            std::cmp::Ordering::Less => self.categories + period,
            std::cmp::Ordering::Equal => category,
            std::cmp::Ordering::Greater => self.categories + period - 1,
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.deal_rows() + if self.new_business { self.periods } else { 0 }
    }

    fn deal_rows(&self) -> usize {
        (self.categories + self.periods).saturating_sub(1)
    }

    /// The row of a period's new business, if it has one.
    fn new_row(&self, period: usize) -> Option<usize> {
        (self.new_business && period < self.periods).then(|| self.deal_rows() + period)
    }

    /// The start of each period's new business in a batch.
    pub(super) fn new_starts(&self) -> Vec<usize> {
        (0..self.periods).filter_map(|period| self.new_row(period)).map(|row| row * self.batch_size).collect()
    }

    pub(super) fn starts(&self, category: usize) -> &[u32] {
        &self.starts[category]
    }

    pub(super) fn lost_start(&self) -> u32 {
        (self.rows() * self.batch_size) as u32
    }
}

/// The totals of all trials of a finished simulation, in minor units.
///
/// Trials stand in the order of their batches, batches in the order of their groups, so that the spread between the
/// groups gives the error of any statistic; see [`GroupedSample`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trials {
    layout: Layout,
    plan: Plan,
    won_to_date: Vec<i64>,
    rows: Vec<Vec<i64>>,
    /// Per period: what its totals become, where earlier quarters correct it.
    corrected: Vec<Option<Corrected>>,
    /// Per period: what renewed contracts bring beside the deals; empty without contracts.
    renewals: Vec<Vec<i64>>,
}

/// What a scenario makes of the trials of a period.
#[derive(Debug, Clone)]
pub(super) struct ScenarioTotals {
    /// Each trial's total as simulated, without what the scenario makes certain.
    pub(super) simulated: Vec<i64>,
    /// What it makes certain; empty for nothing.
    pub(super) certain: Vec<i64>,
}

impl Trials {
    pub(super) fn new(
        layout: Layout,
        plan: Plan,
        won_to_date: &[i64],
        batches: impl Iterator<Item = Box<[i64]>>,
    ) -> Self {
        let mut rows: Vec<Vec<i64>> = (0..layout.rows()).map(|_| Vec::with_capacity(plan.trials())).collect();
        for totals in batches {
            for (row, totals) in rows.iter_mut().zip(totals.chunks_exact(plan.batch_size)) {
                row.extend_from_slice(totals);
            }
        }
        Self { layout, plan, won_to_date: won_to_date.to_vec(), rows, corrected: Vec::new(), renewals: Vec::new() }
    }

    /// The number of trials.
    #[must_use]
    pub fn count(&self) -> usize {
        self.plan.trials()
    }

    /// The division into batches.
    #[must_use]
    pub fn plan(&self) -> Plan {
        self.plan
    }

    /// The number of periods.
    #[must_use]
    pub fn periods(&self) -> usize {
        self.layout.periods
    }

    /// The amount already won in a period, part of each of its totals.
    #[must_use]
    pub fn won_to_date(&self, period: usize) -> i64 {
        self.won_to_date.get(period).copied().unwrap_or(0)
    }

    /// Corrects the totals of a period.
    pub(super) fn correct(&mut self, period: usize, corrected: Corrected) {
        self.corrected.resize(self.periods(), None);
        if let Some(place) = self.corrected.get_mut(period) {
            *place = Some(corrected);
        }
    }

    /// What corrects the totals of a period.
    fn correction(&self, period: usize) -> Option<&Corrected> {
        self.corrected.get(period).and_then(Option::as_ref)
    }

    /// Sets what renewed contracts bring in each period, trial by trial.
    pub(super) fn renew(&mut self, renewals: Vec<Vec<i64>>) {
        self.renewals = renewals;
    }

    /// What renewed contracts bring in a period, trial by trial; `None` without contracts.
    #[must_use]
    pub fn renewals(&self, period: usize) -> Option<&[i64]> {
        self.renewals.get(period).map(Vec::as_slice)
    }

    /// What renewed contracts bring in a period in the mean, to date included; 0 without contracts.
    pub(super) fn renewals_mean(&self, period: usize) -> i64 {
        self.renewals(period).map_or(0, |renewed| self.sample(renewed).mean().value.round_ties_even() as i64)
    }

    /// The same before any correction and without renewals.
    pub(super) fn as_simulated(&self) -> Self {
        Self { corrected: Vec::new(), renewals: Vec::new(), ..self.clone() }
    }

    /// Whether the totals of a period are corrected by earlier quarters.
    #[must_use]
    pub fn is_corrected(&self, period: usize) -> bool {
        self.correction(period).is_some()
    }

    /// Totals of a period as simulated, made into what they become once corrected.
    pub(super) fn as_corrected(&self, period: usize, mut totals: Vec<i64>) -> Vec<i64> {
        if let Some(corrected) = self.correction(period) {
            totals.iter_mut().for_each(|total| *total = corrected.apply(*total));
        }
        totals
    }

    /// Totals of a period as simulated, made into the whole: corrected, and with what is renewed.
    pub(super) fn whole(&self, period: usize, totals: Vec<i64>) -> Vec<i64> {
        self.with_renewals(period, self.as_corrected(period, totals))
    }

    fn with_renewals(&self, period: usize, mut totals: Vec<i64>) -> Vec<i64> {
        for (total, renewed) in totals.iter_mut().zip(self.renewals(period).unwrap_or_default()) {
            *total += renewed;
        }
        totals
    }

    /// The whole of a period under a scenario.
    ///
    /// # Formula
    /// C(B) + ΔC + W: B what the trial simulates with what is won to date, C the correction, W what the scenario makes certain, S as B
    /// under the scenario without it, ΔC = C(S) − C(B) held between 0 and S − B. So what is certain is as certain as what is won; no total
    /// moves by more than the amounts do, nor against them; and where nothing changes, nothing moves. C(B) stands in `corrected`.
    pub(super) fn under(&self, period: usize, scenario: ScenarioTotals, corrected: &[i64]) -> Vec<i64> {
        let ScenarioTotals { simulated: mut totals, certain } = scenario;
        if let Some(correction) = self.correction(period) {
            let base = self.simulated(period);
            for ((total, base), corrected) in totals.iter_mut().zip(base).zip(corrected) {
                *total = corrected + correction.moved_from(*corrected, base, *total - base);
            }
        }
        totals.iter_mut().zip(certain).for_each(|(total, certain)| *total += certain);
        self.with_renewals(period, totals)
    }

    /// By how much a total of a period moves where deals bring `by` more than a trial simulates, `simulated` with what is won to date.
    pub(super) fn moved(&self, period: usize, simulated: i64, by: i64) -> i64 {
        self.correction(period).map_or(by, |corrected| corrected.moved(simulated, by))
    }

    /// How far each trial is above a target, told in what deals bring: a total reaches the target once they bring x more than was
    /// simulated where margin + x ≥ 0.
    pub(super) fn towards(&self, period: usize, target: i64) -> Vec<i64> {
        let simulated = self.simulated(period);
        let Some(corrected) = self.correction(period) else {
            return self.with_renewals(period, simulated).into_iter().map(|total| total - target).collect();
        };
        let mut renewals = self.renewals(period).unwrap_or_default().iter();
        let mut known: BTreeMap<i64, i64> = BTreeMap::new();
        let margin = |simulated: i64| {
            let renewed = renewals.next().copied().unwrap_or(0);
            let wanted = *known.entry(renewed).or_insert_with(|| corrected.first_reaching(target - renewed));
            // A total moves by no more than the amounts, and by no more than the map lets it: the farther of the two decides.
            let (amounts, mapped) = (corrected.apply(simulated) + renewed - target, simulated - wanted);
            if amounts >= 0 { amounts.max(mapped) } else { amounts.min(mapped) }
        };
        simulated.into_iter().map(margin).collect()
    }

    /// Each trial's total of one period: won to date plus what is simulated, corrected by earlier quarters where it is, plus
    /// what contracts bring that are renewed. No such period: all 0.
    #[must_use]
    pub fn period(&self, period: usize) -> Vec<i64> {
        self.whole(period, self.simulated(period))
    }

    /// Each trial's total of one period as deals were simulated, before any correction and without renewals. No such period: all 0.
    #[must_use]
    pub fn simulated(&self, period: usize) -> Vec<i64> {
        let mut totals = vec![self.won_to_date(period); self.count()];
        if period < self.layout.periods {
            let categories = if period == self.layout.target { self.layout.categories } else { 1 };
            (0..categories).for_each(|category| self.add(self.layout.row(period, category), &mut totals));
            self.layout.new_row(period).into_iter().for_each(|row| self.add(row, &mut totals));
        }
        totals
    }

    /// What deals that are not there yet bring in a period, trial by trial; `None` if they are not simulated.
    #[must_use]
    pub fn new_business(&self, period: usize) -> Option<&[i64]> {
        self.layout.new_row(period).and_then(|row| self.rows.get(row)).map(Vec::as_slice)
    }

    /// Each trial's total over all periods: won to date plus simulated.
    #[must_use]
    pub fn total(&self) -> Vec<i64> {
        let mut totals = vec![0; self.count()];
        for period in 0..self.periods() {
            totals.iter_mut().zip(self.period(period)).for_each(|(total, part)| *total += part);
        }
        totals
    }

    /// Each trial's simulated total of the target period from the deals of one category, without won to date. No such
    /// category: all 0.
    #[must_use]
    pub fn category(&self, category: usize) -> Vec<i64> {
        let row = (category < self.layout.categories).then(|| self.layout.row(self.layout.target, category));
        row.map_or_else(|| vec![0; self.count()], |row| self.rows[row].clone())
    }

    /// Totals taken from these trials, with the groups that give their statistics an error.
    #[must_use]
    pub fn sample<'a>(&self, totals: &'a [i64]) -> GroupedSample<'a> {
        GroupedSample::new(totals, GROUPS)
    }

    fn add(&self, row: usize, totals: &mut [i64]) {
        for (total, value) in totals.iter_mut().zip(&self.rows[row]) {
            *total += value;
        }
    }
}
