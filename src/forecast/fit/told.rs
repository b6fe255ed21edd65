//! What the fit found, in at most eight sentences.

use super::hazards::Hazards;
use super::history::{GROUPINGS, Seen};
use super::incidence::{Watched, WatchedEnd, aalen_johansen};
use super::pooling::{gain, learned, range, top};
use super::ratios::FEWEST;
use super::season::PARTS;
use super::sizes::Sizes;
use super::{Fit, MARKET_PRIOR};
use crate::stats::{Beta, Normal, grouped, wilson};
use serde::Serialize;

/// Closings that the prior of the share won is worth, and the share it says.
const PRIOR_CLOSINGS: f64 = 4.0;
const PRIOR_SHARE: f64 = 0.25;
/// Most statements.
const MOST: usize = 8;
/// Wins from which it is a finding that nothing was found.
const MANY: u64 = 50;
/// A pattern within the quarter worth knowing, as a κ: 20 %; and the log-likelihood that is evidence for one, or against it.
const NOTABLE: f64 = 25.0;
const EVIDENCE: f64 = 2.0;
/// The 97.5 % point of the normal distribution.
pub(crate) const Z: f64 = 1.96;

/// One thing that the past of a file says of its future.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FitStatement {
    /// What it is about.
    pub about: FitSubject,
    /// The statement, with its number, what it rests on and its interval.
    pub sentence: String,
    /// The number.
    pub value: f64,
    /// Lower end of the 95 % interval; for groupings the smallest factor.
    pub low: f64,
    /// Upper end of the 95 % interval; for groupings the largest factor.
    pub high: f64,
    /// Deals, closings or quarters it rests on.
    pub n: u64,
    /// Whether the file or the assumption made before it counts more.
    pub rests_on: RestsOn,
}

/// What a statement of the fit is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum FitSubject {
    /// Share of closed deals that were won.
    WinShare,
    /// Days until half of the deals have closed.
    Cycle,
    /// How many times as long a big deal takes as a small one.
    Size,
    /// How many times as often deals are won in the stage nearest to the close as others of their age and size.
    Stages,
    /// Share of stated close dates that held, where these decide.
    Slippage,
    /// What won deals bring as a share of their estimate.
    Amounts,
    /// New deals a week.
    NewBusiness,
    /// Wins in the strongest sixth of the quarter as a multiple of the average.
    Season,
    /// How much wins vary from quarter to quarter beyond chance, as a share.
    Market,
    /// What product, owner and segment change of the odds beyond size and age.
    Groupings,
}

/// What a number mostly rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum RestsOn {
    /// The file.
    Data,
    /// What is assumed before anything is known.
    Prior,
}

impl RestsOn {
    fn of(data: bool) -> Self {
        if data { Self::Data } else { Self::Prior }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Data => "the file decides",
            Self::Prior => "mostly assumed",
        }
    }
}

/// The statements, the most general first.
pub(crate) fn statements(fit: &Fit, seen: &Seen) -> Vec<FitStatement> {
    let told = [
        Some(win_share(seen)),
        cycle(seen),
        size(fit, seen),
        stages(fit, seen),
        Some(amounts(fit)),
        Some(new_business(fit)),
        Some(within_the_quarter(&fit.hazards)),
        Some(market(fit, seen)),
        Some(groupings(&fit.hazards)),
    ];
    at_most(told.into_iter().flatten().collect())
}

/// The statements with one more, the fourth.
pub(crate) fn and(mut told: Vec<FitStatement>, one: FitStatement) -> Vec<FitStatement> {
    told.insert(told.len().min(3), one);
    at_most(told)
}

/// How often stated dates held: `on_time` of `came`, by times put off before, the others late by so many days.
pub(crate) fn slippage(on_time: f64, came: f64, delay: Option<f64>, often: &[(f64, f64)], worth: f64) -> FitStatement {
    let value = on_time / came;
    let interval = wilson(on_time, came, 0.95);
    let (low, high) = (interval.low, interval.high);
    let [v, l, h] = [value, low, high].map(|share| 100.0 * share);
    let late = delay.map_or_else(String::new, |days| format!(", the others closed {days:.0} days later"));
    let names = ["never put off", "put off once", "put off twice or more"];
    let parts = names.iter().zip(often).filter(|(_, (_, came))| *came > 0.0);
    let parts: Vec<String> = parts.map(|(name, (held, came))| format!("{name} {:.0} %", 100.0 * held / came)).collect();
    let sentence = format!(
        "{v:.0} % of stated close dates held{late}; {} (n = {came:.0} dates that came, 95 % interval {l:.0} to {h:.0} %)",
        parts.join(", ")
    );
    statement(FitSubject::Slippage, [value, low, high], came as u64, came > worth, sentence)
}

