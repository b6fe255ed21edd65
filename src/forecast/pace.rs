//! How fast open deals are won and lost, as the file's own closed deals say.
//!
//! Deals of like size, age and grouping share a class; per batch all hazards are drawn anew and each class steps its days
//! once. Where a history tells when deals entered their stages, the stage is part of the class; else what a stage says moves
//! the share won of those that close, not when they close.

use super::fit::{Cause, Fit, PARTS, Rate, Season, Sizes};
use super::hazard_draws::Walked;
use super::plan::Plan;
use crate::random::StreamKey;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Days after the last step over which the chance to be won in the end is followed.
const TAIL: usize = 730;
/// Least that a sale may take of what it took.
const SHORTEST: f64 = 0.05;

/// Fitted hazards, and the classes of open deals that they move.
#[derive(Debug, Clone)]
pub struct Pace {
    fit: Arc<Fit>,
    /// The day of the forecast.
    day: i32,
    /// The part of its quarter of each day after the day of the forecast, and of the days of the tail.
    parts: Vec<usize>,
    /// For each of these days the first later one in another part.
    turns: Vec<usize>,
    /// Days to the end of each step, and the market block of each.
    ends: Vec<usize>,
    blocks: Vec<usize>,
    classes: Vec<Class>,
    known: BTreeMap<Bits, usize>,
    /// The κ of each block's factor on wins; `None`: no market.
    market: Option<f64>,
    /// Whether the hazards are drawn: else they are known exactly.
    pub(super) is_drawn: bool,
    /// What a run drew, for what is asked of it again.
    walked: Arc<OnceLock<Walked>>,
}

/// A profile to the bit.
type Bits = (usize, [u64; 2], [u64; 2], i32, Option<u16>);

/// What deals have in common that are won and lost alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Profile {
    pub(super) band: usize,
    /// Length of the sale relative to all deals.
    pub(super) cycle: f64,
    /// How many times as long everything takes from the day of the forecast on: what is past has been.
    pub(super) slower: f64,
    /// Factors on the hazards of being won and lost.
    pub(super) factors: [f64; 2],
    /// Days since it was created; −1 the day before.
    pub(super) age: i32,
    /// The stage it is in on the day of the forecast, by its number in the history; `None` where that tells nothing.
    pub(super) stage: Option<u16>,
}

#[derive(Debug, Clone)]
struct Class {
    profile: Profile,
    /// The age band on each day ahead.
    ages: Vec<u8>,
}

/// Of a deal open on the day of the forecast: the chances that it is won, and lost, within one step.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Odds {
    pub(super) won: f64,
    pub(super) lost: f64,
}

impl Odds {
    /// The chance to be won if those that close in the step are won at other odds, e^tilt times as high.
    pub(super) fn tilted(self, factor: f64) -> f64 {
        let closed = self.won + self.lost;
        let raised = self.won * factor;
        if factor == 1.0 || raised + self.lost <= 0.0 { self.won } else { closed * raised / (raised + self.lost) }
    }
}

/// All rates of one batch.
#[derive(Debug, Clone)]
pub(super) struct Draw {
    won: Vec<f64>,
    lost: Vec<f64>,
    /// Per block: the factor on wins.
    market: Vec<f64>,
    /// What stages change, won and lost, as deals move on.
    stages: [Vec<f64>; 2],
    /// The factor on arrivals.
    pub(super) arrivals: f64,
}

impl Draw {
    /// Bytes of memory held.
    pub(super) fn bytes(&self) -> usize {
        let lists = [&self.won, &self.lost, &self.market].into_iter().chain(&self.stages);
        8 * lists.map(Vec::len).sum::<usize>()
    }
}

impl Pace {
    /// For deals open at the end of `day`, up to the ends of the steps. `season` must span them.
    pub(super) fn new(fit: Arc<Fit>, season: &Season, day: i32, ends: &[i32], blocks: &[usize]) -> Self {
        let days = ends.last().map_or(0, |end| (end - day).max(0));
        let parts: Vec<usize> = (1..=days).map(|ahead| season.part(day + ahead)).collect();
        Self {
            turns: parts
                .chunk_by(|a, b| a == b)
                .scan(0, |until, run| {
                    *until += run.len();
                    Some(std::iter::repeat_n(*until, run.len()))
                })
                .flatten()
                .collect(),
            parts,
            ends: ends.iter().map(|end| (end - day).max(0) as usize).collect(),
            blocks: blocks.to_vec(),
            classes: Vec::new(),
            known: BTreeMap::new(),
            day,
            market: Some(fit.market),
            is_drawn: true,
            walked: Arc::default(),
            fit,
        }
    }

    /// The same without a common factor on the wins of a quarter.
    pub(super) fn without_market(self) -> Self {
        Self { market: None, ..self.forgetful() }
    }

