//! XPath as selectors of rule files: CSS with modifiers where that says the same, XPath where it does not.

use super::xpath::{Axis, Expr, Path, Start, Step, Test};
use crate::dom::select::Selector;
use crate::rules::{quoted, quoted_regex};

/// A selector of a rule file, in its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Picked {
    css: String,
    text: Option<String>,
    own_text: Option<String>,
    up: Option<String>,
    nth: Option<i64>,
    attr: Option<String>,
    after: Option<String>,
    before: Option<String>,
    /// Instead of CSS: `content` of a `<meta>`, or a constant.
    start: Option<(&'static str, String)>,
}

/// Why an expression has no form in CSS.
type Untold = &'static str;

impl Picked {
    /// Whether it gives attributes or texts cut out of elements, not elements.
    pub(super) fn is_value(&self) -> bool {
        self.attr.is_some() || self.after.is_some() || self.before.is_some() || self.start.is_some()
    }

    /// Several as one list, if all are nothing but CSS.
    pub(super) fn joined(picked: Vec<Self>) -> Vec<Self> {
        let css: Vec<&str> = picked.iter().map(|one| one.css.as_str()).collect();
        let all = Self { css: css.join(", "), ..Self::default() };
        let plain = picked.iter().all(|one| Self { css: one.css.clone(), ..Self::default() } == *one);
        if plain { vec![all] } else { picked }
    }

    /// The selector in TOML.
    pub(super) fn toml(&self) -> String {
        let plain = self.text.is_none() && self.own_text.is_none() && self.up.is_none() && self.nth.is_none();
        if plain && self.after.is_none() && self.before.is_none() && self.start.is_none() {
            return match &self.attr {
                Some(attr) => quoted(&format!("{}@{attr}", self.css)),
                None => quoted(&self.css),
            };
        }
        let mut parts = match &self.start {
            Some((key, value)) => vec![format!("{key} = {}", quoted(value))],
            None => vec![format!("css = {}", quoted(&self.css))],
        };
        parts.extend(self.text.iter().map(|text| format!("text = {}", quoted_regex(text))));
        parts.extend(self.own_text.iter().map(|text| format!("own_text = {}", quoted_regex(text))));
        parts.extend(self.up.iter().map(|up| format!("up = {}", quoted(up))));
        parts.extend(self.nth.iter().map(|nth| format!("nth = {nth}")));
        for (key, value) in [("attr", &self.attr), ("after", &self.after), ("before", &self.before)] {
            parts.extend(value.iter().map(|value| format!("{key} = {}", quoted(value))));
        }
        format!("{{ {} }}", parts.join(", "))
    }
}

/// The selectors that an expression means; one for each side of a union.
pub(super) fn selectors(expr: &Expr) -> Result<Vec<Picked>, Untold> {
    let picked = union(expr)?;
    for one in &picked {
        if one.start.is_none() && Selector::parse(&one.css).is_err()
            || one.up.as_ref().is_some_and(|up| Selector::parse(up).is_err())
        {
            return Err("names that are none in CSS");
        }
    }
    Ok(picked)
}

fn union(expr: &Expr) -> Result<Vec<Picked>, Untold> {
    match expr {
        Expr::Binary("|", left, right) => {
            let mut both = union(left)?;
            both.extend(union(right)?);
            Ok(both)
        }
        _ => Ok(vec![one(expr)?]),
    }
}

fn one(expr: &Expr) -> Result<Picked, Untold> {
    match expr {
        Expr::Path(path) => of_path(path),
        Expr::Text(text) => Ok(Picked { start: Some(("value", text.clone())), ..Picked::default() }),
        Expr::Call(name, arguments) => match (name.as_str(), &arguments[..]) {
            ("normalize-space" | "string", [inner]) => one(inner),
            ("id", [Expr::Text(id)]) => Ok(Picked { css: attribute("id", "=", id), ..Picked::default() }),
            ("substring-after", [inner, Expr::Text(text)]) => {
                let picked = one(inner)?;
                // `after` comes before `before`, whatever the order in the file.
                if picked.after.is_some() || picked.before.is_some() {
                    return Err("a text cut in an order that modifiers do not have");
                }
                Ok(Picked { after: Some(text.clone()), ..picked })
            }
            ("substring-before", [inner, Expr::Text(text)]) => {
                let picked = one(inner)?;
                if picked.before.is_some() {
                    return Err("a text cut twice at the end");
                }
                Ok(Picked { before: Some(text.clone()), ..picked })
            }
            _ => Err("a function that has no modifier"),
        },
        _ => Err("a calculation"),
    }
}

