//! What stands in a form before it was checked.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::spec::{FileRef, ParamKind, ParamSpec};

/// What was typed, by parameter name. Without `Debug`: it holds passwords until they are sealed.
#[derive(Clone, Default)]
pub struct Typed {
    /// One text, or for a multiselect one for each choice.
    texts: BTreeMap<String, Vec<String>>,
    zones: BTreeMap<String, String>,
    cleared: BTreeSet<String>,
    files: BTreeMap<String, FileRef>,
    kept: BTreeMap<String, FileRef>,
}

impl Typed {
    /// Picks the parameters out of a submitted form, by their input names.
    ///
    /// The text of a file parameter is not taken: which file was uploaded is for the server to say
    /// ([`set_file`](Self::set_file)), or a form could name a file of somebody else's.
    pub fn from_form<'a>(specs: &[ParamSpec], form: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let by_input: BTreeMap<String, &ParamSpec> =
            specs.iter().map(|spec| (spec.input_name(), spec)).collect();
        let find = |input: &str| by_input.get(input).copied();
        let mut typed = Self::default();
        for (input, text) in form {
            if let Some(spec) = find(input) {
                if !spec.is_file() {
                    let texts = typed.texts.entry(spec.name.clone()).or_default();
                    texts.push(text.to_owned());
                }
            } else if let Some(spec) = input.strip_suffix(".zone").and_then(find) {
                if matches!(spec.kind, ParamKind::DateTime(_)) {
                    typed.set_zone(&spec.name, text);
                }
            } else if let Some(spec) = input.strip_suffix(".clear").and_then(find)
                && (spec.is_secret() || spec.is_file())
            {
                typed.clear(&spec.name);
            }
        }
        typed
    }

    /// What was typed for a parameter; `None` when the field was not sent (an unticked checkbox). Of several values the
    /// first.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }

    /// Everything that was typed for it, in the order of the form: a multiselect repeats its name.
    pub fn all(&self, name: &str) -> &[String] {
        self.texts.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Sets one value, in place of what there was.
    pub fn set(&mut self, name: &str, text: &str) {
        self.set_all(name, [text]);
    }

    /// Sets several values, in place of what there was.
    pub fn set_all<'a>(&mut self, name: &str, texts: impl IntoIterator<Item = &'a str>) {
        let texts = texts.into_iter().map(str::to_owned).collect();
        self.texts.insert(name.to_owned(), texts);
    }

    /// The zone typed beside a moment; empty means the server's.
    pub fn zone(&self, name: &str) -> &str {
        self.zones.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Sets the zone of a moment.
    pub fn set_zone(&mut self, name: &str, zone: &str) {
        self.zones.insert(name.to_owned(), zone.to_owned());
    }

    /// Whether the tick box was ticked that forgets the saved password or file.
    pub fn clears(&self, name: &str) -> bool {
        self.cleared.contains(name)
    }

    /// Ticks that box.
    pub fn clear(&mut self, name: &str) {
        self.cleared.insert(name.to_owned());
    }

    /// The file uploaded with this form.
    pub fn file(&self, name: &str) -> Option<&FileRef> {
        self.files.get(name)
    }

    /// Says which file was uploaded. The server has stored it by then; the browser, which only checks name and size
    /// before it sends, leaves the id empty.
    pub fn set_file(&mut self, name: &str, file: FileRef) {
        self.files.insert(name.to_owned(), file);
    }

    /// The file saved earlier, which an empty input keeps.
    pub fn kept_file(&self, name: &str) -> Option<&FileRef> {
        self.kept.get(name)
    }

    /// Takes the files out of saved values, for a form that is drawn again with what was typed.
    pub fn keep_files(&mut self, specs: &[ParamSpec], saved: &Map<String, Value>) {
        for spec in specs.iter().filter(|spec| spec.is_file()) {
            if let Some(file) = saved.get(&spec.name).and_then(FileRef::from_value) {
                self.kept.insert(spec.name.clone(), file);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::declare;
    use super::*;

    fn specs() -> Vec<ParamSpec> {
        let optional = [
            json!("note"),
            json!({"name": "days", "type": "multiselect", "options": ["mon", "tue"]}),
            json!({"name": "start", "type": "datetime"}),
            json!({"name": "report", "type": "file"}),
            json!({"name": "token", "type": "password"}),
        ];
        declare(&[], &optional).unwrap().specs
    }

    #[test]
    fn a_repeated_name_holds_several_values_in_the_order_of_the_form() {
        let typed = Typed::from_form(&specs(), [("param.days", "tue"), ("param.days", "mon")]);
        assert_eq!(typed.all("days"), ["tue", "mon"]);
        assert_eq!(typed.get("days"), Some("tue"));
        assert_eq!(typed.get("note"), None);
    }

    #[test]
    fn the_inputs_beside_a_field_belong_to_the_types_that_have_them() {
        let form = [
            ("param.start.zone", "Europe/Paris"),
            ("param.note.zone", "Europe/Paris"),
            ("param.token.clear", "on"),
            ("param.note.clear", "on"),
        ];
        let typed = Typed::from_form(&specs(), form);
        assert_eq!((typed.zone("start"), typed.zone("note")), ("Europe/Paris", ""));
        assert!(typed.clears("token") && !typed.clears("note"));
    }

    #[test]
    fn f71_a_form_cannot_name_a_file_or_fields_that_are_not_declared() {
        let file = r#"{"$file":{"id":"1","name":"a","size":1}}"#;
        let typed = Typed::from_form(
            &specs(),
            [
                ("param.report", file),
                ("param.stranger", "x"),
                ("note", "x"),
                ("param.", "x"),
            ],
        );
        assert!(typed.file("report").is_none() && typed.get("report").is_none());
        assert!(typed.get("stranger").is_none() && typed.get("note").is_none());
    }

    #[test]
    fn saved_files_are_kept_beside_what_was_uploaded() {
        let saved = FileRef {
            id: "7".into(),
            name: "old.csv".into(),
            size: 3,
        };
        let values = Map::from_iter([
            ("report".to_owned(), saved.to_value()),
            ("note".to_owned(), saved.to_value()),
        ]);
        let mut typed = Typed::default();
        typed.keep_files(&specs(), &values);
        assert_eq!(typed.kept_file("report"), Some(&saved));
        assert!(typed.kept_file("note").is_none() && typed.file("report").is_none());
    }
}
