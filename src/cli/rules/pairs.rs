//! The blocks of one document, cleaned with two sets of rules, side by side. Most are the same on both sides; where a
//! strip rule takes an element out of a line, there are more on one.

use std::collections::HashMap;

use copydesk::block::Block;

/// A block of the old and of the new cleaning that are the same place; one without the other where only one side has
/// it.
pub(super) type Pair<'a> = (Option<&'a Block>, Option<&'a Block>);

/// All blocks of both sides, in pairs.
pub(super) fn pairs<'a>(old: &'a [Block], new: &'a [Block]) -> Vec<Pair<'a>> {
    let mut pairs = Vec::with_capacity(old.len());
    let (mut old_at, mut new_at) = (0, 0);
    if old.len() != new.len() {
        // Texts that stand once on each side are the same block.
        let (in_old, in_new) = (places(old), places(new));
        for (at, block) in old.iter().enumerate() {
            if let (Some(Some(_)), Some(Some(other))) = (in_old.get(&*block.text), in_new.get(&*block.text))
                && *other >= new_at
            {
                between(&old[old_at..at], &new[new_at..*other], &mut pairs);
                pairs.push((Some(block), Some(&new[*other])));
                (old_at, new_at) = (at + 1, other + 1);
            }
        }
    }
    between(&old[old_at..], &new[new_at..], &mut pairs);
    pairs
}

/// Where each text stands, if it stands only once.
fn places(blocks: &[Block]) -> HashMap<&str, Option<usize>> {
    let mut places = HashMap::with_capacity(blocks.len());
    for (at, block) in blocks.iter().enumerate() {
        places.entry(&*block.text).and_modify(|place| *place = None).or_insert(Some(at));
    }
    places
}

/// Pairs blocks that are not known by their texts: in order, and where one side has more, kept ones with kept ones.
fn between<'a>(old: &'a [Block], new: &'a [Block], pairs: &mut Vec<Pair<'a>>) {
    if old.len() == new.len() {
        pairs.extend(old.iter().map(Some).zip(new.iter().map(Some)));
        return;
    }
    let parted = |blocks: &'a [Block]| -> (Vec<&'a Block>, Vec<&'a Block>) {
        blocks.iter().partition(|block| block.label.is_kept())
    };
    let ((mut kept_old, gone_old), (mut kept_new, gone_new)) = (parted(old), parted(new));
    let both = kept_old.len().min(kept_new.len());
    pairs.extend(kept_old.drain(..both).map(Some).zip(kept_new.drain(..both).map(Some)));
    // What is kept on one side only has its counterpart among those that went on the other.
    let rest = |kept: Vec<&'a Block>, gone: Vec<&'a Block>| {
        let mut gone = gone.into_iter();
        kept.into_iter().map(move |block| (block, gone.next())).collect::<Vec<_>>()
    };
    pairs.extend(rest(kept_old, gone_new).into_iter().map(|(old, new)| (Some(old), new)));
    pairs.extend(rest(kept_new, gone_old).into_iter().map(|(new, old)| (old, Some(new))));
}

#[cfg(test)]
mod tests {
    use copydesk::block::Form;
    use copydesk::label::{Kind, Label, Reason, Role};

    use super::*;

    /// Blocks by their texts; those with a minus went.
    fn blocks(texts: &str) -> Vec<Block> {
        let block = |text: &str| Block {
            text: text.trim_start_matches('-').to_owned().into(),
            form: Form::Paragraph,
            label: match text.starts_with('-') {
                true => Label::Dropped(Kind::Other),
                false => Label::Kept(Role::Paragraph),
            },
            reason: Reason::Structure("test"),
        };
        texts.split_whitespace().map(block).collect()
    }

    #[test]
    fn blocks_are_paired_by_text_and_else_by_place() {
        for (old, new, wanted) in [
            ("a b c", "a -b c", "a=a b=b c=c"),
            // The same number: place by place.
            ("a b b c", "a x b c", "a=a b=x b=b c=c"),
            // A label at the beginning of a line, and one inside, that are apart now.
            ("a lb c", "a -l b c", "a=a lb=b c=c"),
            ("a bl c", "a b -l c", "a=a bl=b c=c"),
            ("a b -l c", "a bl c", "a=a b=bl c=c"),
            // The line was not kept and is, and the other way round.
            ("a -lb c", "a -l b c", "a=a lb=b c=c"),
            ("a lb c", "a -l -b c", "a=a lb=l c=c"),
            // Repeated texts are no anchors.
            ("s a s lb s", "s a s -l b s", "s=s a=a s=s lb=b s=s"),
            // A refused one stays, apart.
            ("a bl", "a b l", "a=a bl=b =l"),
        ] {
            let (old_blocks, new_blocks) = (blocks(old), blocks(new));
            let of = |block: Option<&Block>| block.map_or("", |block| &block.text).to_owned();
            let told: Vec<String> = pairs(&old_blocks, &new_blocks)
                .into_iter()
                .map(|(old, new)| format!("{}={}", of(old), of(new)))
                .collect();
            assert_eq!(told.join(" "), wanted, "{old} and {new}");
        }
    }
}
