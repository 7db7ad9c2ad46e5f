//! The cap on open elements.
//!
//! html5ever's tree builder is quadratic in the elements that are open at once: for many a tag it walks up their
//! stack, and for text in a new paragraph it makes every formatting element anew that was left open in the last one.
//! So both are counted, and where there are too many, a start tag that would open one more is left out, together with
//! its end tag. Text goes on, and so do elements that cannot have elements inside, so that the text of a page with
//! ten thousand unclosed `<font>` is all there.

use std::cell::Cell;

use html5ever::LocalName;
use html5ever::interface::Tracer;
use html5ever::tree_builder::TreeBuilder;
use rustc_hash::FxHashMap;

use super::build::{Handle, Sink};
use super::names::TagName;

/// Keeps count of what the tree builder walks over: open elements, and formatting elements it remembers.
pub(super) struct Depth {
    limit: usize,
    /// How many there were when they were last counted, and how many nodes the tree had then.
    counted: usize,
    nodes: usize,
    /// Whether an end tag came since, so that there may be fewer.
    closed: bool,
    /// Start tags left out, by name, whose end tags are to be left out too.
    ignored: FxHashMap<LocalName, usize>,
}

impl Depth {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, counted: 0, nodes: 0, closed: false, ignored: FxHashMap::default() }
    }

    /// Whether a start tag may be fed to the tree builder.
    pub(super) fn allows(&mut self, tag: &TagName, builder: &TreeBuilder<Handle, Sink>) -> bool {
        let nodes = builder.sink.tree.borrow().drafts.len();
        // A new node adds two at most: an open element that is remembered as well. Counting can wait until that many
        // nodes may be too many, and is of no use where none has come or gone.
        let possible = self.counted + 2 * (nodes - self.nodes);
        if possible >= self.limit && (self.closed || nodes != self.nodes) {
            self.counted = count(builder);
            (self.nodes, self.closed) = (nodes, false);
        } else if possible < self.limit {
            return true;
        }
        if self.counted < self.limit {
            self.ignored.clear();
            return true;
        }
        if tag.is_leaf {
            return true;
        }
        *self.ignored.entry(tag.local.clone()).or_default() += 1;
        false
    }

    /// Whether an end tag may be fed to the tree builder: not if its start tag was not.
    pub(super) fn closes(&mut self, name: &LocalName) -> bool {
        if let Some(open) = self.ignored.get_mut(name)
            && *open > 0
        {
            *open -= 1;
            return false;
        }
        self.closed = true;
        true
    }
}

/// Open elements and remembered formatting elements of a tree builder.
fn count(builder: &TreeBuilder<Handle, Sink>) -> usize {
    struct Counter(Cell<usize>);
    impl Tracer for Counter {
        type Handle = Handle;
        fn trace_handle(&self, _: &Handle) {
            self.0.set(self.0.get() + 1);
        }
    }
    let counter = Counter(Cell::new(0));
    builder.trace_handles(&counter);
    counter.0.get()
}
