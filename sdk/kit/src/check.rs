//! What a component does against what its manifest declares.

use std::collections::{BTreeMap, BTreeSet};

use crate::bundle::{Bundle, Problem};
use crate::component::{Export, Surface};
use crate::manifest::Manifest;
use crate::scope::{Family, Need};

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
    inspect(bundle).unwrap_or_else(|problem| Report {
        findings: vec![Finding { refused: true, problem }],
        ..Report::default()
    })
}

fn inspect(bundle: &Bundle) -> Result<Report, Problem> {
    let Surface { interfaces, functions, exports } = Surface::read(bundle.component())?;

    let mut refused = foreign(&interfaces);
    refused.extend(offers(&exports));
    refused.extend(wrong_kind(&functions, &exports));
    refused.extend(undeclared(&functions, bundle.manifest()));

    let refused = refused.into_iter().map(|problem| Finding { refused: true, problem });
    let unused = unused(&functions, &exports, bundle.manifest()).into_iter();
    let findings =
        refused.chain(unused.map(|problem| Finding { refused: false, problem })).collect();

    Ok(Report { imports: functions, exports, findings })
}

fn foreign(interfaces: &[String]) -> Vec<Problem> {
    let foreign = interfaces.iter().filter(|interface| Need::of(interface, "") == Need::Foreign);
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

/// Triggers read, channels translate, and only robots write or ask servers; what several kinds in
/// one bundle may import adds up.
fn wrong_kind(imports: &[(String, String)], exports: &[Export]) -> Vec<Problem> {
    let writes = exports.contains(&Export::Robot);
    let reads = writes || exports.contains(&Export::Trigger);
    let translates = exports.contains(&Export::Channel);

    let may = |interface: &str, function: &str| match Need::of(interface, function) {
        Need::Nothing if waits(interface) => writes,
        Need::Nothing | Need::Foreign => true,
        Need::Permission(Family::RecordsRead | Family::DirectoryRead) => reads,
        Need::Permission(Family::SecretsCheck) => translates,
        Need::Permission(_) => writes,
    };

    let kind = match (writes, reads) {
        (true, _) => "a robot",
        (false, true) => "a trigger",
        (false, false) => "a channel",
    };

    let wrong = imports.iter().filter(|(interface, function)| !may(interface, function));
    let wrong: BTreeSet<&String> = wrong.map(|(interface, _)| interface).collect();
    wrong
        .into_iter()
        .map(|interface| Problem::WrongKind { interface: interface.clone(), kind })
        .collect()
}

/// Waiting needs no permission, and yet it is nothing for those who only answer.
fn waits(interface: &str) -> bool {
    interface.starts_with("stagewright:wait/")
}

/// The functions that need a permission, by family.
fn needed(imports: &[(String, String)]) -> BTreeMap<Family, Vec<String>> {
    let mut families: BTreeMap<Family, Vec<String>> = BTreeMap::new();
    for (interface, function) in imports {
        if let Need::Permission(family) = Need::of(interface, function) {
            families.entry(family).or_default().push(format!("`{interface}#{function}`"));
        }
    }
    families
}

fn undeclared(imports: &[(String, String)], manifest: &Manifest) -> Vec<Problem> {
    let declared =
        |family| manifest.permissions.iter().any(|permission| permission.scope.family() == family);

    let missing = needed(imports).into_iter().filter(|(family, _)| !declared(*family));
    let problem = |(family, functions): (Family, Vec<String>)| Problem::Undeclared {
        family: family.widest().to_string(),
        functions: functions.join(", "),
    };
    missing.map(problem).collect()
}

fn unused(imports: &[(String, String)], exports: &[Export], manifest: &Manifest) -> Vec<Problem> {
    let needed = needed(imports);

    // A channel's requests are its answers, so they show in no import.
    let used = |family: Family| match family {
        Family::HttpSend => exports.contains(&Export::Channel) || needed.contains_key(&family),
        imported => needed.contains_key(&imported),
    };

    let unused = manifest.permissions.iter().filter(|permission| !used(permission.scope.family()));
    unused.map(|permission| Problem::Unused(permission.scope.to_string())).collect()
}
