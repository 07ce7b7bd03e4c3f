//! Builds again when a Python file or a migration is new: the macros that embed them see only the ones they know.

fn main() {
    println!("cargo:rerun-if-changed=python");
    println!("cargo:rerun-if-changed=../migrations");
}
