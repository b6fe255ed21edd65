//! Daily hazards of being won or lost, by size band, age band and part of the quarter.

use super::history::{GROUPINGS, Seen, SeenDeal};
use super::level::{BLOCK, BLOCKS, Level};
use super::pooling::{Rate, gain, strength};
use super::season::{PARTS, Season};
use super::sizes::{Sizes, Watch};
use super::stages::{Stages, Stays};

/// Closed deals per age band, and most bands besides the two of the tail.
const PER_AGE: usize = 40;
const AGES: usize = 14;
/// Rounds of fitting factors to each other; the third digit does not move any more.
const ROUNDS: usize = 5;
/// Closings a day of a deal before anything is known: three months, one in four won; worth two of each outcome.
const PRIOR_DAYS: f64 = 90.0;
const PRIOR_WIN: f64 = 0.25;
const PRIOR_EVENTS: f64 = 2.0;
/// Log-likelihood that a grouping must gain before its factors are used: a likelihood ratio of e³.
const NEEDED_GAIN: f64 = 3.0;

/// Fitted hazards of two competing outcomes.
#[derive(Debug, Clone)]
pub(crate) struct Hazards {
    pub(crate) sizes: Sizes,
    /// Upper edges of the age bands, in days of a deal of average cycle.
    ages: Vec<f64>,
    /// Days at risk per closing, in days of a deal of average cycle.
    usual_days: f64,
    pub(crate) won: Cause,
    pub(crate) lost: Cause,
    /// What stages change of them.
    pub(crate) stages: Stages,
}

/// The hazard of one outcome: cell (size band, age band) × part of the quarter × group factors.
#[derive(Debug, Clone)]
pub(crate) struct Cause {
    pub(crate) events: f64,
    cells: Vec<Rate>,
    /// Of each cell's exposure, what the rate of all deals of its age stands for.
    borrowed: Vec<f64>,
    /// How many events each age band's rate of all deals is known by.
    ages: Vec<f64>,
    pub(crate) parts: [Rate; PARTS],
    /// How strongly size bands, cells and parts are pooled.
    pub(crate) strengths: [f64; 3],
    /// Factors of product, owner and segment; empty where they tell nothing.
    pub(crate) groups: [Vec<f64>; 3],
    /// How often it happens lately, as a multiple of what the whole file lets expect; `cells` has it in it.
    pub(crate) level: f64,
}

/// Events and exposure by size band, age band and part of the quarter.
struct Counts {
    exposure: Vec<f64>,
    events: [Vec<f64>; 2],
}

impl Hazards {
    /// Fits the hazards to what was known on a day.
    ///
    /// # Formula
    /// Events n and exposure x (days divided by the cycle of the deal's size) per size band b, age band a, part p.
    /// λ_a from all deals; θ_b ~ Gamma(κ₁, κ₁) on them; h_ba with prior λ_a·θ_b worth κ₂ events; s_p ~ Gamma(κ₃, κ₃).
    /// Each κ by marginal likelihood; the factors are fitted in turn. Daily hazard = h_ba·s_p/τ(size).
    pub(crate) fn new(seen: &Seen, season: &Season) -> Self {
        let watched: Vec<(&SeenDeal, i32, i32)> = seen
            .deals
            .iter()
            .filter_map(|deal| deal.watch(seen.start, seen.day).map(|(from, to)| (deal, from, to)))
            .collect();
        let sizes = Sizes::new(
            &watched
                .iter()
                .map(|(deal, from, to)| Watch {
                    size: deal.estimate.unwrap_or(0),
                    days: f64::from(to - from + 1),
                    closed: deal.closing.is_some(),
                })
                .collect::<Vec<_>>(),
        );
        let ages = age_edges(&watched, &sizes);
        let mut fitted = Self {
            won: Cause::unknown(&sizes, ages.len() + 1),
            lost: Cause::unknown(&sizes, ages.len() + 1),
            sizes,
            ages,
            usual_days: PRIOR_DAYS,
            stages: Stages::default(),
        };
        let counts = fitted.counts(&watched, season);
        let prior = 1.0 / PRIOR_DAYS;
        fitted.won = Cause::fit(&counts, 0, &fitted.sizes, prior * PRIOR_WIN);
        fitted.lost = Cause::fit(&counts, 1, &fitted.sizes, prior * (1.0 - PRIOR_WIN));
        let days: f64 = counts.exposure.iter().sum();
        let closings = fitted.won.events + fitted.lost.events;
        fitted.usual_days = (days + PRIOR_EVENTS * PRIOR_DAYS) / (closings + PRIOR_EVENTS);
        fitted.fit_groups(&watched, season);
        fitted.fit_stages(&watched, season, seen.stages.len());
        fitted
    }

