//! Whether promises of an answer are kept: when each lead is due, and whether somebody was in touch.
//!
//! A file often knows only days. Then a lead counts as created at the end of its day and an activity of that day as an
//! answer, so that a breach which is reported is certain.

use crate::calendar::{Date, Moment, WorkCalendar};
use crate::crm::{Activity, Direction, Field, FieldRef, LeadList};
use crate::model::{Meta, Run, Sla};
use crate::table::Column;

/// Whether a promise of an answer is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "wasm", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "kebab-case")]
pub enum SlaState {
    /// Somebody was in touch since the lead was created, and not too late as far as the file tells.
    Answered,
    /// The first that anybody was in touch was after the time was over.
    Late,
    /// Not answered and not yet due.
    Open,
    /// Not answered, and the time is over.
    Breached,
    /// The time is over, and the file does not say whether somebody was in touch.
    Unknown,
}

impl SlaState {
    /// The name used in JSON, such as `breached`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Late => "late",
            Self::Open => "open",
            Self::Breached => "breached",
            Self::Unknown => "unknown",
        }
    }
}

/// The clock of a list: working time, the as-of moment, and the columns that say when something happened.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    calendar: WorkCalendar,
    now: Option<Moment>,
    created: Option<Spans>,
    activity: Option<Spans>,
    /// Whether files of activities are attached.
    logged: bool,
}

/// A moment that a cell leaves open to a day: its earliest and its latest reading.
#[derive(Debug, Clone, Copy)]
struct Span {
    earliest: Moment,
    latest: Moment,
}

/// When something happened, read once per distinct word where words repeat.
#[derive(Debug, Clone)]
struct Spans {
    column: usize,
    by_word: Option<Vec<Option<Span>>>,
}

impl Spans {
    fn of(leads: &LeadList, at: usize, calendar: &WorkCalendar) -> Option<Self> {
        let column = leads.table().columns().get(at)?;
        let read = |(_, row)| span(column, row, calendar);
        let by_word = column.words().is_some().then(|| column.cells().tally().into_iter().map(read).collect());
        Some(Self { column: at, by_word })
    }
}

/// What became of the promise to a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Service {
    /// When an answer is due; `None` without a promise, or where the created date is not known.
    pub(crate) due: Option<Moment>,
    /// Whether somebody was in touch; `None` if the file does not say.
    pub(crate) touched: Option<bool>,
    /// Whether the first touch was after the due moment, where a file of activities tells.
    pub(crate) late: bool,
}

/// What became of the promises to all leads of a list, a byte each where nothing was promised.
#[derive(Debug, Clone, Default)]
pub(crate) struct Services {
    rows: usize,
    /// Minutes since 1970, [`NEVER`] without a due moment; empty if there is none at all.
    due: Vec<i64>,
    /// Touched, and whether late; empty if of no lead anything is known.
    known: Vec<(Option<bool>, bool)>,
}

/// Stands for no due moment.
const NEVER: i64 = i64::MIN;

impl Services {
    fn push(&mut self, service: Service) {
        if let Some(due) = service.due {
            self.due.resize(self.rows, NEVER);
            self.due.push(due.minutes());
        } else if !self.due.is_empty() {
            self.due.push(NEVER);
        }
        if service.touched.is_some() || service.late {
            self.known.resize(self.rows, (None, false));
            self.known.push((service.touched, service.late));
        } else if !self.known.is_empty() {
            self.known.push((None, false));
        }
        self.rows += 1;
    }

    /// Whether some lead was promised an answer by a moment that is known.
    pub(crate) fn any_due(&self) -> bool {
        !self.due.is_empty()
    }

    /// What became of the promise to the lead of a row.
    pub(crate) fn get(&self, row: usize) -> Option<Service> {
        let due = self.due.get(row).copied().filter(|due| *due != NEVER).map(Moment::from_minutes);
        let (touched, late) = self.known.get(row).copied().unwrap_or_default();
        (row < self.rows).then_some(Service { due, touched, late })
    }
}

impl Clock {
    /// What became of the promises to all leads; `promise` and `worked` say of a row what is known otherwise, unless
    /// `promised` says that neither ever does.
    pub(crate) fn services(
        &self,
        leads: &LeadList,
        promised: bool,
        promise: impl Fn(usize) -> Option<Sla>,
        worked: impl Fn(usize) -> bool,
    ) -> Services {
        let mut services = Services::default();
        if !promised && !self.logged && self.created.is_none() {
            // Only the column of last activities tells, and its words settle it.
            services.rows = leads.rows();
            let columns = leads.table().columns();
            let Some(activity) = &self.activity else { return services };
            let touched: Vec<(Option<bool>, bool)> = match &activity.by_word {
                Some(by_word) => by_word.iter().map(|span| (self.touched_since(*span, None), false)).collect(),
                None => (0..leads.rows()).map(|row| (self.touched(columns, row), false)).collect(),
            };
            let code = |row| columns.get(activity.column).and_then(|column| column.word(row));
            let of = |row| touched.get(if activity.by_word.is_some() { code(row)? } else { row }).copied();
            services.known = (0..leads.rows()).map(|row| of(row).unwrap_or_default()).collect();
            return services;
        }
        (0..leads.rows()).for_each(|row| services.push(self.service(leads, row, promise(row), worked(row))));
        services
    }