/// Leaves out what is too much, those that found nothing first, the later of equals.
fn at_most(mut told: Vec<FitStatement>) -> Vec<FitStatement> {
    while told.len() > MOST {
        let optional = |one: &FitStatement| matches!(one.about, FitSubject::Season | FitSubject::Groupings);
        let found_nothing = |one: &FitStatement| one.value == 1.0 && (optional(one) || one.about == FitSubject::Stages);
        let nothing = told.iter().rposition(found_nothing);
        let Some(at) = nothing.or_else(|| told.iter().rposition(optional)) else { break };
        told.remove(at);
    }
    told
}

fn statement(about: FitSubject, numbers: [f64; 3], n: u64, data: bool, sentence: String) -> FitStatement {
    let [value, low, high] = numbers;
    let rests_on = RestsOn::of(data);
    FitStatement { about, sentence: format!("{sentence}; {}", rests_on.words()), value, low, high, n, rests_on }
}

fn closings(seen: &Seen) -> (u64, u64) {
    let closed = seen.deals.iter().filter_map(|deal| deal.closing);
    closed.fold((0, 0), |(won, all), closing| (won + u64::from(closing.won), all + 1))
}

fn win_share(seen: &Seen) -> FitStatement {
    let (won, n) = closings(seen);
    let told = grouped(n);
    let a = won as f64 + PRIOR_CLOSINGS * PRIOR_SHARE;
    let b = (n - won) as f64 + PRIOR_CLOSINGS * (1.0 - PRIOR_SHARE);
    let at = |p: f64| Beta::new(a, b).map_or(0.0, |beta| beta.quantile(p));
    let (value, low, high) = (a / (a + b), at(0.025), at(0.975));
    let [v, l, h] = [value, low, high].map(|share| 100.0 * share);
    let sentence =
        format!("{v:.0} % of deals that close are won (n = {told} closed, 95 % interval {l:.0} to {h:.0} %)");
    statement(FitSubject::WinShare, [value, low, high], n, n as f64 > PRIOR_CLOSINGS, sentence)
}

/// The age at which half have closed, between the ages at which 50 % ∓ 1.96·√(0.25/n) have.
fn cycle(seen: &Seen) -> Option<FitStatement> {
    let watched: Vec<Watched> = seen
        .deals
        .iter()
        .filter_map(|deal| {
            let (from, to) = deal.watch(seen.start, seen.day)?;
            let age = |day: i32| u32::try_from(day - deal.created.unwrap_or(day)).unwrap_or(0);
            let end = match deal.closing {
                None => WatchedEnd::Open,
                Some(closing) if closing.won => WatchedEnd::Won,
                Some(_) => WatchedEnd::Lost,
            };
            Some(Watched { entry: age(from), exit: age(to), end })
        })
        .collect();
    let n = watched.iter().filter(|deal| deal.end != WatchedEnd::Open).count() as u64;
    let told = grouped(n);
    let curve = aalen_johansen(&watched);
    let reached = |open: f64| curve.iter().find(|line| line.open <= open).map(|line| f64::from(line.age));
    let half = Z * (0.25 / n.max(1) as f64).sqrt();
    let value = reached(0.5)?;
    let low = reached(0.5 + half).unwrap_or(0.0);
    let oldest = f64::from(curve.last()?.age);
    let high = if half < 0.5 { reached(0.5 - half) } else { None }.unwrap_or(oldest);
    let sentence = format!(
        "half of the deals have closed after {value:.0} days (n = {told} closed, 95 % interval {low:.0} to {high:.0})"
    );
    Some(statement(FitSubject::Cycle, [value, low, high], n, true, sentence))
}

fn size(fit: &Fit, seen: &Seen) -> Option<FitStatement> {
    let mut sizes: Vec<i64> = seen.deals.iter().filter_map(|deal| deal.estimate).collect();
    sizes.sort_unstable();
    let at = |percent: usize| sizes.get(sizes.len() * percent / 100).copied();
    let (small, big) = (at(10)?, at(90)?);
    let cycle = |size| Sizes::cycle(fit.hazards.sizes.step(Some(size)));
    let value = cycle(big) / cycle(small);
    let (_, n) = closings(seen);
    let told = grouped(n);
    let per_point = n as f64 / fit.hazards.sizes.points().max(1) as f64;
    let error = libm::exp(Z * (2.0 / (per_point + 5.0)).sqrt());
    let (low, high) = (value / error, value * error);
    let sentence = format!(
        "a big deal (90th percentile) takes {value:.1} times as long as a small one (10th) (n = {told} closed, 95 % interval \
         {low:.1} to {high:.1})"
    );
    Some(statement(FitSubject::Size, [value, low, high], n, per_point > 5.0, sentence))
}

