//! From the files of one task to its place in the list: copied, with its packages, described; or what ran before.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use chrono::Utc;
use domain::task::{LoadProblem, ProblemKind, TaskInfo};

use super::catalog::Inner;
use super::describe::{Place, describe};
use super::files;
use super::known::{Known, Past, Waits, preparing};
use super::scan::Candidate;
use super::snapshot::{Snapshot, is_too_much};
use super::{Newer, TaskFolder};
use crate::environments::{Contents, EnvironmentState, Requirements};

/// A task that could be described now.
struct Good {
    info: TaskInfo,
    code: Arc<Snapshot>,
    requirements: Option<Arc<Requirements>>,
    python: PathBuf,
}

/// What a look at the disk brought along.
struct Read {
    code: Result<Arc<Snapshot>, LoadProblem>,
    contents: Option<Contents>,
    readme: Option<String>,
    is_as_seen: bool,
}

impl Inner {
    /// Examines a task. None if its files changed meanwhile.
    pub(super) async fn examine(
        &self,
        name: &str,
        seen: Candidate,
        root: &Path,
        past: Option<Past>,
    ) -> Option<Known> {
        let read = self.read(name, &seen, root, past.as_ref()).await?;
        if !read.is_as_seen {
            return None;
        }
        let newest = read.code.as_ref().ok().cloned();
        let mut waits = Waits::ForNothing;
        let examined = match read.code {
            Ok(code) => self.load(name, &seen, code, read.contents, &mut waits).await,
            Err(problem) => Err(problem),
        };
        let past = past.map(|past| past.folder);
        let folder = match examined {
            Ok(good) => TaskFolder {
                name: name.to_owned(),
                found: Ok(good.info),
                newer: None,
                readme: read.readme,
                code_hash: good.code.hash().to_owned(),
                code: good.code,
                job_file: seen.job_file_or_guess(),
                requirements: good.requirements,
                python: good.python,
            },
            Err(problem) => {
                tell(name, &problem, past.as_deref());
                let code = newest.clone().unwrap_or_else(|| Arc::new(Snapshot::none()));
                self.with_problem(
                    name,
                    &seen,
                    problem,
                    past,
                    Parts {
                        readme: read.readme,
                        code,
                        waits: &waits,
                    },
                )
            }
        };
        Some(Known {
            folder: Arc::new(folder),
            seen,
            newest,
            waits,
            looked_at: Instant::now(),
            is_stale: false,
        })
    }

    /// Copies the code, unless the copy there is still says the same, and reads what lies beside it.
    async fn read(&self, name: &str, seen: &Candidate, root: &Path, past: Option<&Past>) -> Option<Read> {
        if let Some(problem) = seen.problem() {
            let readme = seen
                .may_be_read()
                .then(|| files::readme(&seen.folder, root))
                .flatten();
            return Some(Read {
                code: Err(problem),
                contents: None,
                readme,
                is_as_seen: true,
            });
        }
        let kept = past
            .filter(|past| past.seen.is_same_code(seen))
            .and_then(|past| past.newest.clone());
        let (snapshots, seen) = (Arc::clone(&self.snapshots), seen.clone());
        let (name, root) = (name.to_owned(), root.to_path_buf());
        let read = tokio::task::spawn_blocking(move || {
            let code = match kept {
                Some(kept) => Ok(kept),
                None => snapshots
                    .take(&name, &seen)
                    .map(Arc::new)
                    .map_err(|problem| *problem),
            };
            Read {
                contents: Contents::read(&seen.folder),
                readme: (!seen.is_single_file)
                    .then(|| files::readme(&seen.folder, &root))
                    .flatten(),
                // Last, so that whatever was read is of the code that was seen.
                is_as_seen: seen.is_still_so(&root),
                code,
            }
        });
        read.await.ok()
    }