/// How a compound hangs on the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    /// The first one, anywhere.
    Free,
    /// The root element.
    Root,
    Descendant,
    Child,
    Sibling,
}

/// A selector while it grows.
#[derive(Debug, Clone, Default)]
struct Growing {
    parts: Vec<(Joint, Compound)>,
    picked: Picked,
}

/// One element's part of a selector.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Compound {
    /// Empty for any element.
    tag: String,
    conditions: String,
}

impl Compound {
    fn is_named(&mut self, name: &str) {
        if self.tag.is_empty() {
            name.clone_into(&mut self.tag);
        } else {
            self.conditions.push_str(&format!(":is({name})"));
        }
    }

    fn css(&self) -> String {
        if self.tag.is_empty() && self.conditions.is_empty() {
            "*".to_owned()
        } else {
            format!("{}{}", self.tag, self.conditions)
        }
    }
}

impl Growing {
    fn css(&self) -> String {
        let mut css = String::new();
        for (joint, compound) in &self.parts {
            css.push_str(match joint {
                Joint::Free | Joint::Root => "",
                Joint::Descendant => " ",
                Joint::Child => " > ",
                Joint::Sibling => " ~ ",
            });
            css.push_str(&compound.css());
        }
        css
    }

    fn last(&mut self) -> Result<&mut Compound, Untold> {
        self.parts.last_mut().map(|(_, compound)| compound).ok_or("a path without an element")
    }

    /// Whether a modifier was taken, after which no other element can be gone to.
    fn is_modified(&self) -> bool {
        let Picked { text, own_text, up, nth, attr, .. } = &self.picked;
        text.is_some() || own_text.is_some() || up.is_some() || nth.is_some() || attr.is_some()
    }
}

fn of_path(path: &Path) -> Result<Picked, Untold> {
    let mut growing = Growing::default();
    let mut joint = match &path.start {
        Start::Root => Joint::Root,
        // A config's relative path starts from the document.
        Start::Here => Joint::Root,
        Start::Filter(expr, predicates) => {
            let all = union(expr)?;
            if all.iter().any(|one| {
                one.is_value() || one.text.is_some() || one.own_text.is_some() || one.nth.is_some()
            }) {
                return Err("a condition on what a condition picked");
            }
            let css: Vec<String> = all.into_iter().map(|one| one.css).collect();
            // Another step hangs on the whole of it.
            let is_whole = css.len() == 1 && (path.steps.is_empty() || !css[0].contains(' '));
            let css = if is_whole { css.concat() } else { format!(":is({})", css.join(", ")) };
            growing.parts.push((Joint::Free, Compound { tag: css, conditions: String::new() }));
            for predicate in predicates {
                match position(predicate) {
                    Some(Position::At(nth)) if growing.picked.nth.is_none() => growing.picked.nth = Some(nth),
                    Some(_) => return Err("a range of positions"),
                    None if growing.picked.nth.is_some() => return Err("a condition after a position"),
                    None => condition_on_last(&mut growing, predicate)?,
                }
            }
            Joint::Child
        }
    };
    let count = path.steps.len();
    for (index, step) in path.steps.iter().enumerate() {
        let is_last = index + 1 == count;
        if step.axis == Axis::DescendantOrSelf
            && step.test == Test::Node
            && step.predicates.is_empty()
            && !is_last
        {
            joint = if growing.parts.is_empty() { Joint::Free } else { Joint::Descendant };
            continue;
        }
        take_step(&mut growing, step, joint, is_last)?;
        joint = Joint::Child;
    }
    let mut picked = growing.picked.clone();
    picked.css = growing.css();
    // What a `<meta>` says has a start of its own.
    if picked.attr.as_deref() == Some("content")
        && let [(_, meta)] = &growing.parts[..]
        && let Some(name) = meta_name(meta)
        && picked.text.is_none()
    {
        return Ok(Picked { start: Some(("meta", name)), attr: None, css: String::new(), ..picked });
    }
    Ok(picked)
}