    /// Days at risk per closing, of a deal of average cycle.
    pub(crate) fn usual_days(&self) -> f64 {
        self.usual_days
    }

    /// Number of age bands.
    pub(crate) fn age_bands(&self) -> usize {
        self.ages.len() + 1
    }

    /// The age band of each of `days` days after `age`, for a deal of this cycle from whose age on everything takes so many
    /// times as long.
    pub(crate) fn bands_after(&self, age: f64, [cycle, slower]: [f64; 2], days: usize) -> Vec<u8> {
        let mut band = 0;
        (1..=days as i32)
            .map(|ahead| {
                let scaled = (age + f64::from(ahead) / slower) / cycle;
                while self.ages.get(band).is_some_and(|edge| *edge < scaled) {
                    band += 1;
                }
                band as u8
            })
            .collect()
    }

    /// Calls `visit` with age band, part of the quarter and days of each stretch of the days `from` to `to`.
    fn walk(
        &self,
        season: &Season,
        born: i32,
        (from, to): (i32, i32),
        cycle: f64,
        mut visit: impl FnMut(usize, usize, f64),
    ) {
        let band_of = |day: i32| self.ages.partition_point(|edge| *edge < f64::from(day - born) / cycle);
        let mut band = band_of(from);
        let mut day = from;
        while day <= to {
            // The band holds up to this day; rounding may put the edge itself on either side of it.
            let last = match self.ages.get(band) {
                Some(edge) => (born + libm::floor(edge * cycle + 1e-9) as i32).max(day).min(to),
                None => to,
            };
            let part = season.part(day);
            let mut end = day;
            while end < last && season.part(end + 1) == part {
                end += 1;
            }
            visit(band, part, f64::from(end - day + 1));
            day = end + 1;
            if day <= to {
                band = band_of(day);
            }
        }
    }

    fn counts(&self, watched: &[(&SeenDeal, i32, i32)], season: &Season) -> Counts {
        let cells = self.sizes.bands() * self.age_bands() * PARTS;
        let mut counts = Counts { exposure: vec![0.0; cells], events: [vec![0.0; cells], vec![0.0; cells]] };
        for &(deal, from, to) in watched {
            let size = self.sizes.band(deal.estimate);
            let cycle = Sizes::cycle(self.sizes.step(deal.estimate));
            let mut last = 0;
            self.walk(season, deal.created.unwrap_or(from), (from, to), cycle, |age, part, days| {
                last = (size * self.age_bands() + age) * PARTS + part;
                counts.exposure[last] += days / cycle;
            });
            if let Some(closing) = deal.closing {
                counts.events[usize::from(!closing.won)][last] += 1.0;
            }
        }
        counts
    }

