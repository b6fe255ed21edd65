//! Pipelines that tests of several modules ask about.

use super::Forecast;
use crate::calendar::Date;
use crate::crm::{Mapping, Pipeline};
use crate::model::{OperatingModel, Preset, Run};
use crate::random::{Sampler, StreamKey};
use crate::table::{ReadOptions, Table};

/// A company whose deals close evenly over 20 to 119 days, a third won; `stage` says the stage of each by its number.
pub(super) fn even(stage: impl Fn(i32) -> &'static str) -> Pipeline {
    let mut csv = "Deal Id,Created Date,Close Date,Status,Stage,Amount\n".to_owned();
    let mut sampler = Sampler::new(StreamKey::new(9));
    for created in 0..400 {
        let close = created + 20 + sampler.below(100) as i32;
        let date = |day: i32| Date::from_days(18_628 + day);
        let status = if close > 399 { "Open" } else { ["Won", "Lost", "Lost"][sampler.below(3) as usize] };
        let amount = 1_000 + sampler.below(9_000);
        csv += &format!("{created},{},{},{status},{},{amount}\n", date(created), date(close), stage(created));
    }
    let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
    Pipeline::from_table(table, &Mapping::default()).unwrap()
}

/// The rows of a company whose earlier quarters correct its forecast strongly: many small deals, two fifths won, and at last two
/// large ones, `BIG` of `amount` and `NEXT` of 9,000. With `estimates` won deals brought other amounts than were stated.
pub(super) fn corrected_csv(estimates: bool, amount: &str) -> String {
    let date = |day: i32| Date::from_days(19_723 + day);
    let mut csv = "Deal ID,Create Date,Close Date,Status,Stage,Estimated Amount,Actual Amount\n".to_owned();
    for at in (0..684).step_by(2) {
        let close = at + 20 + (at * 37) % 60;
        let status = match (close > 684, (at * 13) % 5 < 2) {
            (true, _) => "Open",
            (_, true) => "Won",
            _ => "Lost",
        };
        let stage = if status == "Open" { "Proposal".to_owned() } else { format!("Closed {status}") };
        let estimate = 500 + (at * 71) % 900;
        let brought = if estimates { estimate * (60 + at % 90) / 100 } else { estimate };
        let brought = if status == "Won" { brought.to_string() } else { String::new() };
        csv += &format!("P{at},{},{},{status},{stage},{estimate},{brought}\n", date(at), date(close));
    }
    csv + &format!(
        "BIG,2025-10-01,2025-12-20,Open,Proposal,{amount},\nNEXT,2025-10-05,2025-12-20,Open,Proposal,9000,\n"
    )
}

/// Its forecast of 15 November 2025 towards a quota, `null` for none.
pub(super) fn corrected_of(pipeline: &Pipeline, quota: &str) -> Forecast {
    let model = OperatingModel::from_json(Preset::SalesLed.json()).unwrap();
    let run = format!(r#"{{ "asOf": "2025-11-15", "quota": {quota}, "trials": 25600 }}"#);
    pipeline.simulate(&model, &Run::from_json(&run).unwrap()).unwrap()
}

pub(super) fn corrected(estimates: bool) -> Forecast {
    let table = Table::from_csv(corrected_csv(estimates, "50000").as_bytes(), &ReadOptions::default()).unwrap();
    corrected_of(&Pipeline::from_table(table, &Mapping::default()).unwrap(), "60000")
}