/// The stages in which deals are won most and least often; `None` without a history of stages.
fn stages(fit: &Fit, seen: &Seen) -> Option<FitStatement> {
    let found = &fit.hazards.stages;
    let n = found.closed[0] as u64;
    let told = grouped(n);
    let Some(won) = found.factors.first().filter(|rates| !rates.is_empty()) else {
        let sentence = format!(
            "the stages that deals went through tell nothing of how often they are won beyond size and age (n = {told} won from a known stage, factor 1.0)"
        );
        return (!seen.stages.is_empty()).then(|| statement(FitSubject::Stages, [1.0; 3], n, n >= MANY, sentence));
    };
    let by_mean = |a: &usize, b: &usize| won[*a].mean().total_cmp(&won[*b].mean());
    let (most, least) = ((0..won.len()).max_by(by_mean)?, (0..won.len()).min_by(by_mean)?);
    let name = |stage: usize| seen.stages.get(stage).map_or("", String::as_str);
    let value = won[most].mean();
    let error = Z / won[most].shape.max(1.0).sqrt();
    let (low, high) = (value * (1.0 - error).max(0.0), value * (1.0 + error));
    let left = found.half_left.get(least).copied().flatten();
    let left = left
        .map_or_else(String::new, |days| format!(", which half of those that move on have left after {days:.0} days"));
    let sentence = format!(
        "deals in `{}` are won {value:.1} times as often as others of their age and size, those in `{}` {:.1} times{left} \
         (n = {told} won from a known stage, 95 % interval {low:.1} to {high:.1})",
        name(most),
        name(least),
        won[least].mean()
    );
    Some(statement(FitSubject::Stages, [value, low, high], n, true, sentence))
}

fn amounts(fit: &Fit) -> FitStatement {
    let (ratios, known) = (&fit.ratios.all, fit.ratios.known);
    let n = known as u64;
    let told = grouped(n);
    // A file with one amount for each deal knows no other estimate: that tells nothing of those that are open.
    let is_one_amount = known >= FEWEST && ratios.iter().all(|ratio| *ratio == 1.0);
    if known < FEWEST || is_one_amount {
        let why = if is_one_amount {
            format!("no won deal tells another amount than its estimate (n = {told} won")
        } else {
            format!("too few won deals tell both (n = {told} won, {FEWEST} are needed")
        };
        let sentence = format!("won deals are taken to bring 100 % of their estimate: {why}, range 50 to 150 %)");
        return statement(FitSubject::Amounts, [1.0, 0.5, 1.5], n, false, sentence);
    }
    let count = known as f64;
    let value = ratios.iter().sum::<f64>() / count;
    let squares: f64 = ratios.iter().map(|ratio| (ratio - value) * (ratio - value)).sum();
    let error = Z * (squares / (count - 1.0) / count).sqrt();
    let (low, high) = (value - error, value + error);
    let [v, l, h] = [value, low, high].map(|share| 100.0 * share);
    let sentence =
        format!("won deals bring {v:.0} % of their estimate (n = {told} won, 95 % interval {l:.0} to {h:.0} %)")
            + &by_group(&fit.ratios.groups);
    statement(FitSubject::Amounts, [value, low, high], n, true, sentence)
}

/// What product, owner and segment change of a ratio.
fn by_group(groups: &[Vec<f64>; 3]) -> String {
    let names: Vec<&str> = (0..GROUPINGS.len()).filter(|at| !groups[*at].is_empty()).map(|at| GROUPINGS[at]).collect();
    if names.is_empty() {
        return String::new();
    }
    let factors = || groups.iter().flatten().copied();
    let (low, high) = (factors().fold(1.0, f64::min), factors().fold(1.0, f64::max));
    format!("; {} by factors of {low:.2} to {high:.2}", names.join(" and "))
}

fn new_business(fit: &Fit) -> FitStatement {
    // An empty sum is −0.
    let n: f64 = fit.arrivals.kinds.iter().map(|kind| kind.rate.shape).sum::<f64>() + 0.0;
    let days = fit.arrivals.days;
    let (told, watched) = (grouped(n.round_ties_even() as u64), grouped(days));
    let value = 7.0 * n / f64::from(days.max(1));
    // Of the rate that the weeks to come share: a count, and what arrivals vary by beyond chance; on the scale of logarithms, as neither
    // is symmetric. Without a count, as many as leave none with a chance of 2.5 %.
    let spread = Z * libm::log(1.0 + 1.0 / n.max(1.0) + 1.0 / fit.arrivals.dispersion).sqrt();
    let none = -libm::log(0.025) * 7.0 / f64::from(days.max(1));
    let (low, high) = if n > 0.0 { (value * libm::exp(-spread), value * libm::exp(spread)) } else { (0.0, none) };
    let sentence = format!(
        "{value:.1} new deals come a week (n = {told} in {watched} days, 95 % interval for the weeks to come {low:.1} to {high:.1})"
    );
    statement(FitSubject::NewBusiness, [value, low, high], n as u64, n >= 10.0, sentence)
}

