//! The caps on open elements and on the work they make.
//!
//! html5ever's tree builder is quadratic in the elements that are open at once: for many a tag it walks up their
//! stack, for text in a new paragraph it makes every formatting element anew that was left open in the last one, and
//! it compares a formatting element with all it remembers. So open and remembered elements are counted. Where there
//! are too many, a start tag that would open one more is left out, together with its end tag. Text goes on, and so do
//! elements that cannot have elements inside, so that the text of a page with ten thousand unclosed `<font>` is all
//! there. A page that stays just below that cap for long ends when the walks add up to [`MAX_STEPS`].

use std::cell::Cell;

use html5ever::LocalName;
use html5ever::interface::Tracer;
use html5ever::tree_builder::TreeBuilder;
use rustc_hash::FxHashMap;

use super::build::{Handle, Sink};
use super::names::{Carriage, TagName};

/// Steps that the tree builder may take over elements in one page: about a quarter of a second. A sound page of a million
/// nodes, 40 deep, takes two thirds of them.
const MAX_STEPS: usize = 1 << 26;

/// What comparing two formatting elements with attributes costs, in steps: it copies and sorts them.
const COMPARISON_STEPS: usize = 32;

/// What is to become of a start tag.
pub(super) enum Verdict {
    Feed,
    LeaveOut,
    EndPage,
}

/// Keeps count of what the tree builder walks over: open elements, and formatting elements it remembers.
pub(super) struct Depth {
    limit: usize,
    /// How many there were when they were last counted, and how many nodes the tree had then.
    counted: usize,
    nodes: usize,
    /// How many of them were formatting elements, with those fed since.
    formatting: usize,
    /// Whether an end tag came since, so that there may be fewer.
    closed: bool,
    steps: usize,
    /// Start tags left out, by name, whose end tags are to be left out too.
    ignored: FxHashMap<LocalName, usize>,
}

impl Depth {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            counted: 0,
            nodes: 0,
            formatting: 0,
            closed: false,
            steps: 0,
            ignored: FxHashMap::default(),
        }
    }

    /// Whether a start tag may be fed to the tree builder.
    pub(super) fn start_tag(
        &mut self,
        tag: &TagName,
        has_attributes: bool,
        builder: &TreeBuilder<Handle, Sink>,
    ) -> Verdict {
        let nodes = builder.sink.tree.borrow().drafts.len();
        // A new node adds two at most: an open element that is remembered as well. Counting can wait until that may
        // make a difference, and is of no use where none has come or gone.
        let mut possible = self.counted + 2 * (nodes - self.nodes);
        let is_due = possible >= self.limit.min(2 * self.counted + 64);
        if is_due && (self.closed || nodes != self.nodes) {
            self.count(builder);
            self.nodes = nodes;
            possible = self.counted;
        }
        if possible < self.limit {
            self.ignored.clear();
        } else if !tag.is_leaf {
            *self.ignored.entry(tag.local.clone()).or_default() += 1;
            return Verdict::LeaveOut;
        }
        self.steps += possible;
        if tag.attributes == Carriage::CommonHandle {
            self.steps += self.formatting * if has_attributes { COMPARISON_STEPS } else { 1 };
            self.formatting += 1;
        }
        if self.is_exhausted() { Verdict::EndPage } else { Verdict::Feed }
    }

    /// Takes note of a start tag that went past the tree builder, far from the cap.
    #[inline]
    pub(super) fn passed(&mut self) {
        self.ignored.clear();
    }

    /// Takes note of open elements that were looked at outside of the tree builder.
    #[inline]
    pub(super) fn looked_at(&mut self, elements: usize) {
        self.steps += elements;
    }

    /// Whether the page has taken all the steps that it may.
    #[inline]
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps > MAX_STEPS
    }

    /// Whether an end tag may be fed to the tree builder: not if its start tag was not.
    pub(super) fn end_tag(&mut self, name: &LocalName) -> bool {
        if let Some(open) = self.ignored.get_mut(name)
            && *open > 0
        {
            *open -= 1;
            return false;
        }
        self.closed = true;
        true
    }

    fn count(&mut self, builder: &TreeBuilder<Handle, Sink>) {
        #[derive(Default)]
        struct Counter {
            all: Cell<usize>,
            formatting: Cell<usize>,
        }
        impl Tracer for Counter {
            type Handle = Handle;
            fn trace_handle(&self, handle: &Handle) {
                self.all.set(self.all.get() + 1);
                self.formatting.set(self.formatting.get() + usize::from(handle.is_formatting()));
            }
        }
        let counter = Counter::default();
        builder.trace_handles(&counter);
        (self.counted, self.formatting) = (counter.all.get(), counter.formatting.get());
        self.closed = false;
    }
}
