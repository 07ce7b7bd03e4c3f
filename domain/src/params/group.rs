//! "One of these": rules over several parameters.

use std::collections::BTreeSet;

use super::spec::{ParamGroup, ParamSpec};
use crate::words::{all_of, any_of};

/// The groups that are not as they should be: for each the first of its parameters that is asked for, and the sentence.
pub(super) fn broken<'a>(
    groups: &[ParamGroup],
    specs: &'a [ParamSpec],
    asked: &BTreeSet<String>,
    filled: &BTreeSet<&str>,
) -> Vec<(&'a ParamSpec, String)> {
    let broken = groups.iter().filter_map(|group| {
        let find = |name: &String| specs.iter().find(|spec| spec.name == *name);
        let members: Vec<&ParamSpec> = group
            .params
            .iter()
            .filter(|name| asked.contains(*name))
            .filter_map(find)
            .collect();
        let count = members
            .iter()
            .filter(|spec| filled.contains(spec.name.as_str()))
            .count();
        let sentence = sentence(group, &members, count)?;
        Some((*members.first()?, sentence))
    });
    broken.collect()
}

fn sentence(group: &ParamGroup, members: &[&ParamSpec], filled: usize) -> Option<String> {
    // Parameters that are not asked for cannot be filled in, so no more than the others can be required.
    let least = group.min_required.min(members.len());
    let most = group.max_required.max(least);
    if (least..=most).contains(&filled) {
        return None;
    }
    if let Some(sentence) = &group.error_message {
        return Some(sentence.clone());
    }
    let labels: Vec<&str> = members.iter().map(|spec| spec.label.as_str()).collect();
    Some(match (filled < least, least, most) {
        (true, 1, _) => format!("Fill in {}", any_of(&labels)),
        (true, all, _) if all == members.len() => format!("Fill in {}", all_of(&labels)),
        (true, least, _) => format!("Fill in at least {least} of {}", all_of(&labels)),
        (false, _, 0) => format!("Leave {} empty", all_of(&labels)),
        (false, _, 1) => format!("Fill in only one of {}", all_of(&labels)),
        (false, _, most) => format!("Fill in at most {most} of {}", all_of(&labels)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::{declared, form, problems};
    use super::super::{FieldError, declare_groups};

    /// What a form with these pairs is told about one group over four parameters.
    fn told(group: &Value, pairs: &[(&str, &str)]) -> Vec<FieldError> {
        let specs = declared(&[
            json!("a"),
            json!({"name": "b", "type": "number"}),
            json!({"name": "c", "type": "checkbox"}),
            json!({"name": "d", "depends_on": {"c": true}}),
        ])
        .specs;
        let groups = declare_groups(std::slice::from_ref(group), &specs, &mut Vec::new());
        problems(&specs, &groups, &form(&specs, pairs))
    }

    #[test]
    fn a_group_tells_what_it_wants_at_its_first_parameter() {
        let one = json!({"params": ["a", "b"], "max_required": 1});
        let all = json!({"params": ["a", "b"], "min_required": 2});
        let two = json!({"params": ["a", "b", "c"], "min_required": 2, "max_required": 2});
        let either = json!({"params": ["a", "b"], "min_required": 0, "max_required": 1});
        let own = json!({"params": ["a", "b"], "error_message": "Say where from"});
        let hidden = json!({"params": ["a", "d"], "min_required": 2});
        for (group, pairs, sentence) in [
            (&one, &[][..], Some("Fill in A or B")),
            (&one, &[("a", "x")], None),
            (&one, &[("b", "0")], None),
            (
                &one,
                &[("a", "x"), ("b", "1")],
                Some("Fill in only one of A and B"),
            ),
            (&all, &[("a", "x")], Some("Fill in A and B")),
            (&two, &[("a", "x")], Some("Fill in at least 2 of A, B and C")),
            (&two, &[("a", "x"), ("c", "on")], None),
            (
                &two,
                &[("a", "x"), ("b", "1"), ("c", "on")],
                Some("Fill in at most 2 of A, B and C"),
            ),
            (&either, &[], None),
            (&own, &[], Some("Say where from")),
            // What is not asked for cannot be required.
            (&hidden, &[("a", "x")], None),
            (&hidden, &[("a", "x"), ("c", "on")], Some("Fill in A and D")),
        ] {
            let errors = told(group, pairs);
            let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
            assert_eq!(
                messages,
                sentence.into_iter().collect::<Vec<_>>(),
                "{group} {pairs:?}"
            );
            assert!(errors.iter().all(|error| error.input == "param.a"));
        }
    }

    #[test]
    fn something_typed_wrongly_counts_as_filled_in_and_is_told_once() {
        let group = json!({"params": ["b", "a"]});
        let messages: Vec<String> = told(&group, &[("b", "x")])
            .into_iter()
            .map(|error| error.message)
            .collect();
        assert_eq!(messages, ["B must be a number, like 30"]);
    }
}
