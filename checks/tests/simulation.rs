//! What must hold for any simulation, whatever the deals.

use checks::cases;
use checks::simulations::{percentiles, run, simulation};
use leadcast::forecast::{Amount, Plan, Simulation, Win};
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn raising_a_probability_lowers_no_percentile(input in simulation(), which in any::<prop::sample::Index>(), by in 0.0..=1.0_f64) {
        let before = run(&input);
        let mut raised = input.clone();
        let deal = which.index(raised.deals.len());
        if let Win::Fixed(p) = &mut raised.deals[deal].win {
            *p += (1.0 - *p) * by;
        }
        let after = run(&raised);
        for (low, high) in percentiles(&before.total()).into_iter().zip(percentiles(&after.total())) {
            prop_assert!(low <= high, "{low} fell to {high}");
        }
        // A likelier win may come earlier, so one period can fall; all up to its end cannot.
        let (mut low, mut high) = (vec![0; before.count()], vec![0; before.count()]);
        for period in 0..before.periods() {
            low.iter_mut().zip(before.period(period)).for_each(|(sum, total)| *sum += total);
            high.iter_mut().zip(after.period(period)).for_each(|(sum, total)| *sum += total);
            prop_assert!(low.iter().zip(&high).all(|(low, high)| low <= high), "a trial fell by the end of period {period}");
        }
    }

    #[test]
    fn the_order_of_deals_changes_no_bit(input in simulation(), seed in any::<u64>()) {
        let mut shuffled = input.clone();
        shuffled.deals.sort_by_key(|deal| deal.key.wrapping_mul(seed | 1));
        prop_assert_eq!(run(&input), run(&shuffled));
    }

    #[test]
    fn shares_of_the_batches_add_up_to_the_same_trials(input in simulation(), cut in 0.0..=1.0_f64) {
        let batches = Plan::of(input.trials).batches;
        let cut = (batches as f64 * cut) as usize;
        let new = || Simulation::new(input.clone()).map_err(|error| TestCaseError::fail(error.to_string()));
        let (mut first, mut second) = (new()?, new()?);
        second.run_batches(cut..batches);
        first.absorb(&second.part()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        first.run_batches(0..cut);
        prop_assert!(first.is_complete());
        prop_assert_eq!(first.finish(), run(&input));
    }

    #[test]
    fn amounts_times_a_whole_number_give_totals_times_it(input in simulation(), factor in 1_i64..50) {
        let before = run(&input);
        let mut scaled = input.clone();
        scaled.won_to_date.iter_mut().for_each(|won| *won *= factor);
        for deal in &mut scaled.deals {
            if let Amount::Fixed(minor) = &mut deal.amount {
                *minor *= factor;
            }
        }
        let expected: Vec<i64> = before.total().into_iter().map(|total| total * factor).collect();
        let found = run(&scaled).total();
        prop_assert_eq!(percentiles(&found), percentiles(&expected));
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn parts_add_up_to_totals(input in simulation()) {
        let trials = run(&input);
        let periods: Vec<Vec<i64>> = (0..trials.periods()).map(|period| trials.period(period)).collect();
        let categories: Vec<Vec<i64>> = (0..input.categories).map(|category| trials.category(category)).collect();
        for (trial, total) in trials.total().into_iter().enumerate() {
            prop_assert_eq!(periods.iter().map(|period| period[trial]).sum::<i64>(), total);
            let of_target = categories.iter().map(|category| category[trial]).sum::<i64>();
            prop_assert_eq!(of_target + input.won_to_date[0], periods[0][trial]);
        }
    }

    #[test]
    fn certain_deals_are_exact(input in simulation()) {
        let mut certain = input.clone();
        for deal in &mut certain.deals {
            deal.win = Win::Fixed(1.0);
            deal.closed_by.fill(1.0);
        }
        let amounts = certain.deals.iter().map(|deal| match deal.amount { Amount::Fixed(minor) => minor, _ => 0 });
        let expected = amounts.sum::<i64>() + certain.won_to_date[0];
        prop_assert!(run(&certain).period(0).iter().all(|total| *total == expected));
        let mut hopeless = input;
        hopeless.deals.iter_mut().for_each(|deal| deal.win = Win::Fixed(0.0));
        let won: i64 = hopeless.won_to_date.iter().sum();
        prop_assert!(run(&hopeless).total().iter().all(|total| *total == won));
    }
}
