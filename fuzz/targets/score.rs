//! Any list under any model: every lead is counted once, and its card adds up to its score.
#![no_main]

use fuzz::{parts, text};
use leadcast::model::Run;
use leadcast::report::AxisExplanation;
use leadcast::score_leads;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [csv, model, run] = parts(input);
    let model = fuzz::model(model);
    let run = Run::from_json(text(run)).unwrap_or_default();
    let Ok(scored) = score_leads(csv, &model, &run) else { return };
    let counts = scored.report().counts;
    assert_eq!(counts.by_grade.iter().map(|grade| grade.count).sum::<u64>(), counts.leads);
    assert_eq!(counts.by_segment.iter().map(|segment| segment.count).sum::<u64>(), counts.leads);
    let routed: u64 = counts.by_owner.iter().map(|owner| owner.count).sum();
    assert_eq!(routed + counts.unassigned + counts.disqualified, counts.leads);
    let rows: Vec<u32> = (0..u32::try_from(counts.leads).unwrap_or(0).min(8)).collect();
    assert_eq!(scored.window(&rows).len(), rows.len());
    for &row in &rows {
        let card = scored.explain(row).expect("a row of the list");
        adds_up(&card.fit);
        adds_up(&card.engagement);
    }
});

/// Rules add up to their group, groups to the axis, to the millionth.
fn adds_up(axis: &AxisExplanation) {
    for group in &axis.groups {
        let rules: i64 = group.rules.iter().map(|rule| rule.points_micro).sum();
        assert_eq!(rules + group.limited_micro, group.points_micro, "{}", group.name);
    }
    if let Some(score) = axis.score_micro {
        let groups: i64 = axis.groups.iter().map(|group| group.points_micro).sum();
        assert_eq!(groups + axis.rescaled_micro + axis.limited_micro, score);
    }
}