    /// Factors of products, owners and segments, each on what the ones before leave.
    fn fit_groups(&mut self, watched: &[(&SeenDeal, i32, i32)], season: &Season) {
        let mut expected: Vec<[f64; 2]> = Vec::with_capacity(watched.len());
        let tables = [self.won.means(), self.lost.means()];
        for &(deal, from, to) in watched {
            let size = self.sizes.band(deal.estimate);
            let cycle = Sizes::cycle(self.sizes.step(deal.estimate));
            let mut sums = [0.0, 0.0];
            self.walk(season, deal.created.unwrap_or(from), (from, to), cycle, |age, part, days| {
                for (sum, table) in sums.iter_mut().zip(&tables) {
                    *sum += table[(size * self.age_bands() + age) * PARTS + part] * days / cycle;
                }
            });
            expected.push(sums);
        }
        for grouping in 0..GROUPINGS.len() {
            let levels = watched.iter().map(|(deal, ..)| deal.groups[grouping] as usize + 1).max().unwrap_or(0);
            if levels < 2 {
                continue;
            }
            for (outcome, cause) in [&mut self.won, &mut self.lost].into_iter().enumerate() {
                let mut cells = vec![(0.0, 0.0); levels];
                for ((deal, ..), expected) in watched.iter().zip(&expected) {
                    let cell = &mut cells[deal.groups[grouping] as usize];
                    cell.0 += f64::from(u8::from(deal.closing.is_some_and(|c| c.won == (outcome == 0))));
                    cell.1 += expected[outcome];
                }
                let k = strength(&cells, None);
                if gain(&cells, k) < NEEDED_GAIN {
                    continue;
                }
                let factors: Vec<f64> = cells.iter().map(|(n, e)| (n + k) / (e + k)).collect();
                for ((deal, ..), expected) in watched.iter().zip(&mut expected) {
                    expected[outcome] *= factors[deal.groups[grouping] as usize];
                }
                cause.groups[grouping] = factors;
            }
        }
    }

    /// Factors of the stages that deals went through, on what size, age and groups leave; `count` stages are known.
    fn fit_stages(&mut self, watched: &[(&SeenDeal, i32, i32)], season: &Season, count: usize) {
        if count == 0 {
            return;
        }
        let ages = self.age_bands();
        let mut stays = Stays::new(count, ages);
        let tables = [self.won.means(), self.lost.means()];
        for &(deal, from, to) in watched {
            let size = self.sizes.band(deal.estimate);
            let cycle = Sizes::cycle(self.sizes.step(deal.estimate));
            let factors = [self.won.factor(&deal.groups), self.lost.factor(&deal.groups)];
            let mut last = None;
            for stay in deal.stays(from, to) {
                let stage = usize::from(stay.stage);
                self.walk(season, deal.created.unwrap_or(from), (stay.from, stay.to), cycle, |age, part, days| {
                    stays.days[stage] += days / cycle;
                    for ((expected, table), factor) in stays.expected.iter_mut().zip(&tables).zip(factors) {
                        expected[stage * ages + age] +=
                            table[(size * ages + age) * PARTS + part] * factor * days / cycle;
                    }
                });
                if let Some(next) = stay.next {
                    stays.moved[stage * count + usize::from(next)] += 1.0;
                }
                last = Some(stay);
            }
            if let (Some(closing), Some(stay)) = (deal.closing, last.filter(|stay| stay.to == to)) {
                stays.closed[usize::from(!closing.won)][usize::from(stay.stage)] += 1.0;
            }
        }
        self.stages = Stages::new(&stays);
    }

    /// Takes in how often deals are won and lost lately: the level of each, wins first.
    pub(crate) fn follow(&mut self, seen: &Seen, season: &Season) -> Level {
        let [won, lost] = self.by_block(seen, season, BLOCK, BLOCKS).map(|cells| Level::new(&cells));
        self.won.raise(won.now);
        self.lost.raise(lost.now);
        won
    }

