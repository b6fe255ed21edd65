//! Pipelines that tests of several modules ask about.

use crate::calendar::Date;
use crate::crm::{Mapping, Pipeline};
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
