//! What the stages that deals went through say: how fast deals of a stage are won and lost, and how fast they move on.
//!
//! A deal in its last stage is won sooner than one of the same age and size that has just begun. Where a history tells
//! when deals entered their stages, each stage has a factor on the hazards of its age and size, and an open deal is
//! followed through the stages that lie ahead of it.

use super::pooling::{Rate, gain, strength};

/// Weeks over which a deal is followed through its stages, in weeks of a deal of average cycle; then the shares stay.
const WEEKS: usize = 104;
/// Rounds in which the factors and the mix of stages by age are fitted to each other; the third digit does not move any more.
const ROUNDS: usize = 8;
/// What the pace out of a stage is shrunk by: events at the pace of all.
const PRIOR_EVENTS: f64 = 2.0;
/// Log-likelihood that stages must gain before they are used, as for the factors of groups.
const NEEDED_GAIN: f64 = 3.0;

/// Events and time by stage, gathered from the deals watched.
#[derive(Debug, Clone)]
pub(super) struct Stays {
    pub(super) stages: usize,
    pub(super) ages: usize,
    /// Per outcome, by stage and age band: the closings that age and size let expect.
    pub(super) expected: [Vec<f64>; 2],
    /// Per outcome and stage: closings.
    pub(super) closed: [Vec<f64>; 2],
    /// By stage and next stage: moves.
    pub(super) moved: Vec<f64>,
    /// Per stage: days at risk of a deal of average cycle.
    pub(super) days: Vec<f64>,
}

/// What stages change of the hazards; empty where no history tells, or tells nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stages {
    /// Number of stages.
    count: usize,
    /// Per outcome, won and lost: the factor of each stage; empty where they tell nothing.
    pub(crate) factors: [Vec<Rate>; 2],
    /// Per outcome and age band: 1 / the mean factor of the deals of that age. The hazards of an age hold for the stages that its
    /// deals were in.
    mixed: [Vec<f64>; 2],
    /// By first stage, week and stage: the shares of the deals still open.
    shares: Vec<f64>,
    /// Per stage: days of a deal of average cycle until half of the deals that leave it for another have done so; none where
    /// nothing left it.
    pub(crate) half_left: Vec<Option<f64>>,
    /// Closings from a known stage, won and lost.
    pub(crate) closed: [f64; 2],
}

impl Stays {
    pub(super) fn new(stages: usize, ages: usize) -> Self {
        Self {
            stages,
            ages,
            expected: [vec![0.0; stages * ages], vec![0.0; stages * ages]],
            closed: [vec![0.0; stages], vec![0.0; stages]],
            moved: vec![0.0; stages * stages],
            days: vec![0.0; stages],
        }
    }
}

impl Stages {
    /// Fits the factors of stages and the pace from stage to stage.
    ///
    /// # Formula
    /// With e_sa the closings that age and size let expect in stage s at age a: θ_s ~ Gamma(κ, κ) on E_s = Σ_a e_sa/m_a, scaled so
    /// that all E sum to all n, m_a = Σ_s e_sa·θ_s/Σ_s e_sa the mean factor at that age; the two in turn. κ by marginal
    /// likelihood. From stage to stage the moves of a Markov chain in days of a deal of average cycle, out of a stage
    /// (n + 2)/(T + 2/r) a day, r that of all, shared among the stages that deals went to; closings leave it likewise.
    ///
    /// # Source
    /// H. C. van Houwelingen and H. Putter, Dynamic Prediction in Clinical Survival Analysis (2012), 7 (prediction from what is known
    /// on a day); P. K. Andersen et al., Statistical Models Based on Counting Processes (1993), IV.4 (moves and exposure).
    pub(super) fn new(stays: &Stays) -> Self {
        let outcomes = [0, 1].map(|outcome| factors(stays, outcome));
        if outcomes.iter().all(|(factors, _)| factors.is_empty()) {
            return Self { closed: [0, 1].map(|of| stays.closed[of].iter().sum()), ..Self::default() };
        }
        let [(won, won_mix), (lost, lost_mix)] = outcomes;
        let (out, to, shut) = paces(stays);
        Self {
            count: stays.stages,
            factors: [won, lost],
            mixed: [won_mix, lost_mix],
            shares: shares(stays.stages, &out, &to, &shut),
            half_left: (0..stays.stages)
                .map(|stage| {
                    let left = stays.moved[stage * stays.stages..][..stays.stages].iter().sum::<f64>() > 0.0;
                    left.then(|| core::f64::consts::LN_2 / out[stage])
                })
                .collect(),
            closed: [0, 1].map(|of| stays.closed[of].iter().sum()),
        }
    }

    /// Whether stages decide how fast deals close.
    pub(crate) fn tell(&self) -> bool {
        self.count > 0
    }

    /// Numbers that one draw takes.
    pub(crate) fn drawn(&self) -> usize {
        self.factors.iter().map(Vec::len).sum()
    }