    /// Closings and expected closings, won and lost, in each of the last blocks of `length` days, `most` at most, the newest
    /// first.
    pub(crate) fn by_block(&self, seen: &Seen, season: &Season, length: i32, most: usize) -> [Vec<(f64, f64)>; 2] {
        let blocks = ((seen.day - seen.start + 1) / length).clamp(0, most as i32) as usize;
        let mut cells = [vec![(0.0, 0.0); blocks], vec![(0.0, 0.0); blocks]];
        let tables = [self.won.means(), self.lost.means()];
        let block_of = |day: i32| ((seen.day - day) / length) as usize;
        for deal in &seen.deals {
            let Some((from, to)) = deal.watch(seen.start, seen.day) else { continue };
            let size = self.sizes.band(deal.estimate);
            let cycle = Sizes::cycle(self.sizes.step(deal.estimate));
            let factors = [self.won.factor(&deal.groups), self.lost.factor(&deal.groups)];
            let born = deal.created.unwrap_or(from);
            for block in block_of(to)..=block_of(from).min(blocks.saturating_sub(1)) {
                let last = seen.day - length * block as i32;
                let span = (from.max(last - length + 1), to.min(last));
                if block >= blocks || span.0 > span.1 {
                    continue;
                }
                self.walk(season, born, span, cycle, |age, part, days| {
                    let at = (size * self.age_bands() + age) * PARTS + part;
                    for ((cells, table), factor) in cells.iter_mut().zip(&tables).zip(factors) {
                        cells[block].1 += table[at] * factor * days / cycle;
                    }
                });
            }
            let ended = deal.closing.map(|closing| (usize::from(!closing.won), block_of(closing.day)));
            if let Some(cell) = ended.and_then(|(outcome, block)| cells[outcome].get_mut(block)) {
                cell.0 += 1.0;
            }
        }
        cells
    }
}

/// Edges at equal numbers of closings, and two in the tail: few deals close later than any has closed so far.
fn age_edges(watched: &[(&SeenDeal, i32, i32)], sizes: &Sizes) -> Vec<f64> {
    let mut ages: Vec<f64> = watched
        .iter()
        .filter(|(deal, ..)| deal.closing.is_some())
        .map(|(deal, from, to)| f64::from(to - deal.created.unwrap_or(*from)) / Sizes::cycle(sizes.step(deal.estimate)))
        .collect();
    ages.sort_by(f64::total_cmp);
    let bands = (ages.len() / PER_AGE).clamp(1, AGES);
    let mut shares: Vec<f64> = (1..bands).map(|band| band as f64 / bands as f64).collect();
    if ages.len() >= PER_AGE {
        shares.extend([0.97, 1.0]);
    }
    let last = ages.len().saturating_sub(1) as f64;
    let mut edges: Vec<f64> = shares.into_iter().map(|share| ages[libm::round(share * last) as usize]).collect();
    edges.dedup();
    edges
}

impl Cause {
    fn unknown(sizes: &Sizes, ages: usize) -> Self {
        Self {
            events: 0.0,
            cells: vec![Rate { shape: 0.0, exposure: 0.0 }; sizes.bands() * ages],
            borrowed: vec![0.0; sizes.bands() * ages],
            ages: vec![1.0; ages],
            parts: [Rate { shape: 1.0, exposure: 1.0 }; PARTS],
            strengths: [0.0; 3],
            groups: Default::default(),
            level: 1.0,
        }
    }

    /// Multiplies all rates, however well they are known.
    fn raise(&mut self, level: f64) {
        self.level *= level;
        self.cells.iter_mut().for_each(|cell| cell.exposure /= level);
        self.borrowed.iter_mut().for_each(|exposure| *exposure /= level);
    }