    async fn load(
        &self,
        name: &str,
        seen: &Candidate,
        code: Arc<Snapshot>,
        contents: Option<Contents>,
        waits: &mut Waits,
    ) -> Result<Good, LoadProblem> {
        let requirements = self.environments.requirements(contents).await.map_err(|failed| {
            *waits = Waits::ToTryAgain;
            LoadProblem::from(failed)
        })?;
        let requirements = requirements.map(Arc::new);
        let python = match &requirements {
            None => self.environments.base_python().to_path_buf(),
            Some(requirements) => match self.environments.find_or_build(requirements) {
                EnvironmentState::Ready(python) => python,
                EnvironmentState::Building(line) => {
                    *waits = Waits::ForPackages(Arc::clone(requirements));
                    return Err(preparing(&line));
                }
                EnvironmentState::Failed(failed) => {
                    *waits = Waits::AfterFailure(Arc::clone(requirements));
                    return Err(failed.into());
                }
            },
        };
        let place = Place {
            name,
            job_file: &seen.job_file_or_guess(),
            code: code.folder(),
            python: &python,
        };
        let described = describe(&self.interpreter, place).await;
        if let Err(LoadProblem {
            kind: ProblemKind::TookTooLong | ProblemKind::Crashed,
            ..
        }) = &described
        {
            *waits = Waits::ToTryAgain;
        }
        let mut info = described?;
        if is_too_much(&seen.files) {
            info.warnings.push(
                "There are too many files to copy them for each run: an edit can reach a run that has already begun. Keep \
                 data in another folder."
                    .into(),
            );
        }
        Ok(Good {
            info,
            code,
            requirements,
            python,
        })
    }

    /// What ran before goes on running. What never ran, or has no file any more, is the problem alone.
    fn with_problem(
        &self,
        name: &str,
        seen: &Candidate,
        problem: LoadProblem,
        past: Option<Arc<TaskFolder>>,
        parts: Parts<'_>,
    ) -> TaskFolder {
        let is_kept = |past: &Arc<TaskFolder>| past.found.is_ok() && problem.kind != ProblemKind::NoJobFile;
        if let Some(past) = past.filter(is_kept) {
            let found_at = past
                .newer
                .as_ref()
                .filter(|newer| newer.problem == problem)
                .map_or_else(Utc::now, |newer| newer.found_at);
            return TaskFolder {
                newer: Some(Newer { problem, found_at }),
                readme: parts.readme,
                ..TaskFolder::clone(&past)
            };
        }
        TaskFolder {
            name: name.to_owned(),
            found: Err(problem),
            newer: None,
            readme: parts.readme,
            code_hash: parts.code.hash().to_owned(),
            code: parts.code,
            job_file: seen.job_file_or_guess(),
            requirements: match parts.waits {
                Waits::ForPackages(requirements) | Waits::AfterFailure(requirements) => {
                    Some(Arc::clone(requirements))
                }
                Waits::ForNothing | Waits::ToTryAgain => None,
            },
            python: self.environments.base_python().to_path_buf(),
        }
    }
}

/// What a task with a problem has all the same.
struct Parts<'a> {
    readme: Option<String>,
    code: Arc<Snapshot>,
    waits: &'a Waits,
}

/// The README of the tasks tells operators to look for this word in the server's log. Each problem is told once.
fn tell(name: &str, problem: &LoadProblem, past: Option<&TaskFolder>) {
    let before = past.and_then(|past| {
        past.newer
            .as_ref()
            .map(|newer| &newer.problem)
            .or(past.found.as_ref().err())
    });
    if before == Some(problem) {
        return;
    }
    let place = problem.place().unwrap_or_default();
    if problem.kind == ProblemKind::Preparing {
        tracing::info!(target: "external_task_loader", task = %name, "external_task_loader: {}", problem.message);
    } else {
        tracing::warn!(target: "external_task_loader", task = %name, "external_task_loader: {place} {}", problem.message);
    }
}
