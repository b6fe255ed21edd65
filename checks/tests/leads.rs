//! What must hold for any lead list under the models that ship.

use checks::cases;
use checks::files::{Rows, leads};
use leadcast::model::{OperatingModel, Preset, Run};
use leadcast::report::AxisExplanation;
use leadcast::{ScoredLeads, score_leads};
use proptest::prelude::*;

fn scored(rows: &Rows, preset: Preset) -> Result<ScoredLeads, TestCaseError> {
    let failed = |error: leadcast::Error| TestCaseError::fail(error.to_string());
    let run = Run::from_json(r#"{ "asOf": "2026-11-16" }"#).map_err(failed)?;
    score_leads(&rows.csv(), &OperatingModel::preset(preset).map_err(failed)?, &run).map_err(failed)
}

/// Rules add up to their group, groups to the axis, to the millionth.
fn adds_up(axis: &AxisExplanation) -> Result<(), TestCaseError> {
    for group in &axis.groups {
        let rules: i64 = group.rules.iter().map(|rule| rule.points_micro).sum();
        prop_assert_eq!(rules + group.limited_micro, group.points_micro, "{}", group.name);
        prop_assert!(group.points <= group.cap && group.points >= group.floor, "{}", group.name);
    }
    if let Some(score) = axis.score_micro {
        let groups: i64 = axis.groups.iter().map(|group| group.points_micro).sum();
        prop_assert_eq!(groups + axis.rescaled_micro + axis.limited_micro, score);
        prop_assert!(score >= 0 && score as f64 <= axis.cap * 1e6);
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn explanations_add_up(leads in leads(), preset in prop::sample::select(&Preset::ALL[..])) {
        let scored = scored(&leads, preset)?;
        for row in 0..scored.rows() {
            let Some(explanation) = scored.explain(row as u32) else { continue };
            adds_up(&explanation.fit)?;
            adds_up(&explanation.engagement)?;
            prop_assert_eq!(explanation.fit.score_micro, scored.fit(row).map(|points| points.micro()));
            prop_assert_eq!(explanation.engagement.score_micro, scored.engagement(row).map(|points| points.micro()));
        }
    }

    #[test]
    fn every_lead_is_counted_once(leads in leads(), preset in prop::sample::select(&Preset::ALL[..])) {
        let counts = scored(&leads, preset)?.report().counts;
        prop_assert_eq!(counts.leads, leads.rows.len() as u64);
        prop_assert_eq!(counts.by_grade.iter().map(|grade| grade.count).sum::<u64>(), counts.leads);
        prop_assert_eq!(counts.by_segment.iter().map(|segment| segment.count).sum::<u64>(), counts.leads);
        let routed: u64 = counts.by_owner.iter().map(|owner| owner.count).sum();
        prop_assert_eq!(routed + counts.unassigned + counts.disqualified, counts.leads);
    }

    #[test]
    fn the_order_of_rows_changes_no_score_and_no_owner(leads in leads(), seed in any::<u64>()) {
        let mut shuffled = leads.clone();
        shuffled.rows.sort_by_key(|row| row.bytes().fold(seed, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3)));
        let said = |rows: &Rows| {
            let scored = scored(rows, Preset::SalesLed)?;
            let all: Vec<u32> = (0..rows.rows.len() as u32).collect();
            let row = |row: leadcast::report::LeadRow| {
                format!("{} {} {} {:?} {:?} {:?} {} {:?}", row.id, row.name, row.company, row.fit, row.engagement, row.grade, row.segment, row.owner)
            };
            let mut rows: Vec<String> = scored.window(&all).into_iter().map(row).collect();
            rows.sort();
            Ok::<_, TestCaseError>((scored.report().fingerprint, rows))
        };
        prop_assert_eq!(said(&leads)?, said(&shuffled)?);
    }
}
