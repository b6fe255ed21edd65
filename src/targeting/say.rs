//! A lead in one sentence that a rep can say aloud.

use super::reasons::Effect;
use super::scored::ScoredLeads;
use super::words;
use crate::crm::Field;

impl ScoredLeads {
    /// The lead in one plain sentence: `Ada Li at Acme is an A2: strong fit (200–1,000 employees) and active (asked for
    /// a demo), but title is not known.`
    #[must_use]
    pub fn sentence(&self, row: usize) -> String {
        let who = self.who(row);
        if !self.is_used(row) {
            return format!("{who} was created after the as-of day.");
        }
        if let Some(reason) = self.disqualified(row) {
            return format!("{who} is out: {reason}.");
        }
        let grade = self.grade(row);
        let reasons = self.all_reasons(row);
        let speaking = |axis: super::AxisName| {
            let mut up = reasons.iter().filter(|reason| reason.axis == axis && reason.effect == Effect::Up);
            let names: Vec<String> = up.by_ref().take(2).map(|reason| reason.about.clone()).collect();
            // What little speaks for a poor lead would read as praise.
            let poor =
                if axis == super::AxisName::Fit { grade.fit_letter() == 'D' } else { grade.engagement_digit() == '4' };
            if names.is_empty() || poor { String::new() } else { format!(" ({})", names.join(", ")) }
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
        let label =
            if grade.label() == "––" { "not graded".to_owned() } else { format!("{article} {}", grade.label()) };
        let mut sentence = format!(
            "{who} is {label}: {fit}{} and {engagement}{}",
            speaking(super::AxisName::Fit),
            speaking(super::AxisName::Engagement)
        );
        let against = reasons.iter().find(|reason| reason.effect == Effect::Down);
        let unknown = reasons.iter().find(|reason| reason.effect == Effect::Unknown);
        if let Some(reason) = against {
            sentence.push_str(&format!(", against it: {}", reason.about));
        } else if let Some(reason) = unknown.filter(|_| grade.label() != "––") {
            sentence.push_str(&format!(", but {} not known", reason.about));
        }
        sentence.push('.');
        sentence
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
