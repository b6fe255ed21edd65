//! What is understood of a file of any kind.

use super::dialect::Dialects;
use super::join::vocabulary;
use super::rows::{Rows, receipt};
use super::{Activities, Contracts, Kind, LeadList, Mapping, Pipeline, Quotas, Reps, StageHistory};
use crate::Error;
use crate::money::Currency;
use crate::table::{Receipt, Table};

/// The receipt of a file, read as what it looks like: the first thing to show for a file of unknown kind.
///
/// ```
/// use leadcast::crm::{Mapping, understand};
/// use leadcast::table::{ReadOptions, Table};
/// let csv = b"Deal ID,From Stage,To Stage,Edit Date\nD1,Demo,Proposal,2026-01-05\n";
/// let receipt = understand(Table::from_csv(csv, &ReadOptions::default())?, &Mapping::default())?;
/// assert_eq!((receipt.kind, receipt.rows_used), ("stage-history", 1));
/// # Ok::<(), leadcast::Error>(())
/// ```
///
/// # Errors
/// None that a file can cause.
pub fn understand(table: Table, mapping: &Mapping) -> Result<Receipt, Error> {
    let dialects = Dialects::built_in()?;
    let kind = Kind::of(&table, dialects);
    let (plain, currency) = (table.clone(), Currency::USD);
    let receipt = match kind {
        Some(Kind::Leads | Kind::Contacts | Kind::Accounts) => {
            return Ok(LeadList::with_dialects(table, mapping, dialects)?.receipt().clone());
        }
        Some(Kind::Deals) => {
            return Ok(Pipeline::with_dialects(table, mapping, dialects)?.as_of(None, currency).receipt);
        }
        Some(Kind::Activities) => {
            Activities::with_dialects(table, mapping, dialects).map(|rows| rows.receipt().clone())
        }
        Some(Kind::Contracts) => {
            Contracts::with_dialects(table, mapping, currency, dialects).map(|rows| rows.receipt().clone())
        }
        Some(Kind::Quotas) => {
            Quotas::with_dialects(table, mapping, currency, dialects).map(|rows| rows.receipt().clone())
        }
        Some(Kind::Reps) => Reps::with_dialects(table, mapping, dialects).map(|rows| rows.receipt().clone()),
        Some(Kind::StageHistory) => StageHistory::with_dialects(table, mapping, dialects).map(|rows| rows.receipt),
        _ => return Ok(as_table(table, mapping, kind, dialects)),
    };
    // A file without a column that its kind needs is shown all the same, to be mapped.
    Ok(receipt.unwrap_or_else(|_| as_table(plain, mapping, kind, dialects)))
}

/// What is understood of the columns alone.
fn as_table(table: Table, mapping: &Mapping, kind: Option<Kind>, dialects: &Dialects) -> Receipt {
    let rows = Rows::open(table, mapping, vocabulary(kind), dialects);
    receipt(&rows.table, &rows.binding, kind, rows.table.rows() as u64, [rows.notes])
}
