//! What is understood of a file of any kind.

use super::bind::bind;
use super::dialect::{Dialects, Vocabulary};
use super::{Kind, LeadList, Mapping, Pipeline, summary};
use crate::Error;
use crate::money::Currency;
use crate::table::{Diagnostics, Receipt, Table};

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
pub fn understand(mut table: Table, mapping: &Mapping) -> Result<Receipt, Error> {
    let dialects = Dialects::built_in()?;
    let kind = Kind::of(&table, &dialects);
    match kind {
        Some(Kind::Leads | Kind::Contacts | Kind::Accounts) => {
            return Ok(LeadList::with_dialects(table, mapping, &dialects)?.receipt().clone());
        }
        Some(Kind::Deals) => {
            return Ok(Pipeline::with_dialects(table, mapping, &dialects)?.as_of(None, Currency::USD).receipt);
        }
        _ => {}
    }
    let vocabulary = match kind {
        Some(Kind::Activities) => Vocabulary::Activity,
        Some(Kind::Contracts) => Vocabulary::Contract,
        Some(Kind::Quotas) => Vocabulary::Quota,
        Some(Kind::Reps) => Vocabulary::Rep,
        _ => Vocabulary::Deal,
    };
    let mut notes = Diagnostics::default();
    let binding = bind(&mut table, mapping, vocabulary, &dialects, &mut notes);
    let rows_used = table.rows() as u64;
    let kind = kind.map_or("unknown", Kind::name);
    let found = summary::Found { kind, rows_used, diagnostics: notes.into_vec(), ..summary::Found::default() };
    Ok(summary::receipt(&table, &binding, found))
}
