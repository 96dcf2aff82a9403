//! The services: the kinds of the catalogue, and one for what is none of them. What each asks beside the words is the
//! same, since a concern is a concern: where, whom it is about, whether the sender is kept from handlers, whether it may
//! be published.

use people::{Level, Tree, Unit};
use store::Tx;
use web::{Lang, fill};

use super::answer::{Problem, Value};
use super::texts::ApiTexts;
use crate::catalogue::{self, Kind};

/// The code of what is no kind of the catalogue.
pub(super) const GENERAL: &str = "general";

/// A service: a kind, or none.
pub(super) struct Service(pub(super) Option<Kind>);

impl Service {
    /// The service with this code.
    ///
    /// # Errors
    /// [`Problem::NoService`].
    pub(super) fn find(tx: &mut Tx, code: &str) -> Result<Service, Problem> {
        match catalogue::kind(tx, code)? {
            Some(kind) if catalogue::is_kind(tx, code)? => Ok(Service(Some(kind))),
            Some(_) => Err(Problem::NoService),
            None if code == GENERAL => Ok(Service(None)),
            None => Err(Problem::NoService),
        }
    }

    /// Its code.
    pub(super) fn code(&self) -> &str {
        self.0.as_ref().map_or(GENERAL, |kind| &kind.code)
    }
}

/// All services. `kind` of answer is told to programs that are told a token first.
pub(super) fn list(tx: &mut Tx, lang: Lang, token_first: bool) -> Result<Value, Problem> {
    let (t, kinds) = (ApiTexts::of(lang), catalogue::offered(tx)?);
    let answered = if token_first { "batch" } else { "realtime" };
    let group = |kind: &Kind| {
        let above = kind.parent.as_ref().and_then(|code| kinds.iter().find(|other| other.code == *code));
        above.map_or_else(|| kind.name.clone(), |above| above.name.clone())
    };
    let service = |code: &str, name: &str, about: String, keywords: String, group: String| {
        Value::Map(vec![
            ("service_code", code.into()),
            ("service_name", name.into()),
            ("description", about.into()),
            ("metadata", Value::Flag(true)),
            ("type", answered.into()),
            ("keywords", keywords.into()),
            ("group", group.into()),
        ])
    };
    let mut services: Vec<Value> = kinds
        .iter()
        .map(|kind| service(&kind.code, &kind.name, fill(t.service_text, &[("name", &kind.name)]), kind.keywords.join(","), group(kind)))
        .collect();
    if !kinds.iter().any(|kind| kind.code == GENERAL) {
        services.push(service(GENERAL, t.general, t.general_text.into(), String::new(), t.general.into()));
    }
    Ok(Value::List("service", services))
}

/// What a service asks beside the words.
///
/// # Errors
/// [`Problem::NoService`].
pub(super) fn definition(tx: &mut Tx, lang: Lang, code: &str) -> Result<Value, Problem> {
    let service = Service::find(tx, code)?;
    let (t, tree) = (ApiTexts::of(lang), people::tree(tx)?);
    let units = |units: Vec<&Unit>| units.into_iter().map(|unit| (unit.code.clone(), tree.full_name(unit.id))).collect::<Vec<_>>();
    let yes_no = || vec![("yes".to_owned(), t.yes.to_owned()), ("no".to_owned(), t.no.to_owned())];
    let attributes = [
        ("place", t.attribute_place, units(places(&tree))),
        ("about", t.attribute_about, units(about(&tree))),
        ("confidential", t.attribute_confidential, yes_no()),
        ("publish", t.attribute_publish, yes_no()),
    ];
    let attributes = (1..).zip(attributes).map(|(order, (name, text, values))| {
        let values = values.into_iter().map(|(key, name)| Value::Map(vec![("key", key.into()), ("name", name.into())])).collect();
        Value::Map(vec![
            ("variable", Value::Flag(true)),
            ("code", name.into()),
            ("datatype", "singlevaluelist".into()),
            ("required", Value::Flag(false)),
            ("datatype_description", t.choose_one.into()),
            ("order", Value::Number(order)),
            ("description", text.into()),
            ("values", Value::List("value", values)),
        ])
    });
    Ok(Value::Map(vec![("service_code", service.code().into()), ("attributes", Value::List("attribute", attributes.collect()))]))
}

/// Where something may be: each town with its communities.
fn places(tree: &Tree) -> Vec<&Unit> {
    let towns = tree.of_level(Level::Town);
    towns.flat_map(|town| std::iter::once(town).chain(tree.children(town.id).filter(|unit| unit.level == Level::Community))).collect()
}

/// Whom it may be about: departments, the district, and each town with its communities.
fn about(tree: &Tree) -> Vec<&Unit> {
    tree.departments().chain(tree.district()).chain(places(tree)).collect()
}