    /// Per outcome, by first stage and week: the mean factor of the deals still open, of the factors that `of` gives.
    pub(crate) fn ahead(&self, mut of: impl FnMut(Rate) -> f64) -> [Vec<f64>; 2] {
        let table = |factors: &Vec<Rate>| -> Vec<f64> {
            let own: Vec<f64> = factors.iter().map(|rate| of(*rate)).collect();
            let mean = |shares: &[f64]| shares.iter().zip(&own).map(|(share, factor)| share * factor).sum();
            if own.is_empty() { Vec::new() } else { self.shares.chunks_exact(self.count).map(mean).collect() }
        };
        let mut tables = self.factors.iter().map(table);
        [tables.next().unwrap_or_default(), tables.next().unwrap_or_default()]
    }

    /// The factor, won or lost, of a deal that was in a stage `day` days ago, at an age band; 1 where stages tell nothing.
    pub(crate) fn factor(&self, ahead: &[Vec<f64>; 2], outcome: usize, stage: u16, day: f64, age: usize) -> f64 {
        let week = ((day / 7.0) as usize).min(WEEKS - 1);
        let mean = ahead[outcome].get(usize::from(stage) * WEEKS + week).copied().unwrap_or(1.0);
        mean * self.mixed[outcome].get(age).copied().unwrap_or(1.0)
    }
}

/// The factors of the stages on one outcome, and 1/m by age band; empty where they gain too little.
fn factors(stays: &Stays, outcome: usize) -> (Vec<Rate>, Vec<f64>) {
    let (stages, ages) = (stays.stages, stays.ages);
    let (e, n) = (&stays.expected[outcome], &stays.closed[outcome]);
    let events: f64 = n.iter().sum();
    let mut mix = vec![1.0; ages];
    let mut cells = Vec::new();
    let (mut k, mut rates) = (0.0, Vec::new());
    for _ in 0..ROUNDS {
        let own = |stage: usize| -> f64 { (0..ages).map(|age| e[stage * ages + age] / mix[age]).sum() };
        let expected: Vec<f64> = (0..stages).map(own).collect();
        let scale = events / expected.iter().sum::<f64>().max(1e-12);
        cells = n.iter().zip(&expected).map(|(n, e)| (*n, e * scale)).collect();
        k = strength(&cells, None);
        rates = cells.iter().map(|(n, e)| Rate { shape: n + k, exposure: e + k }).collect::<Vec<Rate>>();
        for (age, mean) in mix.iter_mut().enumerate() {
            let (mut sum, mut all) = (0.0, 0.0);
            for (stage, rate) in rates.iter().enumerate() {
                sum += e[stage * ages + age] * rate.mean();
                all += e[stage * ages + age];
            }
            *mean = if all > 0.0 && sum > 0.0 { sum / all } else { 1.0 };
        }
    }
    if stages < 2 || gain(&cells, k) < NEEDED_GAIN {
        return (Vec::new(), Vec::new());
    }
    (rates, mix.into_iter().map(|mean| 1.0 / mean).collect())
}

/// Per stage and day of a deal of average cycle: the pace out of it, to each other stage, and to its end.
fn paces(stays: &Stays) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let stages = stays.stages;
    let days: f64 = stays.days.iter().sum::<f64>().max(1e-9);
    let pace = |n: f64, t: f64, all: f64| {
        let r = (all / days).max(1e-9);
        ((n + PRIOR_EVENTS) / (t + PRIOR_EVENTS / r)).min(1.0)
    };
    let left = |stage: usize| -> f64 { stays.moved[stage * stages..][..stages].iter().sum() };
    let moves: f64 = stays.moved.iter().sum();
    let closings: f64 = stays.closed.iter().flatten().sum();
    let out: Vec<f64> = (0..stages).map(|stage| pace(left(stage), stays.days[stage], moves)).collect();
    let to = (0..stages * stages).map(|at| {
        let n = left(at / stages);
        if n > 0.0 { out[at / stages] * stays.moved[at] / n } else { 0.0 }
    });
    let shut = (0..stages).map(|stage| {
        let n: f64 = stays.closed.iter().map(|closed| closed[stage]).sum();
        pace(n, stays.days[stage], closings)
    });
    (out.clone(), to.collect(), shut.collect())
}

/// By first stage, week and stage: the shares of the deals still open in the middle of the week.
fn shares(stages: usize, out: &[f64], to: &[f64], shut: &[f64]) -> Vec<f64> {
    let mut shares = Vec::with_capacity(stages * WEEKS * stages);
    for first in 0..stages {
        let mut open = vec![0.0; stages];
        open[first] = 1.0;
        for day in 0..WEEKS * 7 {
            if day % 7 == 3 {
                let all: f64 = open.iter().sum();
                shares.extend(open.iter().map(|share| share / all));
            }
            let mut next = vec![0.0; stages];
            for (stage, share) in open.iter().enumerate() {
                let left: f64 =
                    if to[stage * stages..][..stages].iter().any(|pace| *pace > 0.0) { out[stage] } else { 0.0 };
                let stay = (1.0 - left - shut[stage]).max(0.0);
                next[stage] += share * stay;
                let gone = (left + shut[stage]).max(1.0);
                for (other, pace) in to[stage * stages..][..stages].iter().enumerate() {
                    next[other] += share * pace / gone;
                }
            }
            // What is left is scaled up again: only its shares count.
            let all: f64 = next.iter().sum();
            open = if all > 0.0 { next.iter().map(|share| share / all).collect() } else { open };
        }
    }
    shares
}
