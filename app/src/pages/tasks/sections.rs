//! How the fields of a form stand together: under headings, and folded away.

use domain::params::{Field, ParamGroup};

/// More optional fields than this are folded away.
const MANY_OPTIONAL: usize = 8;

/// Fields that stand together, in the author's order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Section {
    pub(super) heading: Option<Heading>,
    pub(super) fields: Vec<Field>,
}

/// What stands over them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Heading {
    pub(super) words: String,
    pub(super) description: Option<String>,
    /// How many of them are to be filled in, where that is ruled for all of them together.
    pub(super) rule: Option<String>,
}

/// Puts the fields under their headings: those without one first, then each heading where its first field stood.
pub(super) fn sections(fields: Vec<Field>, groups: &[ParamGroup]) -> Vec<Section> {
    let mut plain = Vec::new();
    let mut headed: Vec<Section> = Vec::new();
    for field in fields {
        let Some(heading) = heading(&field, groups) else {
            plain.push(field);
            continue;
        };
        match headed
            .iter_mut()
            .find(|section| section.heading.as_ref() == Some(&heading))
        {
            Some(section) => section.fields.push(field),
            None => headed.push(Section {
                heading: Some(heading),
                fields: vec![field],
            }),
        }
    }
    let plain = Section {
        heading: None,
        fields: plain,
    };
    std::iter::once(plain)
        .filter(|section| !section.fields.is_empty())
        .chain(headed)
        .collect()
}

/// Parts off what is folded away: what the author marked so and, where much is optional, the rest of that. What belongs
/// together stays together.
pub(super) fn fold(all: Vec<Field>, groups: &[ParamGroup]) -> (Vec<Field>, Vec<Field>) {
    let is_many = all
        .iter()
        .filter(|field| !field.required && !field.advanced)
        .count()
        > MANY_OPTIONAL;
    let is_rest = |field: &Field| !field.required && field.group.is_none() && one_of(field, groups).is_none();
    all.into_iter()
        .partition(|field| !(field.advanced || is_many && is_rest(field)))
}

/// The rule over several fields that this one is part of.
pub(super) fn one_of<'a>(field: &Field, groups: &'a [ParamGroup]) -> Option<&'a ParamGroup> {
    groups.iter().find(|group| group.params.contains(&field.name))
}

fn heading(field: &Field, groups: &[ParamGroup]) -> Option<Heading> {
    if let Some(group) = one_of(field, groups) {
        return Some(Heading {
            words: group.label.clone(),
            description: group.description.clone(),
            rule: rule(group),
        });
    }
    field.group.clone().map(|words| Heading {
        words,
        description: None,
        rule: None,
    })
}

/// How many of a group are to be filled in, in words.
fn rule(group: &ParamGroup) -> Option<String> {
    let is_open = group.max_required >= group.params.len();
    let count = |number: usize| match number {
        1 => "one".to_owned(),
        number => number.to_string(),
    };
    let amount = match (group.min_required, group.max_required) {
        (0, _) if is_open => return None,
        (0, most) => format!("at most {}", count(most)),
        (least, most) if least == most => count(least),
        (least, _) if is_open => format!("at least {}", count(least)),
        (least, most) => format!("{least} to {most}"),
    };
    Some(format!("Fill in {amount} of these."))
}

#[cfg(test)]
mod tests {
    use domain::params::Control;

    use super::*;

    fn field(name: &str) -> Field {
        Field {
            name: name.to_owned(),
            input: format!("param.{name}"),
            label: name.to_owned(),
            hint: None,
            placeholder: None,
            required: false,
            advanced: false,
            group: None,
            condition: None,
            control: Control::Checkbox { checked: false },
            error: None,
        }
    }

    fn grouped(name: &str, group: &str) -> Field {
        Field {
            group: Some(group.to_owned()),
            ..field(name)
        }
    }

    fn one_of(params: &[&str], min_required: usize, max_required: usize) -> ParamGroup {
        ParamGroup {
            label: "Where from".to_owned(),
            description: None,
            params: params.iter().map(|name| (*name).to_owned()).collect(),
            min_required,
            max_required,
            error_message: None,
        }
    }

    fn shape(sections: &[Section]) -> Vec<(Option<&str>, Vec<&str>)> {
        sections
            .iter()
            .map(|section| {
                let names = section.fields.iter().map(|field| field.name.as_str()).collect();
                (
                    section.heading.as_ref().map(|heading| heading.words.as_str()),
                    names,
                )
            })
            .collect()
    }

    #[test]
    fn fields_without_a_heading_come_first_and_headings_where_their_first_field_stood() {
        let fields = vec![
            grouped("a", "Source"),
            field("b"),
            field("url"),
            grouped("c", "Target"),
            grouped("d", "Source"),
            field("file"),
        ];
        let sections = sections(fields, &[one_of(&["url", "file"], 1, 1)]);
        assert_eq!(
            shape(&sections),
            [
                (None, vec!["b"]),
                (Some("Source"), vec!["a", "d"]),
                (Some("Where from"), vec!["url", "file"]),
                (Some("Target"), vec!["c"]),
            ]
        );
    }

    #[test]
    fn the_rule_over_several_fields_is_said_in_words() {
        for (min, max, words) in [
            (1, 1, Some("Fill in one of these.")),
            (0, 1, Some("Fill in at most one of these.")),
            (1, 3, Some("Fill in at least one of these.")),
            (2, 2, Some("Fill in 2 of these.")),
            (1, 2, Some("Fill in 1 to 2 of these.")),
            (0, 3, None),
        ] {
            assert_eq!(rule(&one_of(&["a", "b", "c"], min, max)).as_deref(), words);
        }
    }

    #[test]
    fn advanced_fields_are_folded_away_and_of_many_optional_ones_those_that_stand_alone() {
        let advanced = Field {
            advanced: true,
            ..field("x")
        };
        let required = Field {
            required: true,
            ..field("r")
        };
        let names =
            |fields: &[Field]| -> Vec<String> { fields.iter().map(|field| field.name.clone()).collect() };
        let (shown, folded) = fold(vec![field("a"), advanced.clone(), required.clone()], &[]);
        assert_eq!(
            (names(&shown), names(&folded)),
            (vec!["a".into(), "r".into()], vec!["x".to_owned()])
        );
        let mut many: Vec<Field> = (0..7).map(|index| field(&format!("p{index}"))).collect();
        many.extend([required, grouped("g", "Source"), field("url")]);
        let (shown, folded) = fold(many, &[one_of(&["url"], 1, 1)]);
        assert_eq!(names(&shown), ["r", "g", "url"]);
        assert_eq!(folded.len(), 7);
    }
}
