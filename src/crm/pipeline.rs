//! A pipeline export: which column is which, the final status of every deal, a key for every row.

use super::as_of;
use super::bind::{Binding, bind};
use super::deal::Deals;
use super::dialect::{Dialects, Vocabulary};
use super::join::Extras;
use super::quality::{Evidence, Lasting};
use super::rows::Rows;
use super::verdict::Statuses;
use super::{Activity, Contract, DealStatus, Field, Mapping, Quotas, Rep, StageHistory, key, kind, leads};
use crate::calendar::Date;
use crate::money::Currency;
use crate::stats::Arrange;
use crate::table::write::WriteOptions;
use crate::table::{
    Action, Code, Column, ColumnKind, Diagnostics, MOST_PLACES, Problems, RowFate, SameId, Scale, Table,
    write_corrected,
};
use crate::{Error, Place};
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

const MISSING_FIELD: Code = Code::new("missing-field", Action::Kept, "map a column to the field if the file has one");
const MIXED_PERCENT: Code =
    Code::new("mixed-percent", Action::Kept, "write all probabilities of the column in percent or all as shares");
const ROUNDED_ID: Code =
    Code::new("rounded-id", Action::Kept, "export the id as text, without opening the file in a spreadsheet");
const DUPLICATE_ID: Code = Code::new("duplicate-id", Action::Kept, "remove the rows that are not current");

/// A pipeline export: the typed columns, from which the deals of any day are told without reading again.
///
/// ```
/// use leadcast::calendar::Date;
/// use leadcast::crm::{DealStatus, Mapping, Pipeline};
/// use leadcast::money::Currency;
/// use leadcast::table::{ReadOptions, Table};
/// let csv = b"Deal Name,Status,Amount,Created Date,Actual Close Date\nAcme,Won,1000,2025-01-05,2025-03-01\n";
/// let pipeline = Pipeline::from_table(Table::from_csv(csv, &ReadOptions::default())?, &Mapping::default())?;
/// let later = pipeline.as_of(None, Currency::USD);
/// assert_eq!(later.deals[0].status, DealStatus::Won);
/// let before = pipeline.as_of(Some(Date::parse_iso("2025-02-15")?), Currency::USD);
/// assert_eq!(before.deals[0].status, DealStatus::Open);
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pipeline {
    pub(crate) table: Table,
    pub(crate) binding: Binding,
    pub(crate) dialects: Dialects,
    pub(crate) notes: Diagnostics,
    /// Unique key of each row.
    pub(crate) keys: Vec<u64>,
    /// Whether a row repeats an earlier one, id and all.
    pub(crate) copies: Vec<bool>,
    /// What the file finally says of each row.
    pub(crate) statuses: Vec<DealStatus>,
    pub(crate) scale: Scale,
    /// Whether the amount column is filled in only once a deal is closed.
    pub(crate) amount_is_final: bool,
    /// Which of the file's own columns is which field, and what was noted of them.
    own: Arc<(Binding, Diagnostics)>,
    /// What there is from files that were attached.
    pub(super) extras: Arc<Extras>,
    /// The stages as the file's own columns tell them, read when first asked for.
    own_history: Arc<OnceLock<Option<StageHistory>>>,
    /// What holds of the file on every day, judged when first asked for.
    lasting: Arc<OnceLock<Lasting>>,
}

impl Pipeline {
    /// Finds out what the columns mean; `mapping` overrides.
    ///
    /// # Errors
    /// `wrong-kind` for a file that holds no deals (leads without an amount, quotas, activities, contracts, sales
    /// people, stage history), unless `mapping` says what its columns mean. What is missing is said in the receipt.
    pub fn from_table(table: Table, mapping: &Mapping) -> Result<Self, Error> {
        Self::with_dialects(table, mapping, Dialects::built_in()?)
    }

