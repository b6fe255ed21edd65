//! Any bytes are rows or an error, the same in one piece and in any pieces; leads and deals account for every row.
#![no_main]

use fuzz::{content, explained};
use leadcast::crm::{LeadList, Mapping, Pipeline};
use leadcast::money::Currency;
use leadcast::table::{ReadOptions, Receipt, Table, TableReader};
use leadcast::{Error, ErrorKind};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&pace, bytes)) = input.split_first() else { return };
    let long;
    // What pieces do shows only behind the first 64 KiB, which are gathered to decide on encoding and delimiter. There,
    // rows that are whole are scanned, and those that are cut go through csv-core.
    let bytes = if pace % 4 == 0 {
        long = [b"id,name,note\n".as_slice(), b"1,Acme,x\n".repeat(7_300).as_slice(), bytes].concat();
        long.as_slice()
    } else {
        bytes
    };
    let whole = Table::from_csv(bytes, &ReadOptions::default());
    let in_pieces = pieces(bytes, pace);
    match (whole, in_pieces) {
        (Ok(whole), Ok(in_pieces)) => {
            assert_eq!(content(&whole), content(&in_pieces));
            understood(whole);
        }
        (Err(whole), Err(in_pieces)) => {
            explained(&whole, &[ErrorKind::Input, ErrorKind::Limit]);
            assert_eq!(whole.to_string(), in_pieces.to_string());
        }
        (whole, in_pieces) => panic!("whole {:?}, in pieces {:?}", whole.err(), in_pieces.err()),
    }
});

/// Pieces of 1 to 256 bytes, their lengths drawn from the pace.
fn pieces(bytes: &[u8], pace: u8) -> Result<Table, Error> {
    let mut reader = TableReader::new(&ReadOptions::default());
    let (mut rest, mut state) = (bytes, u32::from(pace));
    while !rest.is_empty() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let length = (1 + (state >> 24) as usize >> (pace % 8)).clamp(1, rest.len());
        reader.push(&rest[..length])?;
        rest = &rest[length..];
    }
    reader.finish()
}

fn understood(table: Table) {
    let rows = table.rows() as u64 + table.blank_rows();
    if let Ok(pipeline) = Pipeline::from_table(table.clone(), &Mapping::default()) {
        for day in [None, pipeline.proposed_as_of()] {
            let deals = pipeline.as_of(day, Currency::USD);
            adds_up(&deals.receipt);
            assert_eq!(deals.receipt.rows_read, rows);
            assert_eq!(deals.deals.len() as u64, deals.receipt.rows_used);
        }
    }
    if let Ok(leads) = LeadList::from_table(table, &Mapping::default()) {
        adds_up(leads.receipt());
        assert_eq!(leads.rows() as u64, leads.receipt().rows_used);
    }
}

fn adds_up(receipt: &Receipt) {
    assert_eq!(receipt.rows_read, receipt.rows_used + receipt.rows_excluded);
}
