//! No circles among files: what one file needs of another, the other needs nothing of in turn.
//!
//! A file needs what its `use` statements and its `crate::`, `self::` and `super::` paths name,
//! followed through re-exports to the file that defines it. Declaring a module or re-exporting
//! from it is no need, so a `mod.rs` may gather what its siblings offer; tests are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree, Visibility};

use crate::architecture::{crates, repository};

/// A path from the crate's root, such as `["command", "step"]`.
type Place = Vec<String>;

/// What is known of a file once it has been read.
#[derive(Default)]
struct Module {
    /// What it names of other files, as it stands there.
    named: BTreeSet<Place>,
    /// Names it passes on from elsewhere, with where they come from.
    passed_on: BTreeMap<String, Place>,
}

/// Reads one file, from the place of its module.
struct Reader<'a> {
    here: Place,
    children: &'a BTreeSet<Place>,
    module: Module,
}

impl Reader<'_> {
    /// A path as it is written, from the crate's root; `None` where it leads out of the crate.
    fn absolute(&self, written: &[String]) -> Option<Place> {
        let mut place = self.here.clone();
        let mut rest = written;
        match written.first()?.as_str() {
            "crate" => {
                place.clear();
                rest = &written[1..];
            }
            "self" => rest = &written[1..],
            "super" => {
                while rest.first().is_some_and(|word| word == "super") {
                    place.pop();
                    rest = &rest[1..];
                }
            }
            child => {
                let mut below = self.here.clone();
                below.push(child.to_owned());
                if !self.children.contains(&below) {
                    return None;
                }
            }
        }
        place.extend_from_slice(rest);
        Some(place)
    }

    fn read_tree(&mut self, tree: &UseTree, before: &[String], passes_on: bool) {
        let with = |word: String| [before, &[word]].concat();
        match tree {
            UseTree::Path(path) => {
                self.read_tree(&path.tree, &with(path.ident.to_string()), passes_on);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.read_tree(tree, before, passes_on);
                }
            }
            UseTree::Name(name) if name.ident == "self" => {
                self.read_leaf(before, before.last().cloned(), passes_on);
            }
            UseTree::Name(name) => {
                let word = name.ident.to_string();
                self.read_leaf(&with(word.clone()), Some(word), passes_on);
            }
            UseTree::Rename(rename) => {
                let path = with(rename.ident.to_string());
                self.read_leaf(&path, Some(rename.rename.to_string()), passes_on);
            }
            _ => self.read_leaf(before, None, passes_on),
        }
    }

    fn read_leaf(&mut self, written: &[String], name: Option<String>, passes_on: bool) {
        let Some(place) = self.absolute(written) else { return };
        match name.filter(|_| passes_on) {
            Some(name) => drop(self.module.passed_on.insert(name, place)),
            None => drop(self.module.named.insert(place)),
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        // What stands between braces belongs to this file; its `super` is not looked into.
        if let Some((_, items)) = &module.content {
            items.iter().for_each(|item| self.visit_item(item));
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let passes_on = !matches!(item.vis, Visibility::Inherited);
        self.read_tree(&item.tree, &[], passes_on);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let written: Vec<String> =
            path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if written.len() > 1 {
            self.read_leaf(&written, None, false);
        }
        visit::visit_path(self, path);
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        _ => &[],
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

/// The files of a crate by the place of their module, those of tests left out.
fn files(source: &Path) -> BTreeMap<Place, PathBuf> {
    let mut found = BTreeMap::new();
    let mut folders = vec![(source.to_owned(), Place::new())];
    while let Some((folder, place)) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let mut below = place.clone();
            if !["mod", "lib", "main"].contains(&name.as_str()) || path.is_dir() {
                below.push(name.clone());
            }
            match path.extension() {
                _ if ["tests", "conformance", "bin"].contains(&name.as_str()) => {}
                None if path.is_dir() => folders.push((path, below)),
                Some(extension) if extension == "rs" => drop(found.insert(below, path)),
                _ => {}
            }
        }
    }
    found
}

fn read(source: &Path) -> BTreeMap<Place, Module> {
    let files = files(source);
    let children: BTreeSet<Place> = files.keys().cloned().collect();
    let read = |(place, path): (&Place, &PathBuf)| {
        let file = syn::parse_file(&fs::read_to_string(path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut reader =
            Reader { here: place.clone(), children: &children, module: Module::default() };
        reader.visit_file(&file);
        (place.clone(), reader.module)
    };
    files.iter().map(read).collect()
}

/// The file that defines what is at `place`, looked for through what others pass on.
fn defining<'a>(modules: &'a BTreeMap<Place, Module>, place: &[String]) -> Option<&'a Place> {
    let mut place = place.to_vec();
    // A chain of re-exports is short; a bound keeps two that name each other from going round.
    for _ in 0..8 {
        let depth = (0..=place.len()).rev().find(|depth| modules.contains_key(&place[..*depth]))?;
        let (file, module) = modules.get_key_value(&place[..depth])?;
        let Some(origin) = place.get(depth).and_then(|name| module.passed_on.get(name)) else {
            return Some(file);
        };
        place = [origin.as_slice(), &place[depth + 1..]].concat();
    }
    None
}

/// Groups of files of which each needs, over however many steps, every other.
fn circles(modules: &BTreeMap<Place, Module>) -> Vec<String> {
    let needs: BTreeMap<&Place, BTreeSet<&Place>> = modules
        .iter()
        .map(|(file, module)| {
            let named = module.named.iter().filter_map(|place| defining(modules, place));
            (file, named.filter(|other| *other != file).collect())
        })
        .collect();
    let reach = |from| {
        let mut seen: BTreeSet<&Place> = BTreeSet::new();
        let mut next: Vec<&Place> = vec![from];
        while let Some(file) = next.pop() {
            next.extend(needs[file].iter().filter(|other| seen.insert(other)));
        }
        seen
    };
    let reached: BTreeMap<&Place, BTreeSet<&Place>> =
        needs.keys().map(|file| (*file, reach(file))).collect();

    let mut found = BTreeSet::new();
    for (file, there) in reached.iter().filter(|(file, there)| there.contains(*file)) {
        let circle: Vec<String> = there
            .iter()
            .filter(|other| reached[**other].contains(*file))
            .map(|other| format!("{}.rs", other.join("/")))
            .collect();
        found.insert(circle.join(" <-> "));
    }
    found.into_iter().collect()
}

#[test]
fn no_file_needs_itself_by_way_of_others() {
    let mut found = Vec::new();
    for folder in crates() {
        let source = repository().join(&folder).join("src");
        found.extend(
            circles(&read(&source)).into_iter().map(|circle| format!("{folder}: {circle}")),
        );
    }

    assert!(found.is_empty(), "circles among files:\n{}", found.join("\n"));
}

#[test]
fn a_circle_is_found_through_re_exports_and_not_through_tests() {
    let folder = std::env::temp_dir().join(format!("stagewright-circles-{}", std::process::id()));
    fs::create_dir_all(folder.join("both")).unwrap();
    let files = [
        ("lib.rs", "mod both; mod alone;"),
        ("alone.rs", "use crate::both::Left; #[cfg(test)] mod tests { use crate::alone::X; }"),
        (
            "both/mod.rs",
            "mod left; mod right; pub(crate) use left::Left; pub(crate) use right::go;",
        ),
        ("both/left.rs", "use super::go; pub(crate) struct Left; #[cfg(test)] use crate::alone;"),
        ("both/right.rs", "pub(crate) fn go(_: &crate::both::Left) {}"),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }

    let found = circles(&read(&folder));

    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(found, ["both/left.rs <-> both/right.rs"]);
}
