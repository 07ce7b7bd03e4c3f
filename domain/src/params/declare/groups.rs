//! `PARAM_GROUPS`: the older service's "one of these" (`original-system.md` 1.3).

use serde_json::Value;

use super::entry::Entry;
use super::{MAX_PARAMS, quote};
use crate::params::spec::{ParamGroup, ParamSpec};
use crate::words::humanise;

/// Reads `PARAM_GROUPS` over the parameters that were declared. What cannot be used is left out with a warning.
pub fn declare_groups(raw: &[Value], specs: &[ParamSpec], warnings: &mut Vec<String>) -> Vec<ParamGroup> {
    if raw.len() > MAX_PARAMS {
        warnings.push(format!(
            "PARAM_GROUPS has {} entries; only the first {MAX_PARAMS} are used.",
            raw.len()
        ));
    }
    let mut groups = Vec::new();
    for (index, written) in raw.iter().take(MAX_PARAMS).enumerate() {
        let position = index + 1;
        let Some(written) = written.as_object() else {
            warnings.push(format!(
                "PARAM_GROUPS, entry {position} is ignored: it must be a dictionary, not {}.",
                quote(written)
            ));
            continue;
        };
        let mut entry = Entry::of_group(position, written);
        groups.extend(group(&mut entry, specs, position));
        warnings.extend(entry.into_warnings());
    }
    groups
}

fn group(entry: &mut Entry<'_>, specs: &[ParamSpec], position: usize) -> Option<ParamGroup> {
    let params = members(entry, specs);
    let label = entry
        .text("label")
        .or_else(|| Some(humanise(&entry.text("name")?)));
    let description = entry.text("description");
    let error_message = entry.text("error_message");
    let min = entry.count("min_required");
    let max = entry.count("max_required");
    if params.is_empty() {
        entry.warn(format!(
            "PARAM_GROUPS, entry {position} is ignored: none of its \"params\" is declared."
        ));
        return None;
    }
    let min_required = min.unwrap_or(1);
    let max_required = max.unwrap_or(params.len());
    let is_possible = min_required <= max_required && min_required <= params.len() && max_required > 0;
    if !is_possible {
        entry.warn(format!(
            "\"min_required\" and \"max_required\" of PARAM_GROUPS, entry {position} are ignored: {min_required} to \
             {max_required} of {} cannot be.",
            params.len()
        ));
    }
    Some(ParamGroup {
        label: label.unwrap_or_else(|| "One of these".to_owned()),
        description,
        min_required: if is_possible { min_required } else { 1 },
        max_required: if is_possible {
            max_required.min(params.len())
        } else {
            params.len()
        },
        params,
        error_message,
    })
}

fn members(entry: &mut Entry<'_>, specs: &[ParamSpec]) -> Vec<String> {
    let written: Vec<Value> = match entry.get("params") {
        Some(Value::Array(names)) => names.clone(),
        Some(single) => vec![single.clone()],
        None => Vec::new(),
    };
    let mut params: Vec<String> = Vec::new();
    for member in &written {
        let name = member.as_str().or_else(|| member.get("name")?.as_str());
        match name.filter(|name| specs.iter().any(|spec| spec.name == *name)) {
            Some(name) if params.iter().any(|known| known == name) => {}
            Some(name) => params.push(name.to_owned()),
            None => entry.warn(format!(
                "{}: the parameter {} is not declared, so it is left out.",
                entry.subject(),
                quote(member)
            )),
        }
    }
    params
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::declare;
    use super::*;

    fn groups(raw: &Value) -> (Vec<ParamGroup>, Vec<String>) {
        let specs = declare(&[], &[json!("folder_id"), json!("file_id"), json!("name")])
            .unwrap()
            .specs;
        let mut warnings = Vec::new();
        let groups = declare_groups(raw.as_array().unwrap(), &specs, &mut warnings);
        (groups, warnings)
    }

    #[test]
    fn the_older_services_group_reads_as_it_did() {
        let (groups, warnings) = groups(&json!([{"name": "source", "description": "Where from",
            "params": ["folder_id", "file_id"], "min_required": 1, "max_required": 1,
            "error_message": "Give a folder or a file"}]));
        assert_eq!(warnings, Vec::<String>::new());
        assert_eq!(
            groups,
            [ParamGroup {
                label: "Source".into(),
                description: Some("Where from".into()),
                params: vec!["folder_id".into(), "file_id".into()],
                min_required: 1,
                max_required: 1,
                error_message: Some("Give a folder or a file".into()),
            }]
        );
    }

    #[test]
    fn what_is_not_said_is_at_least_one_and_at_most_all() {
        let (groups, _) =
            groups(&json!([{"params": ["folder_id", "file_id", "folder_id", {"name": "name"}]}]));
        assert_eq!((groups[0].min_required, groups[0].max_required), (1, 3));
        assert_eq!(groups[0].label, "One of these");
    }

    #[test]
    fn f67_mistakes_in_groups_are_left_out_with_a_warning() {
        for (raw, left, part) in [
            (
                json!(["folder_id"]),
                0,
                "entry 1 is ignored: it must be a dictionary",
            ),
            (json!([{"name": "a"}]), 0, "none of its \"params\" is declared"),
            (
                json!([{"name": "a", "params": ["folder_id", "gone"]}]),
                1,
                "the parameter \"gone\" is not declared",
            ),
            (
                json!([{"params": ["name"], "min_required": 2}]),
                1,
                "2 to 1 of 1 cannot be",
            ),
            (
                json!([{"params": ["name"], "max_required": 0}]),
                1,
                "1 to 0 of 1 cannot be",
            ),
            (
                json!([{"params": ["name"], "min_required": "one"}]),
                1,
                "must be a whole number",
            ),
            (
                json!([{"params": ["name"], "min_requierd": 1}]),
                1,
                "Was \"min_required\" meant?",
            ),
        ] {
            let (groups, warnings) = groups(&raw);
            assert_eq!((groups.len(), warnings.len()), (left, 1), "{raw} {warnings:?}");
            assert!(
                warnings[0].contains("PARAM_GROUPS, entry 1") && warnings[0].contains(part),
                "{warnings:?}"
            );
        }
    }
}