/// The name that a `<meta>` is asked for by nothing but its name or property.
fn meta_name(meta: &Compound) -> Option<String> {
    let rest = (meta.tag == "meta").then_some(&meta.conditions)?;
    let rest = rest.strip_prefix("[name=\"").or_else(|| rest.strip_prefix("[property=\""))?;
    let name = rest.strip_suffix("\"]")?;
    (!name.contains(['"', '\\'])).then(|| name.to_owned())
}

fn take_step(growing: &mut Growing, step: &Step, joint: Joint, is_last: bool) -> Result<(), Untold> {
    let only_up = matches!(step.axis, Axis::Parent | Axis::Ancestor | Axis::AncestorOrSelf);
    let ends = step.axis == Axis::Attribute || step.test == Test::Text || step.axis == Axis::Itself;
    if growing.is_modified() && !ends && !only_up {
        return Err("a step from what a condition on text picked");
    }
    match step.axis {
        Axis::Attribute => {
            let Test::Name(name) = &step.test else { return Err("any attribute") };
            if !is_last || !step.predicates.is_empty() || growing.picked.attr.is_some() {
                return Err("a step from an attribute");
            }
            if growing.parts.is_empty() || joint == Joint::Descendant || joint == Joint::Free {
                let joint = if growing.parts.is_empty() { Joint::Free } else { Joint::Descendant };
                let conditions = format!("[{name}]");
                growing.parts.push((joint, Compound { tag: String::new(), conditions }));
            }
            growing.picked.attr = Some(name.clone());
            return Ok(());
        }
        Axis::Itself if step.test == Test::Node => {}
        Axis::Itself => {
            let Test::Name(name) = &step.test else { return Err("a step to itself") };
            growing.last()?.is_named(name);
        }
        Axis::Child if step.test == Test::Text => {
            // The text of an element stands for its text nodes.
            if !is_last || growing.parts.is_empty() {
                return Err("a step from a text");
            }
            return of_text_predicates(growing, &step.predicates);
        }
        Axis::Child | Axis::Descendant => {
            let joint = match (step.axis, joint) {
                (Axis::Descendant, Joint::Root) => Joint::Free,
                (Axis::Descendant, Joint::Child) => Joint::Descendant,
                (_, joint) => joint,
            };
            let mut next = compound(&step.test)?;
            if joint == Joint::Root {
                if !matches!(next.tag.as_str(), "" | "html") {
                    return Err("a root that is not html");
                }
                next.conditions.push_str(":root");
            }
            growing.parts.push((joint, next));
        }
        Axis::FollowingSibling => {
            growing.last()?;
            let mut next = compound(&step.test)?;
            // The first of the siblings that follow.
            if let Some((first, rest)) = step.predicates.split_first()
                && let Some(Position::At(at)) = position(first)
            {
                if at != 1 || step.test != Test::Any {
                    return Err("a sibling by its place among some");
                }
                for predicate in rest {
                    add_condition(&mut next, predicate)?;
                }
                let before = growing.css();
                growing.parts = vec![(
                    Joint::Free,
                    Compound { tag: format!("{before} + {}", next.css()), conditions: String::new() },
                )];
                return Ok(());
            }
            growing.parts.push((Joint::Sibling, next));
        }
        Axis::PrecedingSibling => {
            if step.predicates.iter().any(|predicate| position(predicate).is_some()) {
                return Err("a preceding sibling by its place");
            }
            // What has the element after it, below the same parent.
            let (joint, after) = growing.parts.pop().ok_or("a path without an element")?;
            if joint == Joint::Sibling {
                return Err("siblings of siblings");
            }
            let mut before = compound(&step.test)?;
            before.conditions.push_str(&format!(":has(~ {})", after.css()));
            growing.parts.push((joint, before));
        }
        Axis::Parent | Axis::Ancestor | Axis::AncestorOrSelf => return go_up(growing, step),
        Axis::DescendantOrSelf => return Err("an element or what is in it"),
        Axis::Following | Axis::Preceding => return Err("what stands before or after in the document"),
    }
    step.predicates.iter().try_for_each(|predicate| condition_on_last(growing, predicate))
}

fn compound(test: &Test) -> Result<Compound, Untold> {
    let tag = match test {
        Test::Any => String::new(),
        Test::Name(name) => name.clone(),
        Test::Text | Test::Node => return Err("a node that is no element"),
    };
    Ok(Compound { tag, conditions: String::new() })
}

