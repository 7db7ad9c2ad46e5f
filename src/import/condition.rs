//! Predicates of XPath as conditions of rule files: what CSS can say of an element, and regexes on its text.

use super::translate::{Compound, Growing, Joint, Untold, compound, take_step};
use super::xpath::{Axis, Expr, Path, Start, Step, Test};

/// The name in a predicate such as `[self::h2]`.
pub(super) fn own_name(predicate: &Expr) -> Option<&str> {
    let Expr::Path(Path { start: Start::Here, steps }) = predicate else { return None };
    match &steps[..] {
        [Step { axis: Axis::Itself, test: Test::Name(name), predicates }] if predicates.is_empty() => {
            Some(name)
        }
        _ => None,
    }
}

/// Adds a condition that CSS alone can say.
pub(super) fn add_condition(compound: &mut Compound, predicate: &Expr) -> Result<(), Untold> {
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
pub(super) enum Position {
    /// From the start, or negative from the end.
    At(i64),
    UpTo(i64),
    From(i64),
}

pub(super) fn position(predicate: &Expr) -> Option<Position> {
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
pub(super) fn place(compound: &mut Compound, position: Position) -> Result<(), Untold> {
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
pub(super) enum Condition {
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

pub(super) fn condition(expr: &Expr) -> Result<Condition, Untold> {
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
pub(super) fn attribute(name: &str, sign: &str, value: &str) -> String {
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