    /// As [`from_table`](Self::from_table), with dialects of one's own.
    ///
    /// # Errors
    /// As [`from_table`](Self::from_table).
    pub fn with_dialects(mut table: Table, mapping: &Mapping, dialects: &Dialects) -> Result<Self, Error> {
        let mut notes = Diagnostics::default();
        let binding = bind(&mut table, mapping, Vocabulary::Deal, dialects, &mut notes);
        let amount = [Field::Amount, Field::ActualAmount].into_iter().any(|f| binding.column_of(f).is_some());
        kind::check_deals(&table, mapping, dialects, amount, &mut notes)?;
        let mut pipeline = Self {
            own: Arc::new((binding.clone(), notes)),
            table,
            binding,
            dialects: dialects.clone(),
            notes: Diagnostics::default(),
            keys: Vec::new(),
            copies: Vec::new(),
            statuses: Vec::new(),
            scale: Scale::Percent,
            amount_is_final: false,
            extras: Arc::default(),
            own_history: Arc::default(),
            lasting: Arc::default(),
        };
        pipeline.assemble();
        Ok(pipeline)
    }

    /// Works out what the columns say, after some were gained too. The keys are those of the file's own columns.
    pub(super) fn assemble(&mut self) {
        let Self { table, binding, dialects, .. } = &*self;
        let (own, mut notes) = (&self.own.0, self.own.1.clone());
        note_missing_fields(binding, &mut notes);
        let statuses = Statuses::new(table, binding, dialects).all(&mut notes);
        let scale = probability_scale(table, binding, &mut notes);
        let amount_is_final = is_final_only(table, binding, &statuses);
        let (keys, copies) = keys(table, own, &mut notes);
        (self.notes, self.statuses, self.scale) = (notes, statuses, scale);
        (self.amount_is_final, self.keys, self.copies) = (amount_is_final, keys, copies);
        self.lasting = Arc::default();
    }

    /// The deals as they stood on a day; without a day, as the file has them.
    ///
    /// A deal created after the day is left out. A deal closed after it is open: its stage, chance and category on
    /// that day are not known, and what was filled in when it closed (actual amount, actual close date) is not used.
    /// `currency` is the currency of amounts beside which the file names none.
    #[must_use]
    pub fn as_of(&self, day: Option<Date>, currency: Currency) -> Deals {
        as_of::deals(self, day, currency)
    }

    /// The newest day on which a deal was created or closed: up to then the file is complete.
    #[must_use]
    pub fn proposed_as_of(&self) -> Option<Date> {
        let created = self.column(Field::CreatedDate);
        let closed = (0..self.table.rows()).filter_map(|row| self.closed_on(row));
        let opened = created.into_iter().flat_map(|column| (0..self.table.rows()).filter_map(|row| column.date(row)));
        closed.chain(opened).filter(|date| as_of::is_near(*date)).max()
    }

    /// Rows and lines with something to say about as the deals stood on a day, in the order of the file.
    #[must_use]
    pub fn problems(&self, day: Option<Date>, currency: Currency) -> Problems {
        let told = as_of::told(self, day, currency);
        Problems::collect(&self.table, &[self.table.diagnostics(), &self.notes, &told, &self.lasting().notes])
    }

    /// What holds of the file on every day.
    pub(crate) fn lasting(&self) -> &Lasting {
        let Self { table, binding, dialects, .. } = self;
        let evidence = Evidence { table, binding, kind: "deals", dialects: Some(dialects) };
        self.lasting.get_or_init(|| Lasting::of(&evidence))
    }

    /// The file with its own columns, put right: dates as ISO, numbers plain, missing words emptied, rows that are no
    /// deals left out. Values that cannot be used are emptied and named in a last column.
    #[must_use]
    pub fn corrected_csv(&self, options: WriteOptions) -> Vec<u8> {
        let deals = as_of::are_deals(self);
        let keep = |row: usize| deals.get(row).copied().unwrap_or(false);
        let percent = self.binding.column_of(Field::Probability).filter(|_| self.scale == Scale::Percent);
        write_corrected(&self.table, &keep, &|row, at| self.unusable(row, at), percent, options)
    }