/// Goes from an element to one around it.
fn go_up(growing: &mut Growing, step: &Step) -> Result<(), Untold> {
    if growing.picked.attr.is_some() || growing.picked.nth.is_some() || growing.picked.up.is_some() {
        return Err("a step from what a position picked");
    }
    let nearest = matches!(step.predicates.first().and_then(position), Some(Position::At(1)));
    let conditions = if nearest { &step.predicates[1..] } else { &step.predicates[..] };
    let mut above = match step.test {
        Test::Node => Compound::default(),
        ref test => compound(test)?,
    };
    for predicate in conditions {
        add_condition(&mut above, predicate)?;
    }
    let css = growing.css();
    let own = growing.last()?.clone();
    if growing.picked.text.is_none()
        && growing.picked.own_text.is_none()
        && !(nearest && step.axis != Axis::Parent)
    {
        // All of them, by CSS alone.
        let relation = match step.axis {
            Axis::Parent => format!(":has(> {})", own.css()),
            _ if growing.parts.len() == 1 => format!(":has({css})"),
            _ => return Err("ancestors of what stands in a place"),
        };
        let (joint, _) = growing.parts.pop().ok_or("a path without an element")?;
        if step.axis == Axis::AncestorOrSelf {
            return Err("an element or those around it");
        }
        match (step.axis, joint) {
            // `a/b/..` is `a` with a child `b`.
            (Axis::Parent, Joint::Child) => {
                let last = growing.last()?;
                if !(above.tag.is_empty() || last.tag.is_empty() || above.tag == last.tag) {
                    return Err("a parent of two names");
                }
                if last.tag.is_empty() {
                    last.tag = above.tag;
                }
                last.conditions.push_str(&above.conditions);
                last.conditions.push_str(&relation);
            }
            (_, Joint::Free) => {
                above.conditions.push_str(&relation);
                growing.parts.push((Joint::Free, above));
            }
            // `a//b/..` may be `a` itself.
            (Axis::Parent, Joint::Descendant) => {
                let around = growing.css();
                above.conditions.push_str(&format!(":is({around}, {around} *){relation}"));
                growing.parts = vec![(Joint::Free, above)];
            }
            _ => return Err("ancestors of what stands in a place"),
        }
        return Ok(());
    }
    // After a condition on text, `up` goes to the nearest. It may be the element itself, so the two must differ.
    let differs = !above.tag.is_empty() && !own.tag.is_empty() && above.tag != own.tag;
    let up = match step.axis {
        // The nearest of them is the parent only if it has the element as a child; its own kind rarely nests.
        Axis::Parent if differs || NEVER_NESTED.contains(&own.tag.as_str()) => {
            format!("{}:has(> {})", if above.css() == "*" { String::new() } else { above.css() }, own.css())
        }
        Axis::Ancestor if differs && (nearest || !above.conditions.is_empty()) => above.css(),
        Axis::AncestorOrSelf if nearest => above.css(),
        _ => return Err("ancestors of what a condition on text picked"),
    };
    growing.picked.up = Some(up);
    Ok(())
}

/// Elements that have no child of their own kind.
const NEVER_NESTED: &[&str] = &[
    "a",
    "b",
    "button",
    "em",
    "figcaption",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "i",
    "img",
    "li",
    "p",
    "small",
    "strong",
    "time",
];

/// The name in a predicate such as `[self::h2]`.
fn own_name(predicate: &Expr) -> Option<&str> {
    let Expr::Path(Path { start: Start::Here, steps }) = predicate else { return None };
    match &steps[..] {
        [Step { axis: Axis::Itself, test: Test::Name(name), predicates }] if predicates.is_empty() => {
            Some(name)
        }
        _ => None,
    }
}

