//! Runs a simulation in parts that any number of workers may share: same trials for any split and any order.

use super::hazard_draws::{ABREAST, Hazards, abreast};
use super::input::{Amount, SimulatedDeal, SimulationInput, Win, largest_draw};
use super::kernel::{Cuts, Thresholds};
use super::new_business::{Changes, NewBusiness, Under};
use super::odds::{Market, Timing};
use super::pace::{Draw, Odds};
use super::plan::{Plan, SharedDraws, purpose};
use super::sums::{Sums, limbs_of};
use super::trials::{Layout, Trials};
use crate::random::{Lanes, Sampler, StreamKey};
use crate::stats::{Arrange, Normal, NormalTable};
use crate::{Error, ErrorKind};
use std::collections::BTreeMap;
use std::ops::Range;

/// Up to this many deals with a drawn amount get one draw per trial; beyond, one per batch.
const DRAWN_PER_TRIAL: usize = 200;

/// A simulation under way: batches of trials, each done or not yet.
#[derive(Debug)]
pub struct Simulation {
    input: SimulationInput,
    plan: Plan,
    layout: Layout,
    timing: Timing,
    draws: SharedDraws,
    table: NormalTable,
    streams: Vec<DealStreams>,
    /// The deals in the order in which they are played: like with like.
    order: Vec<usize>,
    /// For each deal, one whose chances are the same in every batch.
    alike: Vec<usize>,
    /// Where the draws of the hazards are from, the classes that deals are in, and each deal's place among them.
    hazards: Option<Hazards>,
    classes: Vec<usize>,
    places: Vec<usize>,
    new_business: Option<NewBusiness>,
    drawn_per_trial: bool,
    largest_draw: f64,
    digest: u64,
    /// The totals of each finished batch, row after row.
    done: Vec<Option<Box<[i64]>>>,
    finished: usize,
}

#[derive(Debug, Clone, Copy)]
struct DealStreams {
    outcome: StreamKey,
    amount: StreamKey,
}

impl Simulation {
    /// Prepares the run; draws what batches share.
    ///
    /// # Errors
    /// Those of [`SimulationInput::validate`].
    pub fn new(input: SimulationInput) -> Result<Self, Error> {
        Self::prepared(input, false)
    }

