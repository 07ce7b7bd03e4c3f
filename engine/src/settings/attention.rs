//! Whether what is saved still fits what a task asks for today (fault case F72).

use std::collections::BTreeSet;

use domain::params::{Attention, ParamKind, ParamSpec, attention};
use domain::task::TaskInfo;
use serde_json::{Map, Value};

use super::{SECRET_MARK, SavedSettings, as_snapshot};
use crate::tasks::TaskFolder;

impl SavedSettings {
    /// What keeps a task from running with what is saved, a field each; nothing when it can run. A task that does not
    /// load needs attention of another kind, so that nothing is said about its settings.
    pub fn attention(&self, folder: &TaskFolder) -> Vec<Attention> {
        match &folder.found {
            Ok(info) => of_snapshot(info, &as_snapshot(self)),
            Err(_) => Vec::new(),
        }
    }
}

/// The same for the settings that a run took along.
pub(crate) fn of_snapshot(info: &TaskInfo, params: &Map<String, Value>) -> Vec<Attention> {
    let (secrets, values) = apart(&info.params, params);
    attention(&info.params, &info.groups, &values, &secrets)
}

/// A snapshot as the names of its passwords and its other values.
pub(crate) fn apart(
    specs: &[ParamSpec],
    params: &Map<String, Value>,
) -> (BTreeSet<String>, Map<String, Value>) {
    // A person may have typed JSON that looks like our mark.
    let is_json = |name: &str| {
        specs
            .iter()
            .any(|spec| spec.name == name && spec.kind == ParamKind::Json)
    };
    let mut secrets = BTreeSet::new();
    let mut values = Map::new();
    for (name, value) in params {
        if value.get(SECRET_MARK).is_some() && !is_json(name) {
            secrets.insert(name.clone());
        } else {
            values.insert(name.clone(), value.clone());
        }
    }
    (secrets, values)
}

/// All of it on one line.
pub(crate) fn in_words(attention: &[Attention]) -> String {
    let sentences: Vec<&str> = attention.iter().map(|each| each.sentence.as_str()).collect();
    sentences.join(" ")
}