/// A condition on the element that the path has come to.
fn condition_on_last(growing: &mut Growing, predicate: &Expr) -> Result<(), Untold> {
    if growing.picked.up.is_some() || growing.picked.attr.is_some() {
        return Err("a condition on what a modifier picked");
    }
    if let Some(position) = position(predicate) {
        if growing.picked.text.is_some() || growing.picked.own_text.is_some() {
            return Err("a position among what a condition on text picked");
        }
        let is_sibling = growing.parts.last().is_some_and(|(joint, _)| *joint == Joint::Sibling);
        if is_sibling {
            return Err("a sibling by its place among some");
        }
        return place(growing.last()?, position);
    }
    if let Some(name) = own_name(predicate) {
        growing.last()?.is_named(name);
        return Ok(());
    }
    match condition(predicate)? {
        Condition::Css(css) => growing.last()?.conditions.push_str(&css),
        Condition::Text(regex) if growing.picked.text.is_none() => growing.picked.text = Some(regex),
        Condition::OwnText(regex) if growing.picked.own_text.is_none() => {
            growing.picked.own_text = Some(regex)
        }
        Condition::ChildText(child, regex) if growing.picked.text.is_none() => {
            let up = growing.last()?.css();
            if child.tag.is_empty() || child.tag == growing.last()?.tag {
                return Err("a condition on the text of a like child");
            }
            growing.parts.push((Joint::Child, child));
            growing.picked.text = Some(regex);
            growing.picked.up = Some(up);
        }
        Condition::Both(css, regex) if growing.picked.text.is_none() => {
            growing.last()?.conditions.push_str(&css);
            growing.picked.text = Some(regex);
        }
        _ => return Err("two conditions on text"),
    }
    Ok(())
}

fn of_text_predicates(growing: &mut Growing, predicates: &[Expr]) -> Result<(), Untold> {
    for predicate in predicates {
        match condition(predicate)? {
            Condition::Text(regex) if growing.picked.own_text.is_none() => {
                growing.picked.own_text = Some(regex)
            }
            _ => return Err("a condition on a text"),
        }
    }
    Ok(())
}

/// Adds a condition that CSS alone can say.
fn add_condition(compound: &mut Compound, predicate: &Expr) -> Result<(), Untold> {
    if let Some(position) = position(predicate) {
        return place(compound, position);
    }
    if let Some(name) = own_name(predicate) {
        compound.is_named(name);
        return Ok(());
    }
    match condition(predicate)? {
        Condition::Css(css) => compound.conditions.push_str(&css),
        _ => return Err("a condition on text inside another"),
    }
    Ok(())
}

/// A predicate about an element's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    /// From the start, or negative from the end.
    At(i64),
    UpTo(i64),
    From(i64),
}

fn position(predicate: &Expr) -> Option<Position> {
    let whole =
        |number: f64| (number.fract() == 0.0 && (1.0..=100.0).contains(&number)).then_some(number as i64);
    let is = |expr: &Expr, name: &str| matches!(expr, Expr::Call(found, arguments) if found == name && arguments.is_empty());
    let from_end = |expr: &Expr| match expr {
        Expr::Binary("-", last, number_left) if is(last, "last") => match &**number_left {
            Expr::Number(number) => whole(*number + 1.0).map(|number| -number),
            _ => None,
        },
        last if is(last, "last") => Some(-1),
        _ => None,
    };
    match predicate {
        Expr::Number(number) => whole(*number).map(Position::At),
        Expr::Binary(sign, left, right) if is(left, "position") => match (*sign, &**right) {
            ("=", Expr::Number(number)) => whole(*number).map(Position::At),
            ("<=", Expr::Number(number)) => whole(*number).map(Position::UpTo),
            ("<", Expr::Number(number)) => whole(*number - 1.0).map(Position::UpTo),
            (">=", Expr::Number(number)) => whole(*number).map(Position::From),
            (">", Expr::Number(number)) => whole(*number + 1.0).map(Position::From),
            ("=", last) => from_end(last).map(Position::At),
            _ => None,
        },
        other => from_end(other).map(Position::At),
    }
}

/// An element's place among the like ones below its parent, as XPath counts them.
fn place(compound: &mut Compound, position: Position) -> Result<(), Untold> {
    if compound.conditions.is_empty() {
        let kind = if compound.tag.is_empty() { "child" } else { "of-type" };
        let css = match position {
            Position::At(1) => format!(":first-{kind}"),
            Position::At(-1) => format!(":last-{kind}"),
            Position::At(at) if at < 0 => format!(":nth-last-{kind}({})", -at),
            Position::At(at) => format!(":nth-{kind}({at})"),
            Position::UpTo(at) => format!(":nth-{kind}(-n+{at})"),
            Position::From(at) => format!(":nth-{kind}(n+{at})"),
        };
        compound.conditions = css;
        return Ok(());
    }
    // Only the likes count, so that it has so many of them before it, and no more.
    let like = compound.css();
    let chain = |times: i64| vec![like.as_str(); times as usize].join(" ~ ");
    let css = match position {
        Position::At(1) => format!(":not({})", chain(2)),
        Position::At(-1) => format!(":not(:has(~ {like}))"),
        Position::At(at @ 2..=5) => format!(":is({}):not({})", chain(at), chain(at + 1)),
        Position::UpTo(at @ 1..=5) => format!(":not({})", chain(at + 1)),
        Position::From(at @ 2..=5) => format!(":is({})", chain(at)),
        _ => return Err("a place among many"),
    };
    compound.conditions.push_str(&css);
    Ok(())
}

