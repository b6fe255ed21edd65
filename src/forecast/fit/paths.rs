//! The stages that each deal went through, told apart by number.

use super::history::SeenDeal;
use crate::calendar::Date;
use crate::crm::{Deal, DealStatus, HistoryShape, Pipeline, StageEvent, StageHistory};
use crate::model::fold;
use crate::stats::Arrange;
use std::collections::BTreeMap;

/// Most stages that are told apart; of more, those that most deals entered.
const MOST: usize = 24;
/// The number of a stage that is not told apart.
pub(crate) const UNTOLD: u16 = u16::MAX;

/// The history of stages of a pipeline.
#[derive(Debug, Default)]
pub(super) struct Paths<'a> {
    history: Option<&'a StageHistory>,
    numbers: BTreeMap<String, u16>,
    /// The stages told apart, folded and as written, in alphabetical order.
    pub(super) stages: Vec<[String; 2]>,
    /// Mean days after its first stage at which a deal enters each.
    lateness: Vec<f64>,
}

impl<'a> Paths<'a> {
    /// The open stages that a history names. The last change alone says nothing of deals that have closed: with it, no deal
    /// would ever have closed from a stage.
    pub(super) fn of(pipeline: &'a Pipeline) -> Self {
        let Some(history) = pipeline.history().filter(|history| history.shape != HistoryShape::LastChange) else {
            return Self::default();
        };
        let mut counts: BTreeMap<String, (usize, i64)> = BTreeMap::new();
        // The smallest spelling, not the first: no row order may change a report.
        let mut written: BTreeMap<String, &str> = BTreeMap::new();
        let mut add = |stage: &'a str, days: i32| {
            let ends = matches!(pipeline.dialects.status_of(stage), Some(DealStatus::Won | DealStatus::Lost));
            if !ends && !stage.is_empty() {
                let spelling = written.entry(fold(stage)).or_insert(stage);
                *spelling = (*spelling).min(stage);
                let count = counts.entry(fold(stage)).or_default();
                *count = (count.0 + 1, count.1 + i64::from(days));
            }
        };
        let mut first: Option<&StageEvent> = None;
        for event in &history.events {
            let begins = first.is_none_or(|first| first.deal != event.deal);
            if begins {
                first = Some(event);
                add(&event.left, 0);
            }
            let after = i32::from(!event.left.is_empty());
            add(&event.stage, after + first.map_or(0, |first| event.entered.days_since(first.entered)));
        }
        let mut stages: Vec<(String, (usize, i64))> = counts.into_iter().collect();
        stages.arrange_by(|(a, n), (b, m)| m.0.cmp(&n.0).then_with(|| a.cmp(b)));
        let most = stages.len().min(MOST);
        let (told, rare) = stages.split_at_mut(most);
        told.arrange_by(|(a, _), (b, _)| a.cmp(b));
        let lateness = told.iter().map(|(_, (count, days))| *days as f64 / *count as f64).collect();
        let as_written = |name: &String| written.get(name).map_or(String::new(), |text| (*text).to_owned());
        let names: Vec<[String; 2]> = told.iter().map(|(name, _)| [name.clone(), as_written(name)]).collect();
        let mut numbers: BTreeMap<String, u16> = rare.iter().map(|(name, _)| (name.clone(), UNTOLD)).collect();
        numbers.extend(names.iter().enumerate().map(|(at, [name, _])| (name.clone(), at as u16)));
        Self { history: Some(history), numbers, stages: names, lateness }
    }

    /// The stages of a deal, by the day it entered them, up to the day it closed.
    pub(super) fn of_deal(&self, deal: &Deal, closed: Option<i32>) -> Vec<(i32, u16)> {
        let Some(history) = self.history.filter(|_| !deal.id.is_empty()) else { return Vec::new() };
        let before = |day: Date| closed.is_none_or(|closed| day.days() < closed);
        let told = history.of(&deal.id).iter().filter(|event| before(event.entered));
        let mut path: Vec<(i32, u16)> = Vec::new();
        // A log of changes alone begins with the first: what was left then, the deal was in from its beginning.
        let begun =
            history.of(&deal.id).first().and_then(|event| Some((self.numbers.get(&fold(&event.left))?, event.entered)));
        if let (Some((number, left)), Some(created)) = (begun, deal.created)
            && created < left
        {
            path.push((created.days(), *number));
        }
        for event in told {
            // What ends a deal is not a stage of it.
            let Some(number) = self.numbers.get(&fold(&event.stage)).copied() else { continue };
            let day = event.entered.days();
            let late = |stage: u16| self.lateness.get(usize::from(stage)).copied().unwrap_or(-1.0);
            match path.last_mut() {
                // Of several stages of a day, the one that deals reach last: in what order they came, days do not say.
                Some(last) if last.0 == day => last.1 = if late(number) > late(last.1) { number } else { last.1 },
                _ => path.push((day, number)),
            }
        }
        path.dedup_by_key(|(_, stage)| *stage);
        path
    }
}

/// A stretch of days in one stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stay {
    pub(super) stage: u16,
    /// First and last day at risk in it.
    pub(super) from: i32,
    pub(super) to: i32,
    /// The stage it was left for, if that is told apart.
    pub(super) next: Option<u16>,
}

impl SeenDeal {
    /// The stage it is in, if a history tells.
    pub(crate) fn stage(&self) -> Option<u16> {
        self.path.last().map(|(_, stage)| *stage).filter(|stage| *stage != UNTOLD)
    }

    /// The stretches of the days `from` to `to` that it spent in stages told apart.
    pub(super) fn stays(&self, from: i32, to: i32) -> impl Iterator<Item = Stay> + '_ {
        self.path.iter().enumerate().filter_map(move |(at, &(entered, stage))| {
            let next = self.path.get(at + 1);
            // The day on which it moves on belongs to the next stage.
            let last = next.map_or(to, |(day, _)| (day - 1).min(to));
            let next =
                next.filter(|(day, stage)| (from..=to).contains(day) && *stage != UNTOLD).map(|(_, stage)| *stage);
            let stay = Stay { stage, from: entered.max(from), to: last, next };
            (stage != UNTOLD && stay.from <= stay.to).then_some(stay)
        })
    }
}