    /// What a cell says if its field has no use for it.
    fn unusable(&self, row: usize, at: usize) -> Option<String> {
        let text = self.table.columns().get(at).map(|column| column.text(row)).filter(|text| !text.is_empty())?;
        let known = match self.binding.field_of(at)? {
            Field::Currency => self.dialects.currency_of(text).is_some(),
            Field::ForecastCategory => self.dialects.category_of(text).is_some(),
            _ => true,
        };
        (!known).then(|| format!("`{text}`"))
    }

    /// The columns.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Which column is which field.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// SHA-256 over the rows: the same for the same deals in any order of the rows and columns and any spelling of
    /// their numbers and dates.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        let rows = key::fingerprint(&self.table, &leads::labels(&self.table, &self.binding));
        let rows = match self.table.options().effects() {
            Some(effects) => key::with_options(rows, &effects),
            None => rows,
        };
        key::with_attached(rows, &self.extras.fingerprints)
    }

    /// When deals entered their stages: from the files attached, else from the file's own columns (a column per
    /// stage, or the last change). `None` if nothing tells.
    #[must_use]
    pub fn history(&self) -> Option<&StageHistory> {
        let own = || {
            let rows = Rows { table: self.table.clone(), binding: self.binding.clone(), notes: Diagnostics::default() };
            StageHistory::read(rows, &self.dialects).ok().map(|(history, _)| history)
        };
        let attached = self.extras.history.as_ref();
        attached.or_else(|| self.own_history.get_or_init(own).as_ref().filter(|history| !history.events.is_empty()))
    }

    /// What happened with a deal, by date, the oldest first: from the files of activities that were attached.
    #[must_use]
    pub fn activities(&self, row: usize) -> &[Activity] {
        self.extras.activities.of(row)
    }

    /// The contracts of the files that were attached.
    #[must_use]
    pub fn contracts(&self) -> &[Contract] {
        &self.extras.contracts
    }

    /// The quotas of the file that was attached, to propose one for a period.
    #[must_use]
    pub fn quotas(&self) -> Option<&Quotas> {
        self.extras.quotas.as_ref()
    }

    /// The sales people of the files that were attached.
    #[must_use]
    pub fn reps(&self) -> &[Rep] {
        &self.extras.reps
    }

    /// The id of each deal that has one, by its key.
    pub(crate) fn ids(&self) -> BTreeMap<u64, &str> {
        let Some(ids) = self.column(Field::DealId) else { return BTreeMap::new() };
        let named = self.keys.iter().enumerate().map(|(row, key)| (*key, ids.text(row)));
        named.filter(|(_, id)| !id.is_empty()).collect()
    }

    pub(crate) fn column(&self, field: Field) -> Option<&Column> {
        self.table.columns().get(self.binding.column_of(field)?)
    }

    /// The day a closed deal closed, as far as the file says.
    pub(crate) fn closed_on(&self, row: usize) -> Option<Date> {
        let date = |field| self.column(field).and_then(|column| column.date(row));
        let own = match self.statuses.get(row)? {
            DealStatus::Open => return None,
            DealStatus::Won => Field::WonDate,
            DealStatus::Lost => Field::LostDate,
        };
        date(Field::ActualCloseDate).or_else(|| date(own)).or_else(|| date(Field::CloseDate))
    }

    /// Whether the close date column holds what was expected, as another says when deals closed.
    pub(crate) fn close_date_is_expected(&self) -> bool {
        [Field::ActualCloseDate, Field::WonDate, Field::LostDate].into_iter().any(|f| self.column(f).is_some())
    }
}

