//! What a component does against what its manifest declares.

use std::collections::BTreeMap;

use crate::bundle::{Bundle, Problem};
use crate::component::{self, Export};
use crate::scope::Family;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether the bundle is refused for it; else it is a warning.
    pub refused: bool,
    /// What it is and what to do.
    pub problem: Problem,
}

/// What there is to say about a bundle.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The functions that the component imports, as (interface, function).
    pub imports: Vec<(String, String)>,
    /// What it exports.
    pub exports: Vec<Export>,
    /// Everything found, refusals first.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing speaks against installing it.
    pub fn is_ok(&self) -> bool {
        self.findings.iter().all(|finding| !finding.refused)
    }

    /// The first reason to refuse the bundle.
    ///
    /// # Errors
    /// That reason.
    pub fn into_result(self) -> Result<Self, Problem> {
        match self.findings.iter().find(|finding| finding.refused) {
            Some(finding) => Err(finding.problem.clone()),
            None => Ok(self),
        }
    }
}

/// Checks a bundle's component against its manifest.
pub fn check(bundle: &Bundle) -> Report {
    inspect(bundle).unwrap_or_else(|problem| Report { findings: vec![Finding { refused: true, problem }], ..Report::default() })
}

fn inspect(bundle: &Bundle) -> Result<Report, Problem> {
    let bytes = bundle.component();
    let (imports, exports) = (component::imports(bytes)?, component::exports(bytes)?);
    let mut refused = foreign(&component::imported_interfaces(bytes)?);
    refused.extend(offers(&exports));
    refused.extend(wrong_kind(&imports, &exports));
    refused.extend(undeclared(&imports, bundle));
    let refused = refused.into_iter().map(|problem| Finding { refused: true, problem });
    let warned = unused(&imports, &exports, bundle).into_iter().map(|problem| Finding { refused: false, problem });
    let findings = refused.chain(warned).collect();
    Ok(Report { imports, exports, findings })
}

fn foreign(interfaces: &[String]) -> Vec<Problem> {
    let foreign = interfaces.iter().filter(|interface| Family::of_interface(interface).is_none());
    foreign.map(|interface| Problem::ForeignImport(interface.clone())).collect()
}

fn offers(exports: &[Export]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !exports.contains(&Export::Describe) {
        problems.push(Problem::NoDescribe);
    }
    if exports.iter().all(|export| *export == Export::Describe) {
        problems.push(Problem::NothingOffered);
    }
    problems
}

/// Triggers read, channels translate, and only robots write; what several kinds in one bundle may import adds up.
fn wrong_kind(imports: &[(String, String)], exports: &[Export]) -> Vec<Problem> {
    let robot = exports.contains(&Export::Robot);
    let reads = robot || exports.contains(&Export::Trigger);
    let channel = exports.contains(&Export::Channel);
    let mut problems = Vec::new();
    for (interface, _) in imports {
        let allowed = match Family::of_interface(interface).flatten() {
            Some(Family::RecordsObserve | Family::MessagingSend) => robot,
            Some(Family::RecordsRead | Family::DirectoryRead) => reads,
            Some(Family::SecretsCheck) => channel,
            Some(Family::HttpSend) | None => true,
        };
        let kind = if robot { "a robot" } else if reads { "a trigger" } else { "a channel" };
        let problem = Problem::WrongKind { interface: interface.clone(), kind };
        if !allowed && !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    problems
}

fn needed(imports: &[(String, String)]) -> BTreeMap<Family, Vec<String>> {
    let mut families: BTreeMap<Family, Vec<String>> = BTreeMap::new();
    for (interface, function) in imports {
        if let Some(family) = Family::of_interface(interface).flatten() {
            families.entry(family).or_default().push(format!("`{interface}#{function}`"));
        }
    }
    families
}

fn undeclared(imports: &[(String, String)], bundle: &Bundle) -> Vec<Problem> {
    let declared = |family| bundle.manifest().permissions.iter().any(|permission| permission.scope.family() == family);
    let missing = needed(imports).into_iter().filter(|(family, _)| !declared(*family));
    missing
        .map(|(family, functions)| Problem::Undeclared { family: family.widest().to_string(), functions: functions.join(", ") })
        .collect()
}

fn unused(imports: &[(String, String)], exports: &[Export], bundle: &Bundle) -> Vec<Problem> {
    let needed = needed(imports);
    let used = |family: Family| match family.is_imported() {
        true => needed.contains_key(&family),
        false => exports.contains(&Export::Channel),
    };
    let permissions = bundle.manifest().permissions.iter();
    let unused = permissions.filter(|permission| !used(permission.scope.family()));
    unused.map(|permission| Problem::Unused(permission.scope.to_string())).collect()
}
