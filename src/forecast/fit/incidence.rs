//! Cumulative incidence of competing outcomes, without a model: what the fitted hazards are checked against.

/// How one deal was watched: from which age, to which age, and how that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watched {
    /// Age in days from which its closing would have been recorded; above 0 where records start late.
    pub entry: u32,
    /// Age in days at which it closed or was last seen open; below `entry` means never watched.
    pub exit: u32,
    /// How it ended.
    pub end: WatchedEnd,
}

/// How a deal that was watched ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchedEnd {
    /// Still open when last seen.
    Open,
    /// Won at its exit age.
    Won,
    /// Lost at its exit age.
    Lost,
}

/// The incidence at the end of one age.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Incidence {
    /// Age in days.
    pub age: u32,
    /// Deals at risk on it.
    pub at_risk: u64,
    /// Share still open at its end, in [0, 1].
    pub open: f64,
    /// Share won by its end, in [0, 1].
    pub won: f64,
    /// Share lost by its end, in [0, 1].
    pub lost: f64,
}

/// Shares won, lost and open by age, from deals watched from different ages on and some still open.
///
/// # Formula
/// At risk on age a: entry ≤ a ≤ exit. F_c(a) = F_c(a − 1) + S(a − 1)·d_c/n, S(a) = S(a − 1)·(1 − (d_won + d_lost)/n).
/// Ages at which nobody is at risk change nothing.
///
/// # Source
/// O. O. Aalen and S. Johansen, Scandinavian Journal of Statistics 5 (1978); left truncation as in J. P. Klein and M. L.
/// Moeschberger, Survival Analysis, 2nd ed. (2003), 4.6.
#[must_use]
pub fn aalen_johansen(deals: &[Watched]) -> Vec<Incidence> {
    let watched = || deals.iter().filter(|deal| deal.entry <= deal.exit);
    let Some(last) = watched().map(|deal| deal.exit).max() else { return Vec::new() };
    let last = last as usize;
    let (mut enter, mut leave) = (vec![0_u64; last + 2], vec![0_u64; last + 2]);
    let (mut won, mut lost) = (vec![0_u64; last + 1], vec![0_u64; last + 1]);
    for deal in watched() {
        enter[deal.entry as usize] += 1;
        leave[deal.exit as usize + 1] += 1;
        match deal.end {
            WatchedEnd::Open => {}
            WatchedEnd::Won => won[deal.exit as usize] += 1,
            WatchedEnd::Lost => lost[deal.exit as usize] += 1,
        }
    }
    let (mut at_risk, mut s, mut f_won, mut f_lost) = (0, 1.0, 0.0, 0.0);
    (0..=last)
        .map(|age| {
            at_risk = at_risk + enter[age] - leave[age];
            if at_risk > 0 {
                let n = at_risk as f64;
                f_won += s * won[age] as f64 / n;
                f_lost += s * lost[age] as f64 / n;
                s *= 1.0 - (won[age] + lost[age]) as f64 / n;
            }
            Incidence { age: age as u32, at_risk, open: s, won: f_won, lost: f_lost }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_deals_by_hand() {
        let deal = |entry, exit, end| Watched { entry, exit, end };
        let found = aalen_johansen(&[
            deal(0, 1, WatchedEnd::Won),
            deal(0, 3, WatchedEnd::Open),
            deal(2, 2, WatchedEnd::Lost),
            deal(5, 3, WatchedEnd::Won),
        ]);
        // Age 1: one of two is won. Age 2: one of two (one came late) is lost. Age 3: nobody closes.
        let line = |age: usize| (found[age].at_risk, found[age].open, found[age].won, found[age].lost);
        assert_eq!(line(0), (2, 1.0, 0.0, 0.0));
        assert_eq!(line(1), (2, 0.5, 0.5, 0.0));
        assert_eq!(line(2), (2, 0.25, 0.5, 0.25));
        assert_eq!(line(3), (1, 0.25, 0.5, 0.25));
        assert_eq!(found.len(), 4);
        assert!(aalen_johansen(&[]).is_empty());
    }
}