/// What a predicate says, in the terms of rule files.
enum Condition {
    /// What follows a compound.
    Css(String),
    /// A regex on the element's text.
    Text(String),
    /// A regex on the text that is directly in it.
    OwnText(String),
    /// A regex on the text of a child.
    ChildText(Compound, String),
    /// CSS and a regex on the text.
    Both(String, String),
}

fn condition(expr: &Expr) -> Result<Condition, Untold> {
    match expr {
        Expr::Binary("and", left, right) => match (condition(left)?, condition(right)?) {
            (Condition::Css(left), Condition::Css(right)) => Ok(Condition::Css(left + &right)),
            (Condition::Css(css), Condition::Text(regex)) | (Condition::Text(regex), Condition::Css(css)) => {
                Ok(Condition::Both(css, regex))
            }
            _ => Err("two conditions on text"),
        },
        Expr::Binary("or", left, right) => match (condition(left)?, condition(right)?) {
            (Condition::Css(left), Condition::Css(right)) => Ok(Condition::Css(either(&left, &right))),
            (Condition::Text(left), Condition::Text(right)) => Ok(Condition::Text(format!("{left}|{right}"))),
            (Condition::OwnText(left), Condition::OwnText(right)) => {
                Ok(Condition::OwnText(format!("{left}|{right}")))
            }
            _ => Err("either a text or an element"),
        },
        Expr::Call(name, arguments) => called(name, arguments),
        Expr::Path(path) => Ok(Condition::Css(exists(path)?)),
        Expr::Binary(sign @ ("=" | "!="), left, right) => {
            let (path, value) = match (&**left, &**right) {
                (path, Expr::Text(value)) | (Expr::Text(value), path) => (path, value.clone()),
                (path, Expr::Number(value)) if value.fract() == 0.0 => (path, format!("{value:.0}")),
                _ => return Err("a comparison of two things of the page"),
            };
            match (subject(path)?, *sign) {
                (Subject::Attribute(name), "=") => Ok(Condition::Css(attribute(&name, "=", &value))),
                (Subject::Attribute(name), _) => {
                    Ok(Condition::Css(format!("[{name}]:not({})", attribute(&name, "=", &value))))
                }
                (subject, "=") => on_text(subject, format!("^{}$", exactly(&value))),
                _ => Err("a text that is not another"),
            }
        }
        _ => Err("a calculation"),
    }
}

fn either(left: &str, right: &str) -> String {
    // What one of two said before is said in one list.
    let inner = |css: &str| {
        let list = css.strip_prefix(":is(").and_then(|css| css.strip_suffix(')'));
        list.filter(|list| !list.contains(['(', ')'])).unwrap_or(css).to_owned()
    };
    format!(":is({}, {})", inner(left), inner(right))
}

