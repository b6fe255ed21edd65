//! Any file is read or refused; nothing is lost on the way, however it arrives.

use checks::cases;
use checks::files::{almost_csv, as_of, bytes, deals, leads, pipeline};
use leadcast::ErrorKind;
use leadcast::crm::{LeadList, Mapping, Pipeline};
use leadcast::money::Currency;
use leadcast::table::write::WriteOptions;
use leadcast::table::{Action, ReadOptions, Receipt, Table, TableReader};
use proptest::collection::vec;
use proptest::prelude::*;

/// Every header and cell, or the error's text.
fn content(table: Result<Table, leadcast::Error>) -> Result<Vec<Vec<String>>, String> {
    let table = table.map_err(|error| error.to_string())?;
    let column = |c: &leadcast::table::Column| {
        let cells = (0..table.rows()).map(|row| c.raw(row).to_owned());
        std::iter::once(c.name().to_owned()).chain(cells).collect()
    };
    let lines = (0..table.rows()).map(|row| table.line(row).to_string()).collect();
    let notes = table.notes().iter().map(|note| format!("{note:?}")).collect();
    Ok(table.columns().iter().map(column).chain([lines, notes]).collect())
}

fn adds_up(receipt: &Receipt) -> Result<(), TestCaseError> {
    prop_assert_eq!(receipt.rows_read, receipt.rows_used + receipt.rows_excluded);
    // Columns without a name or a value may be left out too.
    let reasons = receipt.diagnostics.iter().filter(|d| d.action == Action::Excluded).map(|d| d.count).sum::<u64>();
    prop_assert!(receipt.rows_excluded <= reasons, "{} rows excluded, {reasons} reasons", receipt.rows_excluded);
    Ok(())
}

/// Reads the bytes as leads and as deals; rows must add up.
fn understood(bytes: &[u8]) -> Result<(), TestCaseError> {
    match Table::from_csv(bytes, &ReadOptions::default()) {
        Err(error) => prop_assert!(matches!(error.kind(), ErrorKind::Input | ErrorKind::Limit), "{error}"),
        Ok(table) => {
            let rows = table.rows() as u64 + table.blank_rows();
            if let Ok(pipeline) = Pipeline::from_table(table.clone(), &Mapping::default()) {
                for day in [None, Some(as_of()), pipeline.proposed_as_of()] {
                    let deals = pipeline.as_of(day, Currency::USD);
                    adds_up(&deals.receipt)?;
                    prop_assert_eq!(deals.receipt.rows_read, rows);
                    prop_assert_eq!(deals.deals.len() as u64, deals.receipt.rows_used);
                }
            }
            if let Ok(leads) = LeadList::from_table(table, &Mapping::default()) {
                adds_up(leads.receipt())?;
                prop_assert_eq!(leads.rows() as u64, leads.receipt().rows_used);
            }
        }
    }
    Ok(())
}

/// The corrected table holds the values of the first, row by row, rows without any left out.
fn same_values(first: &Table, again: &Table) -> Result<(), TestCaseError> {
    let has_value = |row: &usize| {
        first.columns().iter().any(|column| match column.kind().name() {
            "number" => column.number(*row).is_some(),
            "date" => column.date(*row).is_some(),
            _ => !column.text(*row).is_empty(),
        })
    };
    let rows: Vec<usize> = (0..first.rows()).filter(has_value).collect();
    prop_assert_eq!(rows.len(), again.rows());
    for (before, after) in first.columns().iter().zip(again.columns()) {
        for (new, old) in rows.iter().enumerate() {
            match before.kind().name() {
                "number" => prop_assert_eq!(before.number(*old), after.number(new), "{}", before.name()),
                "date" => prop_assert_eq!(before.date(*old), after.date(new), "{}", before.name()),
                _ => prop_assert_eq!(before.text(*old), after.text(new), "{}", before.name()),
            }
        }
    }
    Ok(())
}

