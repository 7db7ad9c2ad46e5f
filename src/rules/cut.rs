//! Cutting the head and the tail off an article at a marker.

use std::ops::Range;
use std::sync::Arc;

use super::fold::fold;
use super::pattern::MAX_CHARS;
use super::schema::{Marker, MarkerPlace};
use crate::dom::{Dom, NodeId};
use crate::label::{Address, Kind};

/// A finished line and the element it came from.
#[derive(Debug, Clone, Copy)]
pub struct CutLine<'a> {
    /// The line.
    pub text: &'a str,
    /// A node of the page that the line begins in; none for text.
    pub node: Option<NodeId>,
}

/// Lines that a marker cuts off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutHit {
    /// The lines, by their index.
    pub lines: Range<usize>,
    /// What they are.
    pub kind: Kind,
    /// The marker.
    pub rule: Arc<Address>,
    /// Whether the cut is refused, because it would take more than `max_share` of the words.
    pub refused: bool,
}

/// All markers of a chain.
#[derive(Debug, Default)]
pub(super) struct Cut {
    pub(super) start_after: Vec<Arc<Marker>>,
    pub(super) keep_until: Vec<Arc<Marker>>,
    pub(super) max_share: f32,
}

impl Cut {
    /// At most one cut of the head and one of the tail. The first place that any marker names counts.
    pub(super) fn find(&self, lines: &[CutLine<'_>], dom: Option<&Dom<'_>>) -> Vec<CutHit> {
        if self.start_after.is_empty() && self.keep_until.is_empty() {
            return vec![];
        }
        let folded: Vec<Option<String>> = lines.iter().map(|line| short(line.text)).collect();
        let first = |markers: &[Arc<Marker>], ends: bool| {
            let places =
                markers.iter().filter_map(|marker| Some((place(marker, ends, lines, &folded, dom)?, marker)));
            // Of markers at the same place the first, which is the strongest, counts.
            places.min_by_key(|(place, _)| *place).map(|(place, marker)| (place, marker.clone()))
        };
        let words: Vec<usize> = lines.iter().map(|line| line.text.split_whitespace().count()).collect();
        let total: usize = words.iter().sum();
        let hit = |range: Range<usize>, marker: Arc<Marker>| {
            let taken: usize = words[range.clone()].iter().sum();
            let refused = taken as f32 > self.max_share * total as f32;
            CutHit { lines: range, kind: marker.kind, rule: marker.address.clone(), refused }
        };
        let head = first(&self.start_after, true).map(|(end, marker)| hit(0..end, marker));
        let start = head.as_ref().filter(|head| !head.refused).map_or(0, |head| head.lines.end);
        let tail = first(&self.keep_until, false);
        let tail = tail.map(|(place, marker)| hit(place.max(start)..lines.len(), marker));
        head.into_iter().chain(tail).filter(|hit| !hit.lines.is_empty()).collect()
    }
}

fn short(text: &str) -> Option<String> {
    let folded = fold(text);
    (folded.chars().take(MAX_CHARS as usize + 1).count() <= MAX_CHARS as usize).then_some(folded)
}

/// The line at which the marker first stands; with `ends`, one past the last line that belongs to it.
fn place(
    marker: &Marker,
    ends: bool,
    lines: &[CutLine<'_>],
    folded: &[Option<String>],
    dom: Option<&Dom<'_>>,
) -> Option<usize> {
    match &marker.place {
        MarkerPlace::Line(regex) => {
            let matches = |line: &Option<String>| line.as_ref().is_some_and(|line| regex.is_match(line));
            folded.iter().position(matches).map(|at| at + usize::from(ends))
        }
        MarkerPlace::Element(rule) => {
            let dom = dom?;
            let element = *rule.elements(dom).first()?;
            let bound = if ends { dom.end(element) } else { element };
            let before = lines.iter().position(|line| line.node.is_some_and(|node| node >= bound));
            before.or_else(|| {
                ends.then_some(lines.len()).filter(|_| lines.iter().any(|line| line.node.is_some()))
            })
        }
    }
}
