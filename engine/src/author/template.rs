//! A new task's folder, from the template carried inside this program.

use std::fs;
use std::path::{Path, PathBuf};

use domain::task::is_task_name;
use domain::words::humanise;
use rust_embed::RustEmbed;

use super::AuthorError;

#[derive(RustEmbed)]
#[folder = "python/template/"]
#[exclude = "*.pyc"]
struct Template;

/// Creates the folder of a task and returns it. Nothing that exists is touched.
pub fn create_task(tasks_dir: &Path, name: &str, title: Option<&str>) -> Result<PathBuf, AuthorError> {
    if !is_task_name(name) || name.starts_with('_') {
        return Err(AuthorError::BadName(name.to_owned()));
    }
    let folder = std::path::absolute(tasks_dir.join(name)).map_err(AuthorError::file(tasks_dir))?;
    if folder.exists() || folder.with_extension("py").exists() {
        return Err(AuthorError::Exists(folder));
    }
    let title = title.map_or_else(|| humanise(name), |title| title.replace(['"', '\\', '\n'], " "));
    // Written beside and renamed, so that a server never sees half of it. Names with a dot are no tasks.
    let draft = tasks_dir.join(format!(".{name}.new"));
    for file in Template::iter() {
        let Some(content) = Template::get(&file) else {
            continue;
        };
        // Named so that no test or linter takes them for files of this project.
        let path = draft.join(file.trim_end_matches(".template"));
        let parent = path.parent().unwrap_or(&draft);
        fs::create_dir_all(parent).map_err(AuthorError::file(parent))?;
        let text = String::from_utf8_lossy(&content.data)
            .replace("{{name}}", name)
            .replace("{{title}}", &title)
            .replace("{{class_name}}", &class_name(name));
        fs::write(&path, text).map_err(AuthorError::file(&path))?;
    }
    fs::rename(&draft, &folder).map_err(AuthorError::file(&folder))?;
    Ok(folder)
}

/// `import_users` to `ImportUsersJob`.
fn class_name(name: &str) -> String {
    let words = name.split(['_', '-']).filter(|word| !word.is_empty());
    let joined: String = words
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + rest
        })
        .collect();
    // A class cannot begin with a digit, a folder can.
    let first = joined.chars().next().filter(char::is_ascii_digit).map(|_| "Task");
    format!("{}{joined}Job", first.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_named_after_its_folder() {
        for (name, class) in [
            ("import_users", "ImportUsersJob"),
            ("sync-2", "Sync2Job"),
            ("9lives", "Task9livesJob"),
            ("_x", "XJob"),
        ] {
            assert_eq!(class_name(name), class);
        }
    }

    #[test]
    fn a_new_task_fills_in_its_names_and_never_touches_one_that_exists() {
        let root = tempfile::tempdir().unwrap();
        let folder = create_task(root.path(), "import_users", None).unwrap();
        let job = fs::read_to_string(folder.join("job.py")).unwrap();
        assert!(
            job.contains("class ImportUsersJob(BaseJob)") && job.contains("\"Import users\""),
            "{job}"
        );
        assert!(!job.contains("{{"), "{job}");
        assert!(folder.join("tests/test_job.py").is_file());
        fs::write(folder.join("job.py"), "mine").unwrap();
        assert!(matches!(
            create_task(root.path(), "import_users", None),
            Err(AuthorError::Exists(_))
        ));
        assert_eq!(fs::read_to_string(folder.join("job.py")).unwrap(), "mine");
        for name in ["", "..", "a b", "a/b", "_hidden"] {
            assert!(create_task(root.path(), name, None).is_err(), "{name}");
        }
    }
}
