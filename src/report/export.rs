//! The simulated pipeline as numbers and as CSV: every column as it came, then what the forecast made of each deal.

use crate::forecast::Forecast;
use crate::stats::Ordered;
use crate::table::Table;
use crate::table::write::{CsvWriter, WriteOptions};
use std::collections::BTreeMap;

/// The columns added at the end, in order. They are blank for deals that are not simulated.
pub const ADDED_DEAL_COLUMNS: [&str; 6] = [
    "Leadcast stage",
    "Leadcast category",
    "Leadcast win probability",
    "Leadcast weighted amount",
    "Leadcast called in",
    "Leadcast won in period",
];

impl Forecast {
    /// Each trial's total in major units, won to date included: of one period, counted from 0, or of all of them.
    #[must_use]
    pub fn totals(&self, period: Option<usize>) -> Vec<f64> {
        let minor = period.map_or_else(|| self.trials().total(), |period| self.trials().period(period));
        let scale = self.outcome().currency.minor_per_major() as f64;
        minor.into_iter().map(|total| total as f64 / scale).collect()
    }

    /// All rows of the file in its order as CSV, the original columns first.
    ///
    /// `table` is the file's own. Columns that an earlier export added are replaced. Nothing is rounded.
    #[must_use]
    pub fn to_csv(&self, table: &Table, options: WriteOptions) -> Vec<u8> {
        let original: Vec<_> =
            table.columns().iter().filter(|column| !ADDED_DEAL_COLUMNS.contains(&column.name())).collect();
        let deals: BTreeMap<usize, _> = self.deals().into_iter().map(|deal| (deal.row, deal)).ordered();
        let mut csv = CsvWriter::new(options);
        csv.row(original.iter().map(|column| column.name()).chain(ADDED_DEAL_COLUMNS));
        for row in 0..table.rows() {
            for column in &original {
                csv.field(column.raw(row));
            }
            match deals.get(&row) {
                None => ADDED_DEAL_COLUMNS.iter().for_each(|_| csv.field("")),
                Some(deal) => {
                    csv.field(&deal.stage);
                    csv.field(deal.category.name());
                    csv.field(&deal.probability.to_string());
                    csv.field(&(deal.probability * deal.amount).to_string());
                    csv.field(deal.called_in.as_deref().unwrap_or(""));
                    csv.field(&deal.won_in_period.to_string());
                }
            }
            csv.end_row();
        }
        csv.finish()
    }
}

#[cfg(test)]
mod tests {
    use crate::crm::{Mapping, Pipeline};
    use crate::model::{OperatingModel, Preset, Run};
    use crate::table::write::WriteOptions;
    use crate::table::{ReadOptions, Table};

    #[test]
    fn the_export_keeps_every_row_and_column_and_fills_in_open_deals() {
        let csv = "Deal Name,Stage,Amount,Close Date,Created Date,Note\n\
                   Acme,Proposal,100,2026-03-20,2026-01-10,=1+1\n\
                   Bolt,Closed Won,70,2026-02-01,2026-01-02,\n";
        let model = OperatingModel::preset(Preset::SalesLed).unwrap();
        let run = Run::from_json(r#"{ "asOf": "2026-02-15" }"#).unwrap();
        let table = Table::from_csv(csv.as_bytes(), &ReadOptions::default()).unwrap();
        let pipeline = Pipeline::from_table(table, &Mapping::default()).unwrap();
        let forecast = pipeline.simulate(&model, &run).unwrap();
        let bytes = forecast.to_csv(pipeline.table(), WriteOptions::default());
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].starts_with("Deal Name,Stage,Amount,Close Date,Created Date,Note,Leadcast stage,"));
        assert!(lines[1].starts_with("Acme,Proposal,100,2026-03-20,2026-01-10,'=1+1,Proposal,"), "{}", lines[1]);
        assert!(lines[1].ends_with(|last: char| last.is_ascii_digit()), "{}", lines[1]);
        assert_eq!(lines[2], "Bolt,Closed Won,70,2026-02-01,2026-01-02,,,,,,,");
    }

    #[test]
    fn totals_are_in_major_units_and_include_what_is_won() {
        let csv = b"Deal Name,Stage,Amount,Close Date,Created Date\nBolt,Closed Won,70.50,2026-02-01,2026-01-02\n";
        let model = OperatingModel::preset(Preset::SalesLed).unwrap();
        let run = Run::from_json(r#"{ "asOf": "2026-02-15" }"#).unwrap();
        let table = Table::from_csv(csv, &ReadOptions::default()).unwrap();
        let forecast = Pipeline::from_table(table, &Mapping::default()).unwrap().simulate(&model, &run).unwrap();
        assert!(forecast.totals(None).iter().chain(&forecast.totals(Some(0))).all(|&total| total == 70.5));
        assert!(forecast.totals(Some(1)).iter().all(|&total| total == 0.0));
    }
}
