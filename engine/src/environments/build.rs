//! Building one environment.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::base::Base;
use super::{Environments, PackagesFailed, Requirements, message, requirements, store, uv};

/// How often the lock is tried while another process holds it.
const LOCK_EVERY: Duration = Duration::from_millis(200);

impl Environments {
    /// Builds, or finds that someone else has just done so.
    pub(super) async fn build(
        &self,
        requirements: &Requirements,
        tell: &(impl Fn(String) + Sync),
    ) -> Result<PathBuf, PackagesFailed> {
        let inner = &self.inner;
        let started = std::time::Instant::now();
        store::create(&inner.folder, inner.is_shared).map_err(|error| ours(&error))?;
        let _lock = self.lock(tell).await?;
        if let Some(python) = self.find(requirements) {
            return Ok(python);
        }
        let Some(base) = inner.base.get() else {
            return Err(PackagesFailed::plain("The interpreter was not asked what it is."));
        };
        let folder = inner.folder.join(requirements.key());
        // What a killed build left.
        store::remove(&folder).map_err(|error| ours(&error))?;
        let built = self.install(requirements, base, &folder, tell).await;
        let built = built.and_then(|()| {
            if !requirements.are_current() {
                return Err(PackagesFailed::plain(
                    "requirements.txt was changed while its packages were being installed.",
                ));
            }
            see_base_packages(base, &folder)
                .and_then(|()| store::complete(&folder, requirements))
                .map_err(|error| ours(&error))
        });
        if let Err(failed) = built {
            // A leftover does no harm; the next build removes it.
            let _ = store::remove(&folder);
            return Err(failed);
        }
        let seconds = started.elapsed().as_secs_f32();
        tracing::info!(
            environment = requirements.key(),
            "packages installed in {seconds:.1} s"
        );
        self.find(requirements)
            .ok_or_else(|| PackagesFailed::plain("The environment has no interpreter."))
    }

    async fn install(
        &self,
        requirements: &Requirements,
        base: &Base,
        folder: &Path,
        tell: &(impl Fn(String) + Sync),
    ) -> Result<(), PackagesFailed> {
        let python = store::python(folder);
        let create: [&OsStr; 6] = [
            "venv".as_ref(),
            "--no-project".as_ref(),
            "--quiet".as_ref(),
            "--python".as_ref(),
            base.executable.as_os_str(),
            folder.as_os_str(),
        ];
        // Compiled now, since runs never write Python's caches.
        let mut install: Vec<&OsStr> = ["pip", "install", "--compile-bytecode", "--python"]
            .map(OsStr::new)
            .into();
        install.push(python.as_os_str());
        if let Some(wheels) = &self.inner.wheels {
            install.extend([
                OsStr::new("--no-index"),
                OsStr::new("--find-links"),
                wheels.as_os_str(),
            ]);
        }
        install.extend(["--requirement", requirements::FILE_NAME].map(OsStr::new));
        for arguments in [&create[..], &install[..]] {
            self.inner
                .uv
                .run(arguments, requirements.folder(), |line| {
                    if let Some(line) = message::progress(line) {
                        tell(line);
                    }
                })
                .await
                .map_err(|failed| self.explain(failed, requirements))?;
        }
        Ok(())
    }

    fn explain(&self, failed: uv::Failed, requirements: &Requirements) -> PackagesFailed {
        match failed {
            uv::Failed::NotFound => PackagesFailed::plain(format!(
                "The program uv, which installs packages, was not found ({}). Install it with \"pip install uv\", or set UV \
                 to its path.",
                self.inner.uv.program.display()
            )),
            uv::Failed::Io(error) => PackagesFailed::plain(format!("uv could not be started: {error}.")),
            uv::Failed::Said(output) => {
                let message = message::explain(&output);
                PackagesFailed {
                    line: requirements::line_named_in(requirements.folder(), &message),
                    message,
                    output,
                }
            }
        }
    }

    /// Waits for other servers on the same data folder.
    async fn lock(&self, tell: &(impl Fn(String) + Sync)) -> Result<File, PackagesFailed> {
        let file = store::lock_file(&self.inner.folder).map_err(|error| ours(&error))?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) => {
                    tell("Waiting for another server that is installing packages".to_owned());
                    tokio::time::sleep(LOCK_EVERY).await;
                }
                Err(TryLockError::Error(error)) => return Err(ours(&error)),
            }
        }
    }
}

/// The README calls the requirements "additional": what is installed for the interpreter itself is found as well, after
/// the environment's own packages.
fn see_base_packages(base: &Base, folder: &Path) -> std::io::Result<()> {
    let mut lines = String::new();
    for path in &base.site {
        // JSON's notation of a text is one of Python's as well.
        let path = serde_json::to_string(path)?;
        lines.push_str("import site; site.addsitedir(");
        lines.push_str(&path);
        lines.push_str(")\n");
    }
    fs::write(folder.join(&base.packages).join("insightmesh_base.pth"), lines)
}

fn ours(error: &std::io::Error) -> PackagesFailed {
    PackagesFailed::plain(format!("The environment could not be written: {error}."))
}
