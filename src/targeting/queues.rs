//! The leads that somebody has to look at: routing exceptions, broken promises, and leads that nobody touched.

use super::route::Obstacle;
use super::scored::ScoredLeads;
use super::service::SlaState;
use super::words;
use crate::calendar::Moment;
use crate::crm::FieldRef;
use crate::model::Sla;

/// A list of leads that somebody has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "kebab-case")]
pub enum Queue {
    /// Leads that could not be dealt as the rules say: no rule, nobody free, the account's owner away. None where the model
    /// says nothing of routing.
    Exceptions,
    /// Leads whose answer was due and did not come.
    Breached,
    /// Leads that nobody touched: past their time, or without a promise and older than a day.
    Stalled,
}

impl ScoredLeads {
    /// Whether a lead is in a queue. Disqualified leads and those created after the as-of day are in none.
    #[must_use]
    pub fn is_in(&self, row: usize, queue: Queue) -> bool {
        if !self.is_used(row) || self.disqualified(row).is_some() {
            return false;
        }
        match queue {
            Queue::Exceptions => !self.routes_nothing() && self.assignment(row).exception().is_some(),
            Queue::Breached => self.sla_state(row) == Some(SlaState::Breached),
            Queue::Stalled => self.is_stalled(row),
        }
    }

    /// Whether any lead can be in a queue, as far as that is quickly told.
    pub(crate) fn may_have(&self, queue: Queue) -> bool {
        match queue {
            Queue::Exceptions => !self.routes_nothing(),
            Queue::Breached => self.service.any_due(),
            Queue::Stalled => self.service.any_due() || self.created_column().is_some(),
        }
    }

    fn is_stalled(&self, row: usize) -> bool {
        if self.service.get(row).is_none_or(|service| service.touched != Some(false)) {
            return false;
        }
        match self.sla_state(row) {
            Some(state) => state == SlaState::Breached,
            None => self.age_days(row).is_some_and(|age| age > 1),
        }
    }

    /// When the lead must be answered at the latest.
    #[must_use]
    pub fn due(&self, row: usize) -> Option<Moment> {
        self.service.get(row)?.due
    }

    /// The same as clocks in the model's time zone show it: `2026-03-31 17:00`.
    #[must_use]
    pub fn due_text(&self, row: usize) -> Option<String> {
        let (day, minute) = self.clock.calendar().offsets().local(self.due(row)?);
        Some(format!("{day} {:02}:{:02}", minute / 60, minute % 60))
    }

    /// Whether the promise to the lead is kept; `None` without one.
    #[must_use]
    pub fn sla_state(&self, row: usize) -> Option<SlaState> {
        let service = self.service.get(row)?;
        Some(self.clock.state(service.due?, service))
    }

    /// Hours by which a broken promise is late at the as-of moment: of work where the promise counts in working time.
    #[must_use]
    pub fn hours_late(&self, row: usize) -> Option<f64> {
        let due = self.due(row).filter(|_| self.sla_state(row) == Some(SlaState::Breached))?;
        let rule = self.routing().rules.get(usize::from(self.assignment(row).rule?))?;
        let now = self.clock.now()?;
        let minutes = match rule.sla? {
            Sla::Minutes(_) | Sla::Hours(_) => now.minutes() - due.minutes(),
            Sla::BusinessHours(_) | Sla::BusinessDays(_) => self.clock.calendar().worked(due, now),
        };
        Some(minutes as f64 / 60.0)
    }

    /// Days from the day the lead was created to the as-of day.
    #[must_use]
    pub fn age_days(&self, row: usize) -> Option<u32> {
        let created = self.created.day(self.columns(), row)?;
        u32::try_from(self.as_of().date()?.days_since(created)).ok()
    }

    /// Why the lead is an exception of routing: a code such as `at-capacity`, and a sentence. Where no rule applies
    /// and rules ask for fields that are blank, the code is `missing-field` and the sentence names them.
    #[must_use]
    pub fn exception(&self, row: usize) -> Option<(&'static str, String)> {
        let asked = self.asked_by_routing();
        let code = self.exception_code(row, &asked)?;
        let sentence = self.route_reason(row);
        if code != MISSING_FIELD {
            return Some((code, sentence));
        }
        let mut blank: Vec<String> = Vec::new();
        for field in self.blank_for_routing(row, &asked) {
            let label = field.label();
            if !blank.contains(&label) {
                blank.push(label);
            }
        }
        Some((code, format!("{sentence} ({} unknown)", words::list(&blank, "and"))))
    }

    /// The code alone.
    pub(crate) fn exception_code(&self, row: usize, asked: &Asked) -> Option<&'static str> {
        if self.is_in(row, Queue::Exceptions) { self.code_of_exception(row, asked) } else { None }
    }

    /// The same of a lead that is an exception.
    pub(crate) fn code_of_exception(&self, row: usize, asked: &Asked) -> Option<&'static str> {
        let obstacle = self.assignment(row).exception()?;
        let missing = obstacle == Obstacle::NoRule && self.blank_for_routing(row, asked).next().is_some();
        Some(if missing { MISSING_FIELD } else { obstacle.code() })
    }

    /// The fields that routing asks for.
    pub(crate) fn asked_by_routing(&self) -> Asked {
        let rules = &self.routing().rules;
        let asks_for_segments = rules.iter().any(|rule| rule.segment.is_some());
        let segments = self.model().segments().iter().filter(|_| asks_for_segments);
        Asked {
            by_rules: rules.iter().flat_map(|rule| rule.when.fields()).collect(),
            by_segments: segments.flat_map(|segment| segment.when.fields()).collect(),
        }
    }

    /// The fields that routing asks for and the lead has not, those of segments where it is in none.
    fn blank_for_routing<'a>(&'a self, row: usize, asked: &'a Asked) -> impl Iterator<Item = &'a FieldRef> {
        let in_none = self.segment_index(row).is_none();
        let by_segments = asked.by_segments.iter().filter(move |_| in_none);
        let is_blank = move |field: &&FieldRef| super::segment::filled(self.leads(), field, row).is_none();
        asked.by_rules.iter().chain(by_segments).filter(is_blank)
    }
}

/// The fields that routing rules ask for, and those that segments do where rules ask for segments.
#[derive(Debug)]
pub(crate) struct Asked {
    by_rules: Vec<FieldRef>,
    by_segments: Vec<FieldRef>,
}

/// Code of an exception where rules ask for fields that are blank.
const MISSING_FIELD: &str = "missing-field";