fn note_missing_fields(binding: &Binding, notes: &mut Diagnostics) {
    let has = |field| binding.column_of(field).is_some();
    let flags = has(Field::IsClosed) || has(Field::IsWon) || has(Field::WonDate);
    let closes = has(Field::CloseDate) || has(Field::ActualCloseDate) || has(Field::WonDate);
    let wanted = [
        (has(Field::Amount) || has(Field::ActualAmount), "the amount (every deal counts as 0)"),
        (has(Field::DealStatus) || has(Field::Stage) || flags, "stage or status (every deal counts as open)"),
        (closes, "the close date (deals fall in no period)"),
    ];
    let missing: Vec<&str> = wanted.into_iter().filter(|(found, _)| !found).map(|(_, what)| what).collect();
    notes.count_many(MISSING_FIELD, missing.len() as u64, Place::default(), "", || {
        format!("no column was found for {}", missing.join(", "))
    });
}

/// Decides the scale of the probabilities for the whole column.
fn probability_scale(table: &Table, binding: &Binding, notes: &mut Diagnostics) -> Scale {
    let column = binding.column_of(Field::Probability).and_then(|at| table.columns().get(at));
    let Some(column) = column else { return Scale::Percent };
    if let ColumnKind::Number(format) = column.kind()
        && format.percent
    {
        return Scale::Percent;
    }
    let given = table.options().column(column.name()).scale;
    let (mut above, mut shares, mut first) = (0_u64, 0_u64, None);
    for row in 0..table.rows() {
        match column.number(row) {
            Some(p) if p > 1.0 => above += 1,
            Some(p) if p > 0.0 && p < 1.0 => {
                shares += 1;
                first = first.or(Some(row));
            }
            _ => {}
        }
    }
    // A few values above 1 among shares are mistakes (1.2), not another scale.
    let scale = given.unwrap_or(if above > shares / 10 { Scale::Percent } else { Scale::Share });
    if given.is_some() {
        return scale;
    }
    if let (Scale::Percent, Some(row)) = (scale, first) {
        let place = Place::line(table.line(row)).in_column(column.name());
        notes.count_many(MIXED_PERCENT, shares, place, column.text(row), || {
            format!("{above} probabilities are above 1 and {shares} between 0 and 1; all are read as percent")
        });
        let is_share = |row: &usize| column.number(*row).is_some_and(|p| p > 0.0 && p < 1.0);
        let rows = (0..table.rows()).filter(is_share).take(MOST_PLACES);
        notes.locate(MIXED_PERCENT, column.name(), rows.map(|row| table.line(row)));
    }
    scale
}

/// Whether amounts are filled in only at the close: blank for open deals, there for closed ones.
fn is_final_only(table: &Table, binding: &Binding, statuses: &[DealStatus]) -> bool {
    let Some(column) = binding.column_of(Field::Amount).and_then(|at| table.columns().get(at)) else { return false };
    let (mut open, mut open_filled, mut closed, mut closed_filled) = (0_u64, 0_u64, 0_u64, 0_u64);
    for (row, status) in statuses.iter().enumerate() {
        let filled = u64::from(!column.text(row).is_empty());
        match status {
            DealStatus::Open => (open, open_filled) = (open + 1, open_filled + filled),
            _ => (closed, closed_filled) = (closed + 1, closed_filled + filled),
        }
    }
    open > 0 && closed > 0 && open_filled * 20 < open && closed_filled * 2 > closed
}

/// Cells that do not change in a deal's life, for deals without an id.
const LASTING: [Field; 9] = [
    Field::DealName,
    Field::Account,
    Field::AccountId,
    Field::Contact,
    Field::Product,
    Field::Segment,
    Field::Source,
    Field::Type,
    Field::CreatedDate,
];