fn in_pieces(bytes: &[u8], cuts: &[prop::sample::Index]) -> Result<Table, leadcast::Error> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    ends.extend([0, bytes.len()]);
    ends.sort_unstable();
    let mut reader = TableReader::new(&ReadOptions::default());
    for pair in ends.windows(2) {
        reader.push(&bytes[pair[0]..pair[1]])?;
    }
    reader.finish()
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in bytes()) {
        understood(&bytes)?;
    }

    #[test]
    fn almost_any_csv_is_read_or_refused(bytes in almost_csv()) {
        understood(&bytes)?;
    }

    #[test]
    fn any_text_is_records_or_refused(text in checks::any_text()) {
        if let Err(error) = Table::from_records(&text, &ReadOptions::default()) {
            prop_assert!(matches!(error.kind(), ErrorKind::Input | ErrorKind::Limit), "{error}");
        }
    }

    #[test]
    fn any_chunking_gives_the_same_table(bytes in almost_csv(), cuts in vec(any::<prop::sample::Index>(), 0..6)) {
        prop_assert_eq!(content(in_pieces(&bytes, &cuts)), content(Table::from_csv(&bytes, &ReadOptions::default())));
    }

    #[test]
    fn every_row_of_a_lead_list_is_used_or_excluded(leads in leads()) {
        understood(&leads.csv())?;
    }

    #[test]
    fn every_row_of_a_pipeline_is_used_or_excluded(deals in deals()) {
        understood(&pipeline(&deals).csv())?;
    }

    #[test]
    fn a_corrected_table_reads_as_the_same_values_without_repair(leads in leads()) {
        let read = |csv: &[u8]| {
            Table::from_csv(csv, &ReadOptions::default()).map_err(|error| TestCaseError::fail(error.to_string()))
        };
        let table = read(&leads.csv())?;
        let options = WriteOptions { guard_formulas: false, ..WriteOptions::default() };
        let again = read(&table.corrected_csv(options))?;
        same_values(&table, &again)?;
        let repaired: Vec<_> = again.notes().iter().filter(|note| note.action == Action::Repaired).collect();
        prop_assert!(repaired.is_empty(), "{repaired:?}");
    }

    #[test]
    fn a_corrected_pipeline_has_the_same_deals(deals in deals()) {
        let read = |csv: &[u8]| {
            let table = Table::from_csv(csv, &ReadOptions::default()).map_err(|e| TestCaseError::fail(e.to_string()))?;
            Pipeline::from_table(table, &Mapping::default()).map_err(|e| TestCaseError::fail(e.to_string()))
        };
        let first = read(&pipeline(&deals).csv())?;
        let again = read(&first.corrected_csv(WriteOptions::default()))?;
        let facts = |pipeline: &Pipeline| {
            let found = pipeline.as_of(Some(as_of()), Currency::USD);
            let fact = |d: leadcast::crm::Deal| (d.id, d.stage, d.amount, d.close, d.created, d.probability, d.category);
            found.deals.into_iter().map(fact).collect::<Vec<_>>()
        };
        prop_assert_eq!(facts(&first), facts(&again));
    }

    #[test]
    fn the_order_of_rows_changes_no_fingerprint_and_no_key(deals in deals(), seed in any::<u64>()) {
        let ordered = pipeline(&deals);
        let mut shuffled = ordered.clone();
        let place = |row: &String| row.bytes().fold(seed, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        shuffled.rows.sort_by_key(place);
        let read = |csv: &[u8]| {
            let table = Table::from_csv(csv, &ReadOptions::default()).map_err(|e| TestCaseError::fail(e.to_string()))?;
            let read = Pipeline::from_table(table, &Mapping::default()).map_err(|e| TestCaseError::fail(e.to_string()))?;
            let mut deals: Vec<(String, u64)> =
                read.as_of(Some(as_of()), Currency::USD).deals.into_iter().map(|d| (d.id, d.key)).collect();
            deals.sort();
            Ok::<_, TestCaseError>((read.fingerprint(), deals))
        };
        prop_assert_eq!(read(&ordered.csv())?, read(&shuffled.csv())?);
    }
}