fn called(name: &str, arguments: &[Expr]) -> Result<Condition, Untold> {
    match (name, arguments) {
        ("not", [Expr::Path(path)]) => Ok(Condition::Css(format!(":not({})", exists(path)?))),
        ("not", [inner]) => match condition(inner)? {
            Condition::Css(css) => Ok(Condition::Css(format!(":not({css})"))),
            _ => Err("a text that is not there"),
        },
        ("boolean", [inner]) => condition(inner),
        ("contains" | "starts-with" | "ends-with", [text, Expr::Text(value)]) => {
            if value.is_empty() {
                return Err("an empty text");
            }
            // contains(concat(' ', normalize-space(@class), ' '), ' x ') is how XPath asks for a class.
            if let Some(attr) = spaced_attribute(text)
                && let Some(token) = value.strip_prefix(' ').and_then(|value| value.strip_suffix(' '))
                && name == "contains"
                && !token.contains(' ')
            {
                return Ok(Condition::Css(attribute(&attr, "~=", token)));
            }
            let (text, folded) = folded_case(text);
            match subject(text)? {
                Subject::Attribute(attr) => {
                    let sign = match name {
                        "contains" => "*=",
                        "starts-with" => "^=",
                        _ => "$=",
                    };
                    let mut css = attribute(&attr, sign, value);
                    if folded {
                        css.insert_str(css.len() - 1, " i");
                    }
                    Ok(Condition::Css(css))
                }
                subject => {
                    let regex = if folded { regex_escape(value) } else { exactly(value) };
                    let regex = match name {
                        "contains" => regex,
                        "starts-with" => format!("^{regex}"),
                        _ => format!("{regex}$"),
                    };
                    on_text(subject, regex)
                }
            }
        }
        _ => Err("a function that has no form in CSS"),
    }
}

fn on_text(subject: Subject, regex: String) -> Result<Condition, Untold> {
    Ok(match subject {
        Subject::Text => Condition::Text(regex),
        Subject::OwnText => Condition::OwnText(regex),
        Subject::Child(child) => Condition::ChildText(child, regex),
        Subject::Attribute(_) => return Err("an attribute that is not compared"),
    })
}

/// A text as a regex that minds case, as XPath does.
fn exactly(text: &str) -> String {
    let regex = regex_escape(text);
    if text.chars().any(char::is_alphabetic) { format!("(?-i:{regex})") } else { regex }
}

/// White space is one space where the regex looks, and none at the ends.
fn regex_escape(text: &str) -> String {
    regex::escape(&text.split_whitespace().collect::<Vec<_>>().join(" "))
        .replace("\\-", "-")
        .replace("\\#", "#")
}

/// What a comparison looks at.
enum Subject {
    Attribute(String),
    Text,
    OwnText,
    Child(Compound),
}

fn subject(expr: &Expr) -> Result<Subject, Untold> {
    match expr {
        Expr::Call(name, arguments) if matches!(name.as_str(), "normalize-space" | "string") => {
            match &arguments[..] {
                [] => Ok(Subject::Text),
                [inner] => subject(inner),
                _ => Err("a function that has no form in CSS"),
            }
        }
        Expr::Path(Path { start: Start::Here, steps }) => match &steps[..] {
            [Step { axis: Axis::Attribute, test: Test::Name(name), predicates }] if predicates.is_empty() => {
                Ok(Subject::Attribute(name.clone()))
            }
            [Step { axis: Axis::Itself, test: Test::Node, predicates }] if predicates.is_empty() => {
                Ok(Subject::Text)
            }
            [Step { axis: Axis::Child, test: Test::Text, predicates }] if predicates.is_empty() => {
                Ok(Subject::OwnText)
            }
            // .//text()
            [
                Step { axis: Axis::Itself, .. },
                Step { axis: Axis::DescendantOrSelf, .. },
                Step { axis: Axis::Child, test: Test::Text, .. },
            ] => Ok(Subject::Text),
            [Step { axis: Axis::Child, test: Test::Name(name), predicates }] => {
                let mut child = Compound { tag: name.clone(), conditions: String::new() };
                predicates.iter().try_for_each(|predicate| add_condition(&mut child, predicate))?;
                Ok(Subject::Child(child))
            }
            _ => Err("the text of something far off"),
        },
        _ => Err("a calculation"),
    }
}

/// The attribute of `concat(' ', normalize-space(@x), ' ')`.
fn spaced_attribute(expr: &Expr) -> Option<String> {
    let Expr::Call(name, arguments) = expr else { return None };
    let [Expr::Text(before), attribute, Expr::Text(after)] = &arguments[..] else { return None };
    match subject(attribute) {
        Ok(Subject::Attribute(attribute)) if name == "concat" && before == " " && after == " " => {
            Some(attribute)
        }
        _ => None,
    }
}

/// What `translate(x, 'ABC…', 'abc…')` looks at, and that case does not matter.
fn folded_case(expr: &Expr) -> (&Expr, bool) {
    if let Expr::Call(name, arguments) = expr {
        match (name.as_str(), &arguments[..]) {
            ("translate", [inner, Expr::Text(from), Expr::Text(to)]) if from.to_lowercase() == *to => {
                return (inner, true);
            }
            ("lower-case", [inner]) => return (inner, true),
            _ => {}
        }
    }
    (expr, false)
}