/// A unique key per row: of the id, else of the lasting cells; equal ones numbered in content order.
fn keys(table: &Table, binding: &Binding, notes: &mut Diagnostics) -> (Vec<u64>, Vec<bool>) {
    let mut buffer = Vec::new();
    let id = binding.column_of(Field::DealId);
    let lasting: Vec<usize> = LASTING.iter().filter_map(|field| binding.column_of(*field)).collect();
    let mut labelled: Vec<(Field, usize)> = binding.fields().collect();
    labelled.arrange();
    let all: Vec<usize> = labelled.into_iter().map(|(_, at)| at).collect();
    let own = if lasting.is_empty() { &all } else { &lasting };
    let has_id = |row: usize| id.filter(|at| table.columns().get(*at).is_some_and(|c| !c.text(row).is_empty()));
    let mut keys = Vec::with_capacity(table.rows());
    let mut content = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        let key = match has_id(row) {
            Some(at) => key::hash_cells(table, row, std::iter::once(at), &mut buffer),
            None => key::hash_cells(table, row, own.iter().copied(), &mut buffer),
        };
        keys.push(key);
        content.push(key::hash_cells(table, row, all.iter().copied(), &mut buffer));
    }
    let mut copies = vec![false; keys.len()];
    if let Some(at) = id {
        let whole: Vec<usize> = (0..table.columns().len()).collect();
        let mut seen: HashMap<u64, Vec<u64>> = HashMap::new();
        let column = &table.columns()[at];
        let kept = table.options().rows.duplicates == Some(RowFate::Keep);
        for (row, key) in keys.iter().enumerate().filter(|(row, _)| has_id(*row).is_some()) {
            note_rounded(column, row, table, notes);
            let before = seen.entry(*key).or_default();
            let row_hash = key::hash_cells(table, row, whole.iter().copied(), &mut buffer);
            copies[row] = before.contains(&row_hash) && !kept;
            if !before.is_empty() && !copies[row] {
                let place = Place::line(table.line(row)).in_column(column.name());
                notes.count(DUPLICATE_ID, place, column.text(row), || {
                    "several rows have the same id and different values; all are kept".to_owned()
                });
            }
            if !copies[row] {
                before.push(row_hash);
            }
        }
    }
    if table.options().rows.same_id == Some(SameId::Latest) {
        leave_older(table, binding, &keys, &has_id, &mut copies);
    }
    key::number_equal_keys(&mut keys, &content, &copies);
    (keys, copies)
}

/// Of rows with the same id, marks all but the one with the latest day as copies.
fn leave_older(
    table: &Table,
    binding: &Binding,
    keys: &[u64],
    has_id: &dyn Fn(usize) -> Option<usize>,
    copies: &mut [bool],
) {
    let days: Vec<&Column> = [Field::LastActivity, Field::StageChanged, Field::CreatedDate]
        .iter()
        .filter_map(|field| table.columns().get(binding.column_of(*field)?))
        .collect();
    let day = |row: usize| days.iter().map(|column| column.date(row)).collect::<Vec<_>>();
    let mut latest: HashMap<u64, usize> = HashMap::new();
    for (row, key) in keys.iter().enumerate().filter(|(row, _)| has_id(*row).is_some()) {
        let best = latest.entry(*key).or_insert(row);
        if day(row) > day(*best) {
            *best = row;
        }
    }
    for (row, key) in keys.iter().enumerate() {
        if latest.get(key).is_some_and(|best| *best != row) && has_id(row).is_some() {
            copies[row] = true;
        }
    }
}

/// Says so if an id was rounded by a spreadsheet: `1.23457E+17` may stand for many.
fn note_rounded(column: &Column, row: usize, table: &Table, notes: &mut Diagnostics) {
    let text = column.text(row);
    let rounded = text.split_once(['E', 'e']).is_some_and(|(digits, power)| {
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        is_number(digits) && power.strip_prefix('+').is_some_and(is_number)
    });
    if rounded {
        let place = Place::line(table.line(row)).in_column(column.name());
        notes.count(ROUNDED_ID, place, text, || {
            "ids were rounded by a spreadsheet: different deals may share one".to_owned()
        });
    }
}