    /// The same, of deals among those that were simulated: what their run drew is kept.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub(super) fn again(input: SimulationInput) -> Result<Self, Error> {
        Self::prepared(input, true)
    }

    fn prepared(input: SimulationInput, keeps: bool) -> Result<Self, Error> {
        let plan = Plan::of(input.trials);
        let layout = Layout::new(&input);
        input.validate(layout.rows() * plan.trials())?;
        let timing = Timing::new(&input);
        let draws = SharedDraws::new(&input, plan, timing.blocks());
        let root = StreamKey::new(u64::from(input.seed));
        let streams = input.deals.iter().map(|deal| DealStreams {
            outcome: root.with(purpose::OUTCOME).with(deal.key),
            amount: root.with(purpose::AMOUNT).with(deal.key),
        });
        let drawn = input.deals.iter().filter(|deal| deal.amount.is_drawn()).count();
        let spread = input.deals.iter().filter(|deal| matches!(deal.amount, Amount::LogNormal { .. })).count();
        let class_of = |deal: &SimulatedDeal| match deal.win {
            Win::Hazard { class, .. } => class,
            _ => usize::MAX,
        };
        let mut classes: Vec<usize> = input.deals.iter().map(class_of).filter(|class| *class != usize::MAX).collect();
        classes.sort_unstable();
        classes.dedup();
        let alike = alike(&input.deals);
        let mut order: Vec<usize> = (0..input.deals.len()).collect();
        order.arrange_by_key(|&index| {
            let (deal, live) = (&input.deals[index], timing.live(index));
            (deal.category, limbs_of(deal.amount.largest()), live.start, live.end, alike[index], index)
        });
        let place = |deal| classes.partition_point(|class| *class < class_of(deal));
        let places = input.deals.iter().map(place).collect();
        let pace = input.pace.as_ref().filter(|_| input.new_business || !classes.is_empty());
        Ok(Self {
            new_business: pace.filter(|_| input.new_business).map(|pace| NewBusiness::new(pace)),
            hazards: pace.map(|pace| Hazards::new(pace, input.seed, plan, keeps)),
            classes,
            places,
            plan,
            layout,
            timing,
            draws,
            table: NormalTable::new(),
            streams: streams.collect(),
            order,
            alike,
            drawn_per_trial: spread <= DRAWN_PER_TRIAL,
            largest_draw: largest_draw(drawn),
            digest: input.digest(),
            done: (0..plan.batches).map(|_| None).collect(),
            finished: 0,
            input,
        })
    }

    /// The division into batches.
    #[must_use]
    pub fn plan(&self) -> Plan {
        self.plan
    }

    /// The share of batches that are done, 0 to 1.
    #[must_use]
    pub fn progress(&self) -> f64 {
        self.finished as f64 / self.plan.batches as f64
    }

    /// Whether every batch is done.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.finished == self.plan.batches
    }

    /// Runs the batches of `range` that are not done yet; batches beyond the last are ignored.
    pub fn run_batches(&mut self, range: Range<usize>) {
        let mut scratch = Scratch::new(&self.input, &self.layout, self.classes.len(), self.plan.batch_size);
        let left: Vec<usize> =
            (range.start..range.end.min(self.plan.batches)).filter(|batch| self.done[*batch].is_none()).collect();
        for abreast in left.chunks(ABREAST) {
            self.step(abreast, &mut scratch);
            for (at, &batch) in abreast.iter().enumerate() {
                scratch.at = at;
                let totals = self.batch(batch, &mut scratch);
                self.done[batch] = Some(totals);
                self.finished += 1;
            }
        }
    }

    /// The finished batches as bytes, for [`absorb`](Self::absorb) in a simulation of the same input elsewhere.
    #[must_use]
    pub fn part(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(16 + self.finished * (4 + 8 * self.layout.rows() * self.plan.batch_size));
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.digest.to_le_bytes());
        for (batch, totals) in self.done.iter().enumerate() {
            if let Some(totals) = totals {
                bytes.extend_from_slice(&(batch as u32).to_le_bytes());
                let from = bytes.len();
                bytes.resize(from + 8 * totals.len(), 0);
                let words = bytes[from..].as_chunks_mut::<8>().0;
                words.iter_mut().zip(totals).for_each(|(word, total)| *word = total.to_le_bytes());
            }
        }
        bytes
    }

    /// Takes over batches that another simulation of the same input ran. Batches that are done already are kept.
    ///
    /// # Errors
    /// `bad-part` for bytes that are no part, `foreign-part` for a part of another input.
    pub fn absorb(&mut self, part: &[u8]) -> Result<(), Error> {
        let bad = || Error::new(ErrorKind::Input, "bad-part", "expected the bytes of a simulation part");
        let body = part.strip_prefix(MAGIC).ok_or_else(bad)?;
        let (digest, body) = body.split_first_chunk::<8>().ok_or_else(bad)?;
        if u64::from_le_bytes(*digest) != self.digest {
            return Err(Error::new(
                ErrorKind::Input,
                "foreign-part",
                "the part belongs to another simulation (same deals, model, run and version are needed)",
            ));
        }
        let size = 4 + 8 * self.layout.rows() * self.plan.batch_size;
        let records = body.chunks_exact(size);
        if !records.remainder().is_empty() {
            return Err(bad());
        }
        for record in records {
            let (batch, totals) = record.split_first_chunk::<4>().ok_or_else(bad)?;
            let slot = self.done.get_mut(u32::from_le_bytes(*batch) as usize).ok_or_else(bad)?;
            if slot.is_none() {
                *slot = Some(totals.as_chunks::<8>().0.iter().map(|word| i64::from_le_bytes(*word)).collect());
                self.finished += 1;
            }
        }
        Ok(())
    }

    /// Runs whatever is not done yet and hands out the trials.
    #[must_use]
    pub fn finish(mut self) -> Trials {
        self.run_batches(0..self.plan.batches);
        Trials::new(self.layout, self.plan, &self.input.won_to_date, self.done.into_iter().flatten())
    }

    fn batch(&self, batch: usize, scratch: &mut Scratch) -> Box<[i64]> {
        let size = self.plan.batch_size;
        let market = self.market(batch);
        scratch.rates.clear();
        scratch.rates.extend(self.rates(batch));
        scratch.totals.fill(0);
        scratch.known = None;
        let mut category = None;
        for &index in &self.order {
            let deal = &self.input.deals[index];
            if self.drawn_per_trial(deal.amount) {
                self.play(index, batch, market.as_ref(), self.input.periods(), scratch);
                continue;
            }
            let Some((lanes, cuts)) = self.thresholds(index, batch, market.as_ref(), self.input.periods(), scratch)
            else {
                continue;
            };
            if let Some(before) =
                category.replace(deal.category).filter(|c| *c != deal.category || scratch.sums.is_full())
            {
                scratch.sums.pour(self.layout.starts(before), &mut scratch.totals);
            }
            scratch.sums.add(lanes, &cuts, self.amount_of_batch(index, batch, deal.amount));
        }
        if let Some(category) = category {
            scratch.sums.pour(self.layout.starts(category), &mut scratch.totals);
        }
        if let (Some(new), Some(pace), Some(draw)) =
            (&self.new_business, &self.input.pace, scratch.draws.get(scratch.at))
        {
            let root = StreamKey::new(u64::from(self.input.seed));
            let mut sampler = Sampler::new(root.with(purpose::NEW).with(batch as u64));
            let starts = self.layout.new_starts();
            let rows: Vec<usize> =
                self.input.steps.iter().filter_map(|step| starts.get(step.period).copied()).collect();
            let under = Under { draw, changes: &scratch.changes, at: scratch.at };
            new.play(pace, under, &mut sampler, &rows, size, &mut scratch.totals);
        }
        scratch.totals[..self.layout.rows() * size].into()
    }

    /// Draws the hazards of some batches, [`ABREAST`] at most, and steps their days side by side.
    fn step(&self, batches: &[usize], scratch: &mut Scratch) {
        scratch.draws.clear();
        let (Some(pace), Some(hazards)) = (&self.input.pace, &self.hazards) else { return };
        let steps = pace.steps();
        let places = self.classes.iter().enumerate();
        let places = places.map(|(place, class)| (*class, place * steps..(place + 1) * steps));
        if self.new_business.is_none() && hazards.is_kept(batches) {
            places.for_each(|(class, place)| hazards.odds_again(pace, class, batches, &mut scratch.odds[place]));
            return;
        }
        scratch.draws.extend(batches.iter().filter_map(|batch| hazards.draw(pace, *batch)));
        let Some(draws) = abreast(&scratch.draws) else { return };
        places.for_each(|(class, place)| pace.odds(draws, class, &mut scratch.odds[place]));
        if let Some(new) = &self.new_business {
            scratch.changes = new.changes(pace, draws);
        }
    }

    /// The hazards of a batch.
    fn hazards(&self, batch: usize) -> Option<Draw> {
        self.hazards.as_ref()?.draw(self.input.pace.as_ref()?, batch)
    }

    /// The rates of a batch.
    fn rates(&self, batch: usize) -> impl Iterator<Item = f64> {
        let rates = self.input.rates.iter().enumerate();
        rates.map(move |(i, rate)| rate.distribution.quantile(self.draws.rate(i, batch)))
    }

    /// The thresholds of one deal in one batch, and the generator of its trials; `None` if it brings nothing in the first
    /// periods. The rates of the batch stand in `scratch`.
    fn thresholds(
        &self,
        index: usize,
        batch: usize,
        market: Option<&Market<'_>>,
        periods: usize,
        scratch: &mut Scratch,
    ) -> Option<(Lanes, Cuts)> {
        let deal = &self.input.deals[index];
        let hazard = matches!(deal.win, Win::Hazard { .. });
        let live = if hazard { 0..self.input.periods() } else { self.timing.live(index) };
        let live = live.start..live.end.min(periods);
        if live.is_empty() {
            return None;
        }
        if scratch.known.replace(self.alike[index]) != Some(self.alike[index]) {
            self.chances(index, market, scratch);
        }
        let (lanes, extra) = Lanes::seeded(self.streams[index].outcome.with(batch as u64));
        let cuts = Cuts::new(&scratch.won_by, live, (extra >> 32) as u32);
        (!cuts.is_dead()).then_some((lanes, cuts))
    }

    /// Writes to `scratch` the probabilities that a deal is won by the end of each period in the batch.
    fn chances(&self, index: usize, market: Option<&Market<'_>>, scratch: &mut Scratch) {
        let deal = &self.input.deals[index];
        let p = match deal.win {
            Win::Fixed(p) => p,
            Win::Hazard { factor, .. } => {
                let steps = self.input.steps.len();
                let odds = scratch.odds.get(self.places[index] * steps..).unwrap_or_default();
                let mut won = 0.0;
                for (step, odds) in self.input.steps.iter().zip(odds) {
                    won += odds[scratch.at].tilted(factor);
                    // Written out: `min` is a call where numbers may be none.
                    scratch.won_by[step.period] = if won > 1.0 { 1.0 } else { won };
                }
                won
            }
            Win::Shared(rate) | Win::InARow { rate, .. } => scratch.rates[rate],
            Win::Blend { low, high, weight } => {
                scratch.rates[low] + weight * (scratch.rates[high] - scratch.rates[low])
            }
        };
        match (market, deal.win) {
            (_, Win::Hazard { .. }) => {}
            (_, Win::InARow { times, .. }) => {
                self.timing.renewed_by(index, p, times, market, &mut scratch.won_by);
            }
            (None, _) => self.timing.won_by(index, p, &mut scratch.won_by),
            (Some(market), _) => self.timing.won_by_in(index, p, market, &mut scratch.won_by),
        }
    }

    /// Plays one deal by itself: adds what it pays in the first periods to the totals.
    fn play(&self, index: usize, batch: usize, market: Option<&Market<'_>>, periods: usize, scratch: &mut Scratch) {
        let Some((mut lanes, cuts)) = self.thresholds(index, batch, market, periods, scratch) else { return };
        let deal = &self.input.deals[index];
        let lost = self.layout.lost_start();
        let thresholds = Thresholds::new(&cuts, self.layout.starts(deal.category), lost);
        lanes.fill_u16(&mut scratch.uniforms);
        thresholds.classify(&scratch.uniforms, &mut scratch.outcomes);
        if !self.drawn_per_trial(deal.amount) {
            thresholds.pay(&scratch.outcomes, self.amount_of_batch(index, batch, deal.amount), &mut scratch.totals);
            return;
        }
        let (mut lanes, _) = Lanes::seeded(self.streams[index].amount.with(batch as u64));
        lanes.fill_u32(&mut scratch.words);
        for (trial, (&outcome, &word)) in scratch.outcomes.iter().zip(&scratch.words).enumerate() {
            let start = thresholds.start(outcome);
            if start != lost as usize {
                scratch.totals[start + trial] += self.amount(deal.amount, word);
            }
        }
    }

    /// Each of these deals in turn, with what it brings in the period in every trial: computed again from its stream.
    /// Deals of one class follow each other, so that their hazards are stepped once, and no further than the period.
    pub(super) fn each_deal(&self, period: usize, mut deals: Vec<usize>, mut see: impl FnMut(usize, &[i64])) {
        let (size, batches) = (self.plan.batch_size, self.plan.batches);
        let rates: Vec<Vec<f64>> = (0..batches).map(|batch| self.rates(batch).collect()).collect();
        let markets: Vec<Option<Market<'_>>> = (0..batches).map(|batch| self.market(batch)).collect();
        let hazards: Vec<Draw> = (0..batches).filter_map(|batch| self.hazards(batch)).collect();
        let steps = self.input.steps.iter().take_while(|step| step.period <= period).count();
        let mut scratch = Scratch::new(&self.input, &self.layout, self.classes.len(), size);
        let mut brought = vec![0; self.plan.trials()];
        let mut odds = vec![[Odds::default(); ABREAST]; steps * batches.div_ceil(ABREAST)];
        let mut known = None;
        deals.arrange_by_key(|&index| (self.places[index], index));
        for index in deals {
            let deal = &self.input.deals[index];
            if let (Win::Hazard { class, .. }, Some(pace)) = (deal.win, &self.input.pace)
                && known.replace(class) != Some(class)
            {
                for (draws, odds) in hazards.chunks(ABREAST).zip(odds.chunks_exact_mut(steps.max(1))) {
                    abreast(draws).into_iter().for_each(|draws| pace.odds(draws, class, odds));
                }
            }
            let rows = self.layout.starts(deal.category);
            let row = rows.get(period).map_or(0, |&start| start as usize);
            let lost = [self.layout.lost_start()];
            let own = self.places[index] * self.input.steps.len();
            for (batch, out) in brought.chunks_exact_mut(size).enumerate() {
                scratch.rates.clone_from(&rates[batch]);
                scratch.known = None;
                // The rows that it can pay into, not all there are.
                for &start in rows.iter().take(period + 1).chain(&lost) {
                    scratch.totals[start as usize..][..size].fill(0);
                }
                if let Some(place) = scratch.odds.get_mut(own..own + steps) {
                    place.copy_from_slice(&odds[batch / ABREAST * steps..][..steps]);
                    scratch.at = batch % ABREAST;
                }
                self.play(index, batch, markets[batch].as_ref(), period + 1, &mut scratch);
                out.copy_from_slice(&scratch.totals[row..row + size]);
            }
            see(index, &brought);
        }
    }

    /// What a deal brings where it is won, batch by batch; not for amounts that are drawn anew for every trial.
    pub(super) fn pays(&self, index: usize) -> Vec<i64> {
        let amount = self.input.deals[index].amount;
        (0..self.plan.batches).map(|batch| self.amount_of_batch(index, batch, amount)).collect()
    }

    fn market(&self, batch: usize) -> Option<Market<'_>> {
        let rho = self.input.market;
        if rho <= 0.0 {
            return None;
        }
        let z = (0..self.timing.blocks()).map(|block| Normal::quantile(self.draws.market(block, batch)));
        Some(Market::new(rho, z, Some(&self.table)))
    }

    /// Whether an amount is drawn anew for every trial.
    fn drawn_per_trial(&self, amount: Amount) -> bool {
        self.drawn_per_trial && matches!(amount, Amount::LogNormal { .. })
    }

    /// What a deal brings where it is won, one amount for all trials of the batch.
    fn amount_of_batch(&self, index: usize, batch: usize, amount: Amount) -> i64 {
        if let Amount::Fixed(minor) = amount {
            return minor;
        }
        let extra = Lanes::extra(self.streams[index].amount.with(batch as u64));
        self.amount(amount, (extra >> 32) as u32)
    }

    /// The amount that a uniform number stands for.
    fn amount(&self, amount: Amount, uniform: u32) -> i64 {
        let (mut ratios, mut brought) = (&[][..], &[][..]);
        if let Some(pace) = &self.input.pace {
            (ratios, brought) = (pace.fit().ratios.left.as_slice(), pace.fit().brought.as_slice());
        }
        let one_of = |count: usize| ((u64::from(uniform) * count as u64) >> 32) as usize;
        let minor = match amount {
            Amount::Fixed(minor) => minor as f64,
            Amount::LogNormal { mu, sigma } => {
                let z = Normal::quantile((f64::from(uniform) + 0.5) * (1.0 / 4_294_967_296.0));
                libm::exp(mu + sigma * z) * self.input.minor_per_major
            }
            Amount::Estimate(minor) => minor as f64 * ratios.get(one_of(ratios.len())).copied().unwrap_or(1.0),
            Amount::Changed(minor) => {
                let changes = &self.input.changes;
                minor as f64 * changes.get(one_of(changes.len())).copied().unwrap_or(1.0)
            }
            Amount::Unknown => brought.get(one_of(brought.len())).map_or(0.0, |minor| *minor as f64),
        };
        minor.round_ties_even().clamp(-self.largest_draw, self.largest_draw) as i64
    }
}