fn within_the_quarter(hazards: &Hazards) -> FitStatement {
    let n = hazards.won.events as u64;
    let told = grouped(n);
    let parts = hazards.won.parts;
    let mean = parts.iter().map(|part| part.mean()).sum::<f64>() / PARTS as f64;
    let best = (0..PARTS).max_by(|a, b| parts[*a].mean().total_cmp(&parts[*b].mean())).unwrap_or(0);
    let value = parts[best].mean() / mean.max(1e-9);
    let error = Z / parts[best].shape.max(1.0).sqrt();
    let (low, high) = (value * (1.0 - error).max(0.0), value * (1.0 + error));
    let k = hazards.won.strengths[2];
    let flat = k >= top();
    let cells: Vec<(f64, f64)> = parts.iter().map(|part| (part.shape - k, part.exposure - k)).collect();
    // Flat is a finding where the counts rule out a pattern of 20 %; a pattern where they count more in it than what is assumed, and by far
    // more than without one.
    let data = if flat {
        gain(&cells, NOTABLE) < -EVIDENCE
    } else {
        cells.get(best).is_some_and(|cell| cell.0 > k) && gain(&cells, k) > EVIDENCE
    };
    let sentence = if flat {
        format!("wins show no pattern within the quarter (n = {told} won, factor 1.0)")
    } else {
        let part = best + 1;
        format!(
            "open deals are won {value:.1} times as often as on average in part {part} of 6 of the quarter (n = {told} won, 95 % \
             interval {low:.1} to {high:.1})"
        )
    };
    statement(FitSubject::Season, [value, low, high], n, data, sentence)
}

/// The variation as 1/√κ, and the correlation ρ = v·p²/φ(Φ⁻¹(p))² it stands for at the share p won in a quarter.
fn market(fit: &Fit, seen: &Seen) -> FitStatement {
    let blocks = &fit.blocks;
    let n = blocks.len() as u64;
    let (weak, strong) = range(blocks, MARKET_PRIOR);
    let spread = |k: f64| 1.0 / k.sqrt();
    let (value, low, high) = (spread(fit.market), spread(strong), spread(weak));
    let open = seen.deals.iter().filter(|deal| deal.closing.is_none()).count() as f64;
    let wins = blocks.first().map_or(0.0, |block| block.0);
    let p = (wins / (wins + open).max(1.0)).clamp(0.01, 0.99);
    let density = Normal::density(Normal::quantile(p));
    let rho = (value * value * p * p / (density * density)).min(0.99);
    let [v, l, h] = [value, low, high].map(|share| 100.0 * share);
    let [won, lost] = [&fit.hazards.won, &fit.hazards.lost].map(|cause| cause.level);
    let lately = if won == 1.0 && lost == 1.0 {
        String::new()
    } else {
        format!("; lately open deals are won {won:.2} and lost {lost:.2} times as often as over the whole file")
    };
    let sentence = format!(
        "wins vary by {v:.0} % from quarter to quarter beyond chance, a correlation between deals of {rho:.2} (n = {n} quarters, \
         95 % interval {l:.0} to {h:.0} %){lately}"
    );
    let data = learned(blocks, MARKET_PRIOR) > 0.5;
    statement(FitSubject::Market, [value, low, high], n, data, sentence)
}

fn groupings(hazards: &Hazards) -> FitStatement {
    let n = hazards.won.events as u64;
    let told = grouped(n);
    let groups = (0..GROUPINGS.len()).filter(|at| !hazards.won.groups[*at].is_empty());
    let names: Vec<&str> = groups.map(|at| GROUPINGS[at]).collect();
    let factors = || hazards.won.groups.iter().flatten().copied();
    let (low, high) = (factors().fold(1.0, f64::min), factors().fold(1.0, f64::max));
    let sentence = if names.is_empty() {
        format!(
            "product, owner and segment tell nothing of the odds beyond size and age (n = {told} won, factors 1.0 to 1.0)"
        )
    } else {
        let verb = if names.len() == 1 { "changes" } else { "change" };
        let names = names.join(" and ");
        format!("{names} {verb} how often open deals are won (n = {told} won, factors {low:.1} to {high:.1})")
    };
    statement(FitSubject::Groupings, [high / low, low, high], n, !names.is_empty() || n >= MANY, sentence)
}