    fn fit(counts: &Counts, outcome: usize, sizes: &Sizes, prior: f64) -> Self {
        let bands = sizes.bands();
        let ages = counts.exposure.len() / (bands * PARTS);
        let mut cause = Self::unknown(sizes, ages);
        let events = &counts.events[outcome];
        cause.events = events.iter().sum();
        let exposure: f64 = counts.exposure.iter().sum();
        let overall = (cause.events + PRIOR_EVENTS) / (exposure + PRIOR_EVENTS / prior);
        let by_cell = |values: &[f64], factors: &[f64; PARTS]| -> Vec<f64> {
            values.chunks(PARTS).map(|parts| parts.iter().zip(factors).map(|(v, f)| v * f).sum()).collect()
        };
        let n = by_cell(events, &[1.0; PARTS]);
        for _ in 0..ROUNDS {
            let factors = cause.parts.map(Rate::mean);
            let x = by_cell(&counts.exposure, &factors);
            let pooled: Vec<f64> = (0..ages)
                .map(|age| {
                    let sum = |values: &[f64]| -> f64 { (0..bands).map(|band| values[band * ages + age]).sum() };
                    (sum(&n) + 1.0) / (sum(&x) + 1.0 / overall)
                })
                .collect();
            let of_band = |band: usize| {
                let cells = band * ages..(band + 1) * ages;
                let expected: f64 = x[cells.clone()].iter().zip(&pooled).map(|(x, rate)| x * rate).sum();
                (n[cells].iter().sum::<f64>(), expected)
            };
            let by_band: Vec<(f64, f64)> = (0..bands).map(of_band).collect();
            let k_band = strength(&by_band, None);
            let expected: Vec<f64> = (0..n.len())
                .map(|cell| {
                    let (n, e) = by_band[cell / ages];
                    pooled[cell % ages] * (n + k_band) / (e + k_band)
                })
                .collect();
            let cells: Vec<(f64, f64)> = (0..n.len()).map(|cell| (n[cell], x[cell] * expected[cell])).collect();
            let k_cell = strength(&cells, None);
            cause.cells = (0..n.len()).map(|cell| Rate::new(n[cell], x[cell], k_cell, expected[cell])).collect();
            cause.borrowed = cause.cells.iter().zip(&x).map(|(cell, x)| cell.exposure - x).collect();
            cause.ages = (0..ages).map(|age| 1.0 + n.iter().skip(age).step_by(ages).sum::<f64>()).collect();
            let mut by_part = [(0.0, 0.0); PARTS];
            for (cell, rate) in cause.cells.iter().enumerate() {
                for (part, sums) in by_part.iter_mut().enumerate() {
                    sums.0 += events[cell * PARTS + part];
                    sums.1 += counts.exposure[cell * PARTS + part] * rate.mean();
                }
            }
            let k_part = strength(&by_part, None);
            cause.parts = by_part.map(|(n, e)| Rate::new(n, e, k_part, 1.0));
            cause.strengths = [k_band, k_cell, k_part];
        }
        cause
    }

    /// Posterior means by cell and part.
    pub(crate) fn means(&self) -> Vec<f64> {
        self.cells.iter().flat_map(|cell| self.parts.map(|part| cell.mean() * part.mean())).collect()
    }

    /// Numbers that one draw of all rates takes.
    pub(crate) fn drawn(&self) -> usize {
        self.ages.len() + self.cells.len() + PARTS
    }

    /// A draw of all rates, by cell and part; `gamma` draws from the gamma distribution of a shape with scale 1.
    pub(crate) fn draw(&self, mut gamma: impl FnMut(f64) -> f64) -> Vec<f64> {
        let ages: Vec<f64> = self.ages.iter().map(|shape| gamma(*shape) / shape).collect();
        let cell = |(at, cell): (usize, &Rate)| {
            // What a cell borrows is itself known only so well.
            let common = ages[at % ages.len()].max(1e-6);
            let exposure = cell.exposure - self.borrowed[at] + self.borrowed[at] / common;
            Rate { exposure, ..*cell }.draw(&mut gamma)
        };
        let cells: Vec<f64> = self.cells.iter().enumerate().map(cell).collect();
        let parts = self.parts.map(|part| part.draw(&mut gamma));
        cells.into_iter().flat_map(|cell| parts.map(|part| cell * part)).collect()
    }

    /// The factor of a deal's product, owner and segment.
    pub(crate) fn factor(&self, groups: &[u32; 3]) -> f64 {
        let of = |(factors, level): (&Vec<f64>, &u32)| factors.get(*level as usize).copied().unwrap_or(1.0);
        self.groups.iter().zip(groups).map(of).product()
    }
}