/// Working memory of a batch, reused.
#[derive(Debug)]
struct Scratch {
    rates: Vec<f64>,
    won_by: Vec<f64>,
    /// The deal, of those that are alike, whose chances stand in `won_by`.
    known: Option<usize>,
    /// The hazards of the batches that are stepped side by side, and which of them is played.
    draws: Vec<Draw>,
    at: usize,
    /// Under each of them: the odds of each class in each step, and what new business has of them.
    odds: Vec<[Odds; ABREAST]>,
    changes: Changes<ABREAST>,
    uniforms: Vec<u16>,
    outcomes: Vec<u16>,
    words: Vec<u32>,
    totals: Vec<i64>,
    sums: Sums,
}

impl Scratch {
    fn new(input: &SimulationInput, layout: &Layout, classes: usize, batch_size: usize) -> Self {
        let largest = input.deals.iter().map(|deal| deal.amount.largest()).max().unwrap_or(0);
        Self {
            rates: Vec::with_capacity(input.rates.len()),
            won_by: vec![0.0; input.periods()],
            known: None,
            draws: Vec::with_capacity(ABREAST),
            at: 0,
            odds: vec![[Odds::default(); ABREAST]; classes * input.steps.len()],
            changes: Vec::new(),
            uniforms: vec![0; batch_size],
            outcomes: vec![0; batch_size],
            words: vec![0; batch_size],
            // One row more than is kept: what is not won goes there, so that the loop needs no branch.
            totals: vec![0; (layout.rows() + 1) * batch_size],
            sums: Sums::new(input.periods(), batch_size, largest),
        }
    }
}

