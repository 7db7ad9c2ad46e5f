//! The buffers of the last tree, for the next one: a worker's pages are of a size, and fresh memory costs more
//! than the writing.

use std::cell::RefCell;

use super::names::Names;
use super::{Attr, Node};

type Buffers = (Vec<Node>, Vec<Attr>, String, Names);

thread_local! {
    static SPARE: RefCell<Buffers> = RefCell::default();
}

/// Bytes of a buffer that is kept at most: those of a huge page are given back.
const MAX_KEPT: usize = 4 << 20;

/// Names of a page whose buffers are kept at most.
const MAX_NAMES: usize = 1 << 10;

/// Empty buffers with room, if there are some.
pub(super) fn take() -> Buffers {
    SPARE.take()
}

/// Keeps the buffers of a tree that is dropped.
pub(super) fn keep((mut nodes, mut attrs, mut text, names): Buffers) {
    let bytes = [nodes.capacity() * size_of::<Node>(), attrs.capacity() * size_of::<Attr>(), text.capacity()];
    if bytes.into_iter().any(|bytes| bytes > MAX_KEPT) || names.len() > MAX_NAMES {
        return;
    }
    nodes.clear();
    attrs.clear();
    text.clear();
    // A tree may be dropped while its thread ends.
    let _ = SPARE.try_with(|spare| spare.replace((nodes, attrs, text, names)));
}
