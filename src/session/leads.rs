//! A list of leads, and once scored, what a model says about it.

use super::{Reader, Reading, misuse, window};
use crate::Error;
use crate::crm::join::Attached;
use crate::crm::{FieldRef, LeadList};
use crate::model::{OperatingModel, Run};
use crate::report::{
    AccountCard, AccountView, AccountsReport, LeadExplanation, LeadReport, LeadRow, LearnColumnReport, LearnReport,
};
use crate::table::write::WriteOptions;
use crate::table::{ProblemFilter, ProblemWindow, Problems, Receipt, Table};
use crate::targeting::learn::{LearnOptions, Learning, OutcomeColumn};
use crate::targeting::{
    AccountList, CutReport, DriftReport, FieldValues, Known, LintReport, MqlReport, Queue, ScoredLeads, View,
};
use std::cell::OnceCell;

/// A list of leads, and once scored, what a model says about it.
///
/// ```
/// use leadcast::model::Preset;
/// use leadcast::session::Leads;
/// let mut leads = Leads::from_records(r#"[{"company": "Acme", "employees": 450}]"#, "{}")?;
/// assert_eq!(leads.csv().unwrap_err().code(), "not-scored");
/// assert_eq!(leads.score(Preset::SalesLed.json(), "{}")?.counts.leads, 1);
/// assert_eq!(leads.window(0, 10)?[0].company, "Acme");
/// # Ok::<(), leadcast::Error>(())
/// ```
#[derive(Debug)]
pub struct Leads {
    list: LeadList,
    /// Gathered when first asked for.
    problems: OnceCell<Problems>,
    scored: Option<ScoredLeads>,
    /// What the last scoring asked of the list.
    known: Known,
    /// Rolled up when first asked for.
    accounts: OnceCell<AccountList>,
    /// The rows of the view, in its order.
    order: Vec<u32>,
    learning: Option<Learning>,
}

impl Leads {
    pub(super) fn new(table: Table, reading: &Reading) -> Result<Self, Error> {
        let list = LeadList::from_table(table, &reading.mapping)?;
        Ok(Self::of(list))
    }

    /// Nothing is known of the list yet.
    fn of(list: LeadList) -> Self {
        Self {
            list,
            problems: OnceCell::new(),
            scored: None,
            known: Known::default(),
            accounts: OnceCell::new(),
            order: Vec::new(),
            learning: None,
        }
    }

    /// A list from a JSON array of records.
    ///
    /// # Errors
    /// `bad-option`, and those of [`Table::from_records`].
    pub fn from_records(records: &str, reading: &str) -> Result<Self, Error> {
        let (table, reading) = Reading::records(records, reading)?;
        Self::new(table, &reading)
    }

    /// What was understood of the file.
    #[must_use]
    pub fn receipt(&self) -> &Receipt {
        self.list.receipt()
    }

    /// Attaches another file; what was scored is to be scored again.
    ///
    /// # Errors
    /// Those of the file and of [`LeadList::attach`].
    pub fn attach(&mut self, file: Reader) -> Result<Attached, Error> {
        let (table, reading) = file.finish()?;
        let (list, attached) = self.list.attach(table, &reading.attaching())?;
        *self = Self::of(list);
        Ok(attached)
    }

    /// Rows with something to say about that pass a filter: `count` of them from the one at `from` on.
    ///
    /// # Errors
    /// `bad-view` for a filter that cannot be read.
    pub fn problems(&self, filter: &str, from: usize, count: usize) -> Result<ProblemWindow, Error> {
        let filter = ProblemFilter::from_json(filter)?;
        Ok(self.problems.get_or_init(|| self.list.problems()).window(&filter, from, count))
    }

    /// The file with its own columns, put right.
    #[must_use]
    pub fn corrected_csv(&self) -> Vec<u8> {
        self.list.corrected_csv(WriteOptions::default())
    }

    /// Scores, segments and routes every lead; the view starts anew.
    ///
    /// # Errors
    /// Those of the model and the run.
    pub fn score(&mut self, model: &str, run: &str) -> Result<LeadReport, Error> {
        let (model, run) = (OperatingModel::from_json(model)?, Run::from_json(run)?);
        // What a list of a million leads came to is big: the old one makes room first.
        (self.scored, self.accounts, self.order) = (None, OnceCell::new(), Vec::new());
        // It takes much room for a while, and only the first time: before the scores do.
        let _ = self.list.fingerprint();
        let scored = self.list.score_again(&model, &run, &mut self.known);
        self.order = scored.view(&View::default())?;
        Ok(self.scored.insert(scored).report())
    }

    /// Sorts and filters; [`window`](Self::window) then counts in what is left.
    ///
    /// # Errors
    /// Those of [`View::from_json`] and [`ScoredLeads::view`]; `not-scored`.
    pub fn view(&mut self, view: &str) -> Result<&[u32], Error> {
        let view = View::from_json(view)?;
        self.order = self.scored()?.view(&view)?;
        Ok(&self.order)
    }

    /// Rows of the view.
    ///
    /// # Errors
    /// `not-scored`.
    pub fn window(&self, from: usize, count: usize) -> Result<Vec<LeadRow>, Error> {
        Ok(self.scored()?.window(window(&self.order, from, count)))
    }

    /// Everything about one lead, by its row in the file.
    ///
    /// # Errors
    /// `not-scored`, `no-such-row`.
    pub fn explain(&self, row: u32) -> Result<LeadExplanation, Error> {
        let explanation = self.scored()?.explain(row);
        explanation.ok_or_else(|| misuse("no-such-row", format!("the list has no row {row}")))
    }