/// For each deal, one whose chances are the same in every batch.
fn alike(deals: &[SimulatedDeal]) -> Vec<usize> {
    let mut first: BTreeMap<u64, usize> = BTreeMap::new();
    let mut alike = Vec::with_capacity(deals.len());
    for (index, deal) in deals.iter().enumerate() {
        let key = StreamKey::new(0);
        let key = match deal.win {
            Win::Fixed(p) => key.with(p.to_bits()),
            Win::Shared(rate) | Win::InARow { rate, .. } => key.with(rate as u64),
            Win::Blend { low, high, weight } => key.with(low as u64).with(high as u64).with(weight.to_bits()),
            Win::Hazard { class, factor } => key.with(class as u64).with(factor.to_bits()),
        };
        let key = deal.closed_by.iter().fold(key, |key, share| key.with(share.to_bits()));
        let known = *first.entry(key.bits()).or_insert(index);
        // Two names may fall together by chance.
        let same = deals[known].win == deal.win && deals[known].closed_by == deal.closed_by;
        alike.push(if same { known } else { index });
    }
    alike
}

/// First bytes of a part: name and format.
const MAGIC: &[u8] = b"LCPART01";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::input::{SharedRate, Step};
    use crate::random::Sampler;
    use crate::stats::Beta;

    /// 60 deals over 3 periods in 2 market blocks, every kind of amount and win rate, some amounts negative.
    fn input() -> SimulationInput {
        let mut s = Sampler::new(StreamKey::new(77));
        let deals = (0..60).map(|i| SimulatedDeal {
            key: i * 7919,
            category: (i % 3) as usize,
            amount: match i % 10 {
                0 => Amount::LogNormal { mu: 8.0, sigma: 0.5 },
                1 => Amount::Fixed(-250_000),
                _ => Amount::Fixed(i64::from(s.below(5_000_000))),
            },
            win: match i % 4 {
                0 => Win::Shared((i % 2) as usize),
                1 => Win::Blend { low: 0, high: 1, weight: s.uniform() },
                _ => Win::Fixed(s.uniform()),
            },
            closed_by: {
                let first = 0.5 * s.uniform();
                vec![first, 0.5 + 0.5 * first, if i % 5 == 0 { 0.9 } else { 1.0 }]
            },
        });
        SimulationInput {
            deals: deals.collect(),
            rates: vec![
                SharedRate { distribution: Beta::new(3.0, 7.0).unwrap(), draw: 1 },
                SharedRate { distribution: Beta::new(9.0, 3.0).unwrap(), draw: 2 },
            ],
            steps: vec![Step { period: 0, block: 0 }, Step { period: 1, block: 0 }, Step { period: 2, block: 1 }],
            won_to_date: vec![1_000_000, 0, 0],
            target: 1,
            categories: 3,
            market: 0.1,
            minor_per_major: 100.0,
            pace: None,
            changes: Vec::new(),
            new_business: false,
            seed: 1,
            trials: 25_600,
        }
    }

    fn run(input: &SimulationInput) -> Trials {
        Simulation::new(input.clone()).unwrap().finish()
    }

    #[test]
    fn the_order_of_the_deals_changes_no_bit() {
        let mut turned = input();
        turned.deals.reverse();
        turned.deals.swap(3, 40);
        assert_eq!(run(&turned), run(&input()));
    }

    #[test]
    fn any_split_into_parts_gives_the_same_bits() {
        let whole = run(&input());
        for workers in [2, 3, 4] {
            let mut parts: Vec<Vec<u8>> = (0..workers)
                .map(|worker| {
                    let mut simulation = Simulation::new(input()).unwrap();
                    let share = simulation.plan().batches / workers + 1;
                    let mut next = worker * share;
                    while next < (worker + 1) * share {
                        simulation.run_batches(next..(next + 17).min((worker + 1) * share));
                        next += 17;
                    }
                    simulation.part()
                })
                .collect();
            parts.reverse();
            let mut gathered = Simulation::new(input()).unwrap();
            for part in &parts {
                gathered.absorb(part).unwrap();
            }
            assert!(gathered.is_complete() && gathered.progress() == 1.0);
            assert_eq!(gathered.finish(), whole);
        }
    }

    #[test]
    fn a_part_of_something_else_is_refused() {
        let mut other = input();
        other.deals[5].amount = Amount::Fixed(1);
        let mut simulation = Simulation::new(input()).unwrap();
        let mut theirs = Simulation::new(other).unwrap();
        theirs.run_batches(0..1);
        let error = simulation.absorb(&theirs.part()).unwrap_err();
        assert_eq!(error.code(), "foreign-part");
        let mut mine = Simulation::new(input()).unwrap();
        mine.run_batches(0..1);
        let part = mine.part();
        for cut in [0, 5, 12, 18, part.len() - 1] {
            assert_eq!(simulation.absorb(&part[..cut]).unwrap_err().code(), "bad-part", "{cut} bytes");
        }
        assert_eq!(simulation.progress(), 0.0);
    }

    #[test]
    fn parts_of_the_total_add_up() {
        let trials = run(&input());
        let periods: Vec<Vec<i64>> = (0..3).map(|k| trials.period(k)).collect();
        let categories: Vec<Vec<i64>> = (0..3).map(|c| trials.category(c)).collect();
        for (trial, &total) in trials.total().iter().enumerate() {
            assert_eq!(total, periods.iter().map(|p| p[trial]).sum::<i64>());
            let of_target = categories.iter().map(|c| c[trial]).sum::<i64>();
            assert_eq!(periods[1][trial], of_target + trials.won_to_date(1));
        }
    }

    #[test]
    fn a_higher_probability_never_lowers_a_percentile_of_the_total() {
        let mut base = input();
        for deal in &mut base.deals {
            if let Amount::Fixed(minor) = &mut deal.amount {
                *minor = minor.abs();
            }
        }
        let ps: Vec<f64> = (1..100).map(|percent| f64::from(percent) / 100.0).collect();
        let percentiles = |input: &SimulationInput| {
            let trials = run(input);
            trials.sample(&trials.total()).quantiles(&ps).iter().map(|q| q.value).collect::<Vec<_>>()
        };
        let before = percentiles(&base);
        let mut raised = base.clone();
        raised.rates[0].distribution = Beta::new(4.0, 6.0).unwrap();
        for (i, deal) in raised.deals.iter_mut().enumerate() {
            if let Win::Fixed(p) = &mut deal.win {
                *p += (1.0 - *p) * [0.0, 1e-9, 0.01, 0.5, 1.0][i % 5];
            }
        }
        let after = percentiles(&raised);
        assert!(before.iter().zip(&after).all(|(low, high)| low <= high));
        assert!(after[50] > before[50]);
    }

    #[test]
    fn certain_deals_are_certain_whatever_the_market_does() {
        let mut certain = input();
        certain.market = 0.8;
        for (i, deal) in certain.deals.iter_mut().enumerate() {
            deal.amount = Amount::Fixed(1 << (i % 40));
            deal.win = Win::Fixed(if i % 2 == 0 { 1.0 } else { 0.0 });
            deal.closed_by = vec![0.3, 0.6, 1.0];
        }
        let expected: i64 = (0..60).step_by(2).map(|i| 1i64 << (i % 40)).sum::<i64>() + 1_000_000;
        assert!(run(&certain).total().iter().all(|&total| total == expected));
        for deal in &mut certain.deals {
            deal.closed_by = vec![0.0, 1.0, 1.0];
        }
        let trials = run(&certain);
        assert!(trials.period(1).iter().all(|&total| total == expected - 1_000_000));
        assert!(trials.period(2).iter().all(|&total| total == 0));
    }

    #[test]
    fn the_market_moves_no_expectation() {
        // Expected totals in closed form; log-normal amounts left out. Bound 4 standard errors from 20 groups: false
        // alarm 0.08 % each, and the streams are fixed.
        let mut market = input();
        market.trials = 102_400;
        market.market = 0.3;
        market.deals.retain(|deal| matches!(deal.amount, Amount::Fixed(_)));
        let mut expected = vec![1_000_000.0, 0.0, 0.0];
        for deal in &market.deals {
            let Amount::Fixed(minor) = deal.amount else { unreachable!() };
            let p = match deal.win {
                Win::Fixed(p) => p,
                Win::Shared(rate) => [0.3, 0.75][rate],
                Win::Blend { weight, .. } => 0.3 + weight * 0.45,
                Win::Hazard { .. } | Win::InARow { .. } => unreachable!(),
            };
            let mut before = 0.0;
            for (slot, f) in expected.iter_mut().zip(&deal.closed_by) {
                *slot += p * (f - before) * minor as f64;
                before = *f;
            }
        }
        let trials = run(&market);
        for (period, expected) in expected.into_iter().enumerate() {
            let found = trials.sample(&trials.period(period)).mean();
            assert!((found.value - expected).abs() < 4.0 * found.error, "{period}: {found:?} of {expected}");
        }
    }

    #[test]
    fn no_market_is_the_limit_of_a_vanishing_one() {
        let mut none = input();
        none.market = 0.0;
        let mut vanishing = none.clone();
        vanishing.market = 1e-18;
        let (a, b) = (run(&none), run(&vanishing));
        let (a, b) = (a.sample(&a.total()).mean().value, b.sample(&b.total()).mean().value);
        assert!((a / b - 1.0).abs() < 1e-5, "{a} {b}");
    }

    #[test]
    fn no_deals_leave_what_is_won() {
        let mut empty = input();
        empty.deals.clear();
        let trials = run(&empty);
        assert!(trials.total().iter().all(|&total| total == 1_000_000));
        assert_eq!(trials.sample(&trials.period(0)).quantiles(&[0.1, 0.9])[1].value, 1_000_000.0);
    }

    #[test]
    fn limits_are_errors_that_state_them() {
        let error = |change: fn(&mut SimulationInput)| {
            let mut input = input();
            change(&mut input);
            let error = Simulation::new(input).unwrap_err();
            (error.code(), error.to_string())
        };
        let (code, text) = error(|input| input.trials = 4_096_001);
        assert_eq!((code, text.as_str()), ("too-many-trials", "expected at most 4096000 trials, found 4096001"));
        assert_eq!(error(|input| input.deals[0].amount = Amount::Fixed(i64::MIN)).0, "amount-out-of-range");
        assert_eq!(error(|input| input.deals[0].key = input.deals[1].key).0, "bad-simulation");
        let (_, text) = error(|input| input.deals[2].win = Win::Fixed(f64::NAN));
        assert_eq!(text, "deals.win: expected a probability from 0 to 1 or a known rate");
        assert_eq!(error(|input| input.deals[2].closed_by[1] = 0.0).0, "bad-simulation");
        assert_eq!(error(|input| input.market = 1.0).0, "bad-simulation");
        assert_eq!(error(|input| input.steps[2].period = 5).0, "bad-simulation");
        assert_eq!(error(|input| input.trials = 0).0, "bad-simulation");
    }

    #[test]
    fn trials_are_pinned() {
        let totals = run(&input()).total();
        let sum =
            totals.iter().enumerate().fold(0u64, |sum, (i, &total)| sum.wrapping_mul(31) ^ (total as u64 + i as u64));
        assert_eq!((totals[0], totals[25_599], sum), (90_141_904, 41_765_724, 10_996_572_296_681_445_179));
    }
}
