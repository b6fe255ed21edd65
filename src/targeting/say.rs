//! A lead in one sentence that a rep can say aloud.

use super::reasons::{Candidate, Effect};
use super::score::AxisName;
use super::scored::ScoredLeads;
use super::words;
use crate::crm::Field;

impl ScoredLeads {
    /// The lead in one plain sentence: `Ada Li at Acme is an A2: strong fit (200–1,000 employees) and active (asked for
    /// a demo), but title is not known.`
    #[must_use]
    pub fn sentence(&self, row: usize) -> String {
        self.sentence_of(row, &self.candidates(row))
    }

    /// The sentence, where the lead's reasons have been gathered already.
    pub(super) fn sentence_of(&self, row: usize, reasons: &[Candidate]) -> String {
        let who = self.who(row);
        if !self.is_used(row) {
            return format!("{who} was created after the as-of day.");
        }
        if let Some(reason) = self.disqualified(row) {
            return format!("{who} is out: {reason}.");
        }
        let grade = self.grade(row);
        let speaking = |axis: AxisName| {
            // What little speaks for a poor lead would read as praise.
            let poor = if axis == AxisName::Fit { grade.fit_letter() == 'D' } else { grade.engagement_digit() == '4' };
            let up = reasons.iter().filter(|reason| !poor && reason.axis() == axis && reason.effect() == Effect::Up);
            let names: Vec<String> = up.take(2).filter_map(|reason| self.about(row, reason)).collect();
            if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) }
        };
        let fit = match grade.fit_letter() {
            'A' => "strong fit",
            'B' => "good fit",
            'C' => "weak fit",
            'D' => "poor fit",
            _ => "fit not known",
        };
        let engagement = match grade.engagement_digit() {
            '1' => "very active",
            '2' => "active",
            '3' => "hardly active",
            '4' => "not active",
            _ => "activity not known",
        };
        let article = if grade.fit_letter() == 'A' { "an" } else { "a" };
        let (label, graded) = (grade.label(), grade.label() != "––");
        let label = if graded { format!("{article} {label}") } else { "not graded".to_owned() };
        let mut sentence = format!(
            "{who} is {label}: {fit}{} and {engagement}{}",
            speaking(AxisName::Fit),
            speaking(AxisName::Engagement)
        );
        let first = |effect: Effect| reasons.iter().find(|reason| reason.effect() == effect);
        if let Some(about) = first(Effect::Down).and_then(|reason| self.about(row, reason)) {
            sentence.push_str(", against it: ");
            sentence.push_str(&about);
        } else if graded && let Some(about) = self.open(row, reasons).and_then(|reason| self.about(row, reason)) {
            sentence.push_str(", but ");
            sentence.push_str(&about);
            sentence.push_str(" not known");
        }
        sentence.push('.');
        sentence
    }

    /// What most keeps the lead from a score that is known: of the blank fields none that could not move it.
    fn open<'a>(&self, row: usize, reasons: &'a [Candidate]) -> Option<&'a Candidate> {
        let mut unknown = reasons.iter().filter(|reason| reason.effect() == Effect::Unknown).peekable();
        unknown.peek()?;
        let (card, moving) = (self.card(row)?, self.worth_filling(row));
        unknown.find(|reason| {
            let asked = reason.asks(card.axis(reason.axis()));
            asked.is_empty() || moving.iter().any(|worth| asked.contains(&worth.field))
        })
    }

    fn who(&self, row: usize) -> String {
        let (name, company) = (self.name(row), self.text(Field::Company, row));
        match (name.is_empty(), company.is_empty() || company == name) {
            (true, true) => match self.id(row) {
                "" => "This lead".to_owned(),
                id => format!("Lead {id}"),
            },
            (true, false) => company.to_owned(),
            (false, true) => name,
            (false, false) => format!("{name} at {company}"),
        }
    }
}

/// `title is`, `title and phone are`.
pub(super) fn not_known(labels: &[String]) -> String {
    let verb = if labels.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", words::list(labels, "and"))
}