    /// The same without what a run drew.
    pub(super) fn forgetful(mut self) -> Self {
        self.walked = Arc::default();
        self
    }

    /// What a run drew, and keeps for what is asked again; `None` for another run than the first that was asked for.
    pub(super) fn walked(&self, seed: u32, plan: Plan) -> Option<&Walked> {
        let walked = self.walked.get_or_init(|| Walked::new(self, seed, plan));
        walked.is_of(self, seed, plan).then_some(walked)
    }

    pub(super) fn fit(&self) -> &Fit {
        &self.fit
    }

    /// The day of the forecast.
    pub(super) fn day(&self) -> i32 {
        self.day
    }

    /// Days to the end of the last step.
    pub(super) fn days(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    pub(super) fn steps(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn classes(&self) -> usize {
        self.classes.len()
    }

    /// The class of deals like this, new or known.
    pub(super) fn class(&mut self, profile: Profile) -> usize {
        let lengths = [profile.cycle, profile.slower].map(f64::to_bits);
        let key = (profile.band, lengths, profile.factors.map(f64::to_bits), profile.age, profile.stage);
        *self.known.entry(key).or_insert_with(|| {
            let Profile { age, cycle, slower, .. } = profile;
            let ages = self.fit.hazards.bands_after(age.into(), [cycle, slower], self.parts.len());
            self.classes.push(Class { profile, ages });
            self.classes.len() - 1
        })
    }

    /// The class of the same deals if a sale from the first day to the last takes so many days longer from now on.
    pub(super) fn slower(&mut self, class: usize, days: f64) -> usize {
        let Some(profile) = self.profile(class).filter(|_| days != 0.0) else { return class };
        let usual = self.fit.hazards.usual_days() * profile.cycle;
        let times = ((usual + days) / usual).max(SHORTEST);
        self.class(Profile { slower: profile.slower * times, ..profile })
    }

    pub(super) fn profile(&self, class: usize) -> Option<Profile> {
        self.classes.get(class).map(|class| class.profile)
    }

    /// These classes with those of another pace of the same steps behind them: its classes move up by the number returned.
    pub(super) fn joined(&self, other: &Self) -> (Self, usize) {
        let mut joined = self.clone();
        joined.known = BTreeMap::new();
        joined.classes.extend(other.classes.iter().cloned());
        (joined, self.classes.len())
    }

    /// Gamma numbers that one draw takes, the market's and that of arrivals first.
    pub(super) fn drawn(&self) -> usize {
        let hazards = &self.fit.hazards;
        self.market_blocks() + 1 + hazards.won.drawn() + hazards.lost.drawn() + hazards.stages.drawn()
    }

    pub(super) fn market_blocks(&self) -> usize {
        self.blocks.last().map_or(0, |block| block + 1)
    }

    /// A draw of all rates; `gamma` draws from the gamma distribution of a shape with scale 1.
    pub(super) fn draw(&self, mut gamma: impl FnMut(f64) -> f64) -> Draw {
        // Drawn even where it is off: turning it on must not change what the rates draw.
        let mut block = || gamma(self.fit.market) / self.fit.market;
        let factors: Vec<f64> =
            (0..self.market_blocks()).map(|_| block()).map(|f| self.market.map_or(1.0, |_| f)).collect();
        if !self.is_drawn {
            return self.means_under(&factors);
        }
        let arrivals = gamma(self.fit.arrivals.dispersion) / self.fit.arrivals.dispersion;
        let hazards = &self.fit.hazards;
        let mut rates = |cause: &Cause| cause.draw(&mut gamma);
        let (won, lost) = (rates(&hazards.won), rates(&hazards.lost));
        let stages = hazards.stages.ahead(|rate| rate.draw(&mut gamma));
        Draw { won, lost, market: factors, stages, arrivals }
    }

    /// The means of all rates.
    pub(super) fn means(&self) -> Draw {
        let hazards = &self.fit.hazards;
        Draw {
            won: hazards.won.means(),
            lost: hazards.lost.means(),
            market: vec![1.0; self.market_blocks()],
            stages: hazards.stages.ahead(Rate::mean),
            arrivals: 1.0,
        }
    }

    /// The κ of the factor on the wins of a quarter; none without a market.
    pub(super) fn market(&self) -> Option<f64> {
        self.market
    }

    /// The means of all rates, and the market's factors of the first quarters as given, of the others 1.
    pub(super) fn means_under(&self, factors: &[f64]) -> Draw {
        let mut draw = self.means();
        draw.market.iter_mut().zip(factors).for_each(|(own, factor)| *own = *factor);
        draw
    }

    /// The odds of a class in each step, under each of the draws.
    pub(super) fn odds<const N: usize>(&self, draws: [&Draw; N], class: usize, out: &mut [[Odds; N]]) {
        if let Some(Class { profile, ages }) = self.classes.get(class) {
            self.walk(draws, profile, ages, 0, out);
        } else {
            out.fill([Odds::default(); N]);
        }
    }

    /// The odds of deals of this profile, created at the end of `born` days from now, in each step and under each of the
    /// draws; `ages` are their age bands from then on.
    ///
    /// # Formula
    /// Competing risks day by day: F ← F + S·w, S ← S·(1 − w − l). Over k days of the same hazards F grows by
    /// S·w·Σ(1 − w − l)^i, i from 0 to k − 1, and S becomes S·(1 − w − l)^k.
    pub(super) fn walk<const N: usize>(
        &self,
        draws: [&Draw; N],
        profile: &Profile,
        ages: &[u8],
        born: usize,
        out: &mut [[Odds; N]],
    ) {
        let row = profile.band * self.fit.hazards.age_bands() * PARTS;
        let rates = draws.map(|draw| (&draw.won[row..], &draw.lost[row..]));
        let length = profile.cycle * profile.slower;
        let (mut open, mut day) = ([1.0; N], born);
        // Ages only rise: the day on which the next band begins.
        let mut older = born;
        for (step, (odds, &end)) in out.iter_mut().zip(&self.ends).enumerate() {
            let scales = draws.map(|draw| {
                let market = draw.market.get(self.blocks[step]).copied().unwrap_or(1.0);
                [profile.factors[0] * market / length, profile.factors[1] / length]
            });
            *odds = [Odds::default(); N];
            while day < end {
                let age = ages[day - born];
                if day >= older {
                    older = day + ages[day - born..].partition_point(|other| *other == age);
                }
                let cell = usize::from(age) * PARTS + self.parts[day];
                let mut hazards: [[f64; 2]; N] = std::array::from_fn(|at| {
                    let ((won, lost), [won_scale, lost_scale]) = (rates[at], scales[at]);
                    [won[cell] * won_scale, lost[cell] * lost_scale]
                });
                let mut until = end.min(older).min(self.turns[day]);
                if let Some(stage) = profile.stage {
                    // What a stage changes fades from day to day.
                    until = day + 1;
                    for (hazard, draw) in hazards.iter_mut().zip(draws) {
                        let by = self.by_stage(draw, stage, (day - born) as f64 / length, age);
                        *hazard = [hazard[0] * by[0], hazard[1] * by[1]];
                    }
                }
                // Drawn from little data, the hazards of a day can come to more than a certainty.
                let shrink = hazards.map(|[w, l]| if w + l > 1.0 { 1.0 / (w + l) } else { 1.0 });
                let stays: [f64; N] = std::array::from_fn(|at| 1.0 - (hazards[at][0] + hazards[at][1]) * shrink[at]);
                let (left, days) = geometric(stays, until - day);
                for (at, odds) in odds.iter_mut().enumerate() {
                    odds.won += open[at] * hazards[at][0] * shrink[at] * days[at];
                    odds.lost += open[at] * hazards[at][1] * shrink[at] * days[at];
                    open[at] *= left[at];
                }
                day = until;
            }
        }
    }

    /// What a stage changes of the hazards of being won and lost, so many days of an average cycle later.
    fn by_stage(&self, draw: &Draw, stage: u16, day: f64, age: u8) -> [f64; 2] {
        [0, 1].map(|outcome| self.fit.hazards.stages.factor(&draw.stages, outcome, stage, day, usize::from(age)))
    }

    /// At the mean rates: the odds of a class in each step, and after all steps.
    pub(super) fn expected(&self, means: &Draw, class: usize) -> (Vec<Odds>, Odds) {
        let mut odds = vec![[Odds::default()]; self.steps()];
        self.odds([means], class, &mut odds);
        let odds = odds.into_iter().flatten().collect::<Vec<_>>();
        let Some(Class { profile, .. }) = self.classes.get(class) else { return (odds, Odds::default()) };
        let closed: f64 = odds.iter().map(|odds| odds.won + odds.lost).sum();
        let row = profile.band * self.fit.hazards.age_bands();
        let mean = |rates: &[f64], age: u8| {
            let parts = &rates[(row + usize::from(age)) * PARTS..][..PARTS];
            parts.iter().sum::<f64>() / PARTS as f64
        };
        let days = self.days() as i32;
        let length = profile.cycle * profile.slower;
        let then = f64::from(profile.age) + f64::from(days) / profile.slower;
        let bands = self.fit.hazards.bands_after(then, [profile.cycle, profile.slower], TAIL);
        let (mut open, mut later) = (1.0 - closed, Odds::default());
        let mut of_band = (None, [0.0; 2]);
        for (ahead, &age) in bands.iter().enumerate() {
            if of_band.0 != Some(age) {
                let hazard = |rates: &[f64], factor: f64| mean(rates, age) * factor / length;
                of_band =
                    (Some(age), [hazard(&means.won, profile.factors[0]), hazard(&means.lost, profile.factors[1])]);
            }
            let [mut w, mut l] = of_band.1;
            if let Some(stage) = profile.stage {
                let by = self.by_stage(means, stage, (self.days() + ahead) as f64 / length, age);
                (w, l) = (w * by[0], l * by[1]);
            }
            // The last day of the tail settles what is left at its own odds.
            let shrink = if ahead + 1 == TAIL || w + l > 1.0 { 1.0 / (w + l).max(1e-12) } else { 1.0 };
            later.won += open * w * shrink;
            later.lost += open * l * shrink;
            open *= 1.0 - (w + l) * shrink;
        }
        (odds, later)
    }

    /// A profile of a deal worth so much, created so many days ago, in a stage of the history if that tells.
    pub(super) fn profile_of(&self, estimate: Option<i64>, groups: &[u32; 3], age: i32, stage: Option<u16>) -> Profile {
        let hazards = &self.fit.hazards;
        Profile {
            band: hazards.sizes.band(estimate),
            cycle: Sizes::cycle(hazards.sizes.step(estimate)),
            slower: 1.0,
            factors: [hazards.won.factor(groups), hazards.lost.factor(groups)],
            age,
            stage: stage.filter(|_| hazards.stages.tell()),
        }
    }

    /// 64 bits that change with anything that draws and odds depend on; classes aside.
    pub(super) fn digest(&self) -> u64 {
        let means = self.means();
        let key = StreamKey::new(self.ends.len() as u64).with(u64::from(self.is_drawn));
        let key = key.with(self.market.map_or(0, f64::to_bits)).with(self.fit.arrivals.dispersion.to_bits());
        let key = means.won.iter().chain(&means.lost).fold(key, |key, rate| key.with(rate.to_bits()));
        let key = self.ends.iter().fold(key, |key, end| key.with(*end as u64));
        let rates = self.fit.arrivals.kinds.iter().map(|kind| kind.rate.shape);
        let key = means.stages.iter().flatten().fold(key, |key, factor| key.with(factor.to_bits()));
        let key = rates.chain(self.fit.ratios.left.iter().copied()).fold(key, |key, value| key.with(value.to_bits()));
        self.fit.brought.iter().fold(key, |key, minor| key.with(*minor as u64)).bits()
    }

    /// 64 bits that tell classes apart.
    pub(super) fn class_digest(&self, class: usize) -> u64 {
        self.profile(class).map_or(0, |profile| {
            let key = StreamKey::new(profile.band as u64).with(profile.cycle.to_bits());
            let key = if profile.slower == 1.0 { key } else { key.with(profile.slower.to_bits()) };
            let key = profile.stage.map_or(key, |stage| key.with(u64::from(stage)));
            profile.factors.iter().fold(key.with(profile.age as u64), |key, f| key.with(f.to_bits())).bits()
        })
    }
}

/// q^k, and Σ q^i for i from 0 to k − 1, by doubling: nothing cancels where q is close to 1.
fn geometric<const N: usize>(q: [f64; N], k: usize) -> ([f64; N], [f64; N]) {
    let (mut power, mut sum) = ([1.0; N], [0.0; N]);
    for bit in (0..usize::BITS - k.leading_zeros()).rev() {
        let is_set = k >> bit & 1 == 1;
        for at in 0..N {
            sum[at] *= 1.0 + power[at];
            power[at] *= power[at];
            if is_set {
                sum[at] = sum[at] * q[at] + 1.0;
                power[at] *= q[at];
            }
        }
    }
    (power, sum)
}

impl PartialEq for Pace {
    fn eq(&self, other: &Self) -> bool {
        self.digest() == other.digest()
            && self.classes.iter().map(|class| class.profile).eq(other.classes.iter().map(|class| class.profile))
    }
}

#[cfg(test)]
mod tests {
    use super::geometric;

    #[test]
    fn days_of_the_same_hazards_come_to_what_they_do_one_by_one() {
        for q in [0.0, 0.25, 0.9, 1.0 - 1e-9, 1.0] {
            let (mut power, mut sum) = (1.0, 0.0);
            for k in 0..100 {
                let ([found], [found_sum]) = geometric([q], k);
                assert!((found - power).abs() <= 1e-13 * power, "{q}^{k}: {found} for {power}");
                assert!((found_sum - sum).abs() <= 1e-13 * sum, "{q}, {k}: {found_sum} for {sum}");
                sum += power;
                power *= q;
            }
        }
    }
}