    pub(crate) fn service(&self, leads: &LeadList, row: usize, promise: Option<Sla>, worked: bool) -> Service {
        let columns = leads.table().columns();
        let due = promise.and_then(|sla| self.due(columns, row, sla));
        let first = self.first_touch(leads, row);
        // An activity of the log is known by its day; only a later day than the due one is certainly late.
        let late = first.zip(due).is_some_and(|(day, due)| self.calendar.offsets().moment(day, 0) >= due);
        let stated = self.touched(columns, row);
        let touched = match first {
            _ if worked => Some(true),
            Some(_) => Some(true),
            // The log knows who was active; a last-activity column does not, so it tells of days alone that the log does not know.
            None if self.logged => Some(stated == Some(true) && !self.logs_stated(leads, row)),
            None => stated,
        };
        Service { due, touched, late }
    }

    /// Whether the log has an activity of the day on which the list states the last one.
    fn logs_stated(&self, leads: &LeadList, row: usize) -> bool {
        let column = self.activity.as_ref().and_then(|stated| leads.table().columns().get(stated.column));
        let day = column.and_then(|column| column.date(row));
        leads.activities(row).iter().any(|activity| Some(activity.date) == day)
    }

    /// The day of our first activity with the lead since it was created, as attached files of activities tell.
    fn first_touch(&self, leads: &LeadList, row: usize) -> Option<Date> {
        if !self.logged {
            return None;
        }
        let created = self.span(leads.table().columns(), self.created.as_ref(), row).map(|span| span.earliest);
        let created = created.map(|moment| self.calendar.offsets().local(moment).0);
        let last = self.now.map(|now| self.calendar.offsets().local(now.plus(-1)).0);
        let counts = |activity: &&Activity| {
            activity.direction != Direction::Inbound
                && created.is_none_or(|day| activity.date >= day)
                && last.is_none_or(|day| activity.date <= day)
        };
        leads.activities(row).iter().find(counts).map(|activity| activity.date)
    }

    pub(crate) fn of(leads: &LeadList, meta: &Meta, run: &Run, as_of: Option<Date>) -> Self {
        let hours = meta.working_hours;
        let holidays = meta.holidays.clone();
        let calendar =
            WorkCalendar::new(hours.start_minute, hours.end_minute, hours.days, holidays, run.utc_offsets.clone());
        let now = as_of.map(|day| calendar.offsets().moment(day, 1_440));
        let logged = (0..leads.rows()).any(|row| !leads.activities(row).is_empty());
        let spans = |column| Spans::of(leads, column, &calendar);
        let created = leads.column_of(&FieldRef::Known(Field::Created)).and_then(spans);
        let activity = leads.stated_last_activity().and_then(spans);
        Self { calendar, now, created, activity, logged }
    }

    pub(crate) fn calendar(&self) -> &WorkCalendar {
        &self.calendar
    }

    /// The end of the as-of day.
    pub(crate) fn now(&self) -> Option<Moment> {
        self.now
    }

    /// When an answer is due; `None` if the lead's created date is not known.
    pub(crate) fn due(&self, columns: &[Column], row: usize, sla: Sla) -> Option<Moment> {
        let from = self.span(columns, self.created.as_ref(), row)?.latest;
        match sla {
            Sla::Minutes(minutes) => Some(from.plus(i64::from(minutes))),
            Sla::Hours(hours) => Some(from.plus(i64::from(hours) * 60)),
            Sla::BusinessHours(hours) => self.calendar.after(from, hours.saturating_mul(60)),
            Sla::BusinessDays(days) => {
                // A lead created some time on a day: the day itself is not one of the days to answer in.
                let day = self.span(columns, self.created.as_ref(), row)?.earliest;
                self.calendar.days_after(day, days)
            }
        }
    }

    /// Whether somebody was in touch since the lead was created; `None` if the file does not say.
    pub(crate) fn touched(&self, columns: &[Column], row: usize) -> Option<bool> {
        let activity = self.activity.as_ref()?;
        let created = self.span(columns, self.created.as_ref(), row);
        self.touched_since(self.span(columns, Some(activity), row), created)
    }

    /// Whether the last activity was a touch of a lead created then.
    fn touched_since(&self, activity: Option<Span>, created: Option<Span>) -> Option<bool> {
        let Some(activity) = activity else { return Some(false) };
        // What happened after the as-of day is not known yet.
        if self.now.is_some_and(|now| activity.earliest >= now) {
            return Some(false);
        }
        Some(created.is_none_or(|created| {
            // The activity that created the lead is no answer to it.
            let same = created.earliest == created.latest && activity.earliest == activity.latest;
            if same { activity.latest > created.earliest } else { activity.latest >= created.earliest }
        }))
    }

    /// Whether a promise is kept.
    pub(crate) fn state(&self, due: Moment, service: Service) -> SlaState {
        let over = self.now.is_some_and(|now| due <= now);
        match (service.touched, over) {
            (Some(true), _) if service.late => SlaState::Late,
            (Some(true), _) => SlaState::Answered,
            (_, false) => SlaState::Open,
            (Some(false), true) => SlaState::Breached,
            (None, true) => SlaState::Unknown,
        }
    }

    fn span(&self, columns: &[Column], spans: Option<&Spans>, row: usize) -> Option<Span> {
        let spans = spans?;
        let column = columns.get(spans.column)?;
        match &spans.by_word {
            Some(by_word) => *by_word.get(column.word(row)?)?,
            None => span(column, row, &self.calendar),
        }
    }
}

fn span(column: &Column, row: usize, calendar: &WorkCalendar) -> Option<Span> {
    let day = column.date(row)?;
    let at = |minute| calendar.offsets().moment(day, minute);
    Some(match column.time(row) {
        None => Span { earliest: at(0), latest: at(1_440) },
        Some(time) => {
            let moment = match time.offset {
                Some(offset) => {
                    Moment::from_minutes(i64::from(day.days()) * 1_440 + i64::from(time.minute) - i64::from(offset))
                }
                None => at(time.minute),
            };
            Span { earliest: moment, latest: moment }
        }
    })
}