/// An attribute selector; ids and classes in their short form.
fn attribute(name: &str, sign: &str, value: &str) -> String {
    let mut chars = value.chars();
    let is_name = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    match (name, sign) {
        ("id", "=") if is_name => format!("#{value}"),
        ("class", "~=") if is_name => format!(".{value}"),
        _ => format!(
            "[{name}{sign}\"{}\"]",
            value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\a ")
        ),
    }
}

/// The condition that a path from an element leads somewhere.
fn exists(path: &Path) -> Result<String, Untold> {
    let Start::Here = path.start else { return Err("a condition on another part of the page") };
    let mut steps = &path.steps[..];
    // A leading `.` says nothing.
    if let [Step { axis: Axis::Itself, test: Test::Node, predicates }, rest @ ..] = steps
        && predicates.is_empty()
    {
        steps = rest;
    }
    let (joint, steps) = match steps {
        [Step { axis: Axis::DescendantOrSelf, test: Test::Node, .. }, rest @ ..] if !rest.is_empty() => {
            ("", rest)
        }
        _ => ("> ", steps),
    };
    let [first, rest @ ..] = steps else { return Err("a condition that always holds") };
    let simple = |step: &Step| -> Result<Compound, Untold> {
        let mut compound = compound(&step.test)?;
        step.predicates.iter().try_for_each(|predicate| add_condition(&mut compound, predicate))?;
        Ok(compound)
    };
    match first.axis {
        Axis::Attribute => match (&first.test, rest) {
            (Test::Name(name), []) if joint == "> " => Ok(format!("[{name}]")),
            (Test::Name(name), []) => Ok(format!(":has([{name}])")),
            _ => Err("any attribute"),
        },
        Axis::Itself if rest.is_empty() => Ok(format!(":is({})", simple(first)?.css())),
        Axis::Parent if rest.is_empty() => {
            let above = match first.test {
                Test::Node => Compound::default(),
                _ => simple(first)?,
            };
            Ok(format!(":is({} > *)", above.css()))
        }
        Axis::Ancestor if rest.is_empty() => Ok(format!(":is({} *)", simple(first)?.css())),
        Axis::AncestorOrSelf if rest.is_empty() => {
            let above = simple(first)?.css();
            Ok(format!(":is({above}, {above} *)"))
        }
        Axis::FollowingSibling | Axis::PrecedingSibling if rest.is_empty() => {
            let nearest = matches!(first.predicates.first().and_then(position), Some(Position::At(1)));
            let by_place = first.predicates.iter().any(|predicate| position(predicate).is_some());
            if by_place && !(nearest && first.test == Test::Any) {
                return Err("a sibling by its place among some");
            }
            let mut sibling = compound(&first.test)?;
            let conditions = &first.predicates[usize::from(nearest)..];
            conditions.iter().try_for_each(|predicate| add_condition(&mut sibling, predicate))?;
            let sign = if nearest { '+' } else { '~' };
            Ok(match first.axis {
                Axis::FollowingSibling => format!(":has({sign} {})", sibling.css()),
                _ => format!(":is({} {sign} *)", sibling.css()),
            })
        }
        Axis::Child | Axis::Descendant => {
            let mut inner = Growing::default();
            let mut next = Joint::Free;
            for (index, step) in steps.iter().enumerate() {
                let is_last = index + 1 == steps.len();
                if step.axis == Axis::DescendantOrSelf && step.test == Test::Node && !is_last {
                    next = Joint::Descendant;
                    continue;
                }
                if step.axis == Axis::Attribute && is_last {
                    let Test::Name(name) = &step.test else { return Err("any attribute") };
                    inner.last()?.conditions.push_str(&format!("[{name}]"));
                    continue;
                }
                if step.test == Test::Text {
                    return Err("whether there is text");
                }
                take_step(&mut inner, step, next, is_last)?;
                next = Joint::Child;
            }
            if inner.is_modified() {
                return Err("a condition on text inside another");
            }
            let joint = if first.axis == Axis::Descendant { "" } else { joint };
            Ok(format!(":has({joint}{})", inner.css()))
        }
        _ => Err("a condition that CSS does not have"),
    }
}