    /// The values of a field, counted; nothing if the file does not have it.
    ///
    /// # Errors
    /// `unknown-field`.
    pub fn values(&self, field: &str) -> Result<Option<FieldValues>, Error> {
        Ok(self.list.values(&field.parse::<FieldRef>()?))
    }

    /// The file with its own columns and the scores behind them.
    ///
    /// # Errors
    /// `not-scored`.
    pub fn csv(&self) -> Result<Vec<u8>, Error> {
        Ok(self.scored()?.to_csv(WriteOptions::default()))
    }

    /// The columns that say how rows ended, the best candidate first.
    ///
    /// # Errors
    /// None in practice.
    pub fn outcome_columns(&self) -> Result<Vec<OutcomeColumn>, Error> {
        self.list.outcome_columns()
    }

    /// What each column is to learning, with the leaks found; options as for [`LearnOptions::from_json`].
    ///
    /// # Errors
    /// Those of the options and of [`LeadList::learn`].
    pub fn learn_columns(&self, options: &str) -> Result<Vec<LearnColumnReport>, Error> {
        self.list.learn_columns_report(&LearnOptions::from_json(options)?)
    }

    /// Makes ready to learn a scorecard from the rows whose outcome is known, in steps.
    ///
    /// # Errors
    /// Those of the options and of [`LeadList::learn`].
    pub fn start_learning(&mut self, options: &str) -> Result<(), Error> {
        self.learning = Some(Learning::new(&self.list, &LearnOptions::from_json(options)?)?);
        Ok(())
    }

    /// Learns one step further; returns the done fraction, in [0, 1].
    ///
    /// # Errors
    /// `not-started`.
    pub fn advance_learning(&mut self) -> Result<f64, Error> {
        let first = || misuse("not-started", "no learning is under way (call start_learning first)");
        Ok(self.learning.as_mut().ok_or_else(first)?.advance())
    }

    /// What was learned; does whatever is not done yet, and ends the learning.
    ///
    /// # Errors
    /// `not-started`.
    pub fn learned(&mut self) -> Result<LearnReport, Error> {
        let first = || misuse("not-started", "no learning is under way (call start_learning first)");
        Ok(self.learning.take().ok_or_else(first)?.finish().report())
    }

    /// Learns a scorecard in one go; options as for [`LearnOptions::from_json`].
    ///
    /// # Errors
    /// Those of the options and of [`LeadList::learn`].
    pub fn learn(&self, options: &str) -> Result<LearnReport, Error> {
        Ok(self.list.learn(&LearnOptions::from_json(options)?)?.report())
    }

    /// What the model's scorecards give to ask about on this list.
    ///
    /// # Errors
    /// `not-scored`.
    pub fn lint(&self) -> Result<LintReport, Error> {
        Ok(self.scored()?.lint())
    }

    /// The MQL thresholds that fit a number of leads that can be worked; none given: the capacities of the pools.
    ///
    /// # Errors
    /// `not-scored`.
    pub fn mql_cuts(&self, capacity: Option<u32>) -> Result<MqlReport, Error> {
        Ok(self.scored()?.mql_cuts(capacity.map(u64::from)))
    }

    /// Cut points of segments that separate win rate × amount better, if there are any.
    ///
    /// # Errors
    /// `not-scored`.
    pub fn cut_points(&self) -> Result<CutReport, Error> {
        Ok(self.scored()?.cut_points())
    }

    /// How far leads, MQLs, won and retained ones are from the profile as written.
    ///
    /// # Errors
    /// `not-scored`.
    pub fn drift(&self) -> Result<DriftReport, Error> {
        Ok(self.scored()?.drift())
    }

    /// The list rolled up to accounts: the summary, and the accounts of a view.
    ///
    /// # Errors
    /// `not-scored`, and those of [`AccountView::from_json`].
    pub fn accounts(&self, view: &str) -> Result<AccountsReport, Error> {
        let (view, scored) = (AccountView::from_json(view)?, self.scored()?);
        Ok(self.accounts.get_or_init(|| scored.accounts()).report(scored, &view))
    }

    /// One account with its people, by its number in the list of accounts.
    ///
    /// # Errors
    /// `not-scored`, `no-such-account`.
    pub fn account(&self, account: u32) -> Result<AccountCard, Error> {
        let scored = self.scored()?;
        let card = self.accounts.get_or_init(|| scored.accounts()).card(scored, account);
        card.ok_or_else(|| misuse("no-such-account", format!("the list has no account {account}")))
    }

    /// The accounts as CSV, best first, each with its people's names by role.
    ///
    /// # Errors
    /// `not-scored`.
    pub fn accounts_csv(&self) -> Result<Vec<u8>, Error> {
        let scored = self.scored()?;
        Ok(self.accounts.get_or_init(|| scored.accounts()).to_csv(scored, WriteOptions::default()))
    }

    /// All leads of a queue as CSV, the most expected value first; the queue is `exceptions`, `breached` or `stalled`.
    ///
    /// # Errors
    /// `not-scored`; `unknown-queue` for another name.
    pub fn queue_csv(&self, queue: &str) -> Result<Vec<u8>, Error> {
        let known = serde_json::from_value::<Queue>(queue.into());
        let message = format!("no queue `{queue}` (known: exceptions, breached, stalled)");
        let queue = known.map_err(|_| misuse("unknown-queue", message))?;
        Ok(self.scored()?.queue_csv(queue, WriteOptions::default()))
    }

    fn scored(&self) -> Result<&ScoredLeads, Error> {
        let first = || misuse("not-scored", "the list is not scored yet (call score first)");
        self.scored.as_ref().ok_or_else(first)
    }
}
