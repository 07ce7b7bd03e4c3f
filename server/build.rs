//! Builds again when the site changed: the macro that embeds it does not see files that are new.

fn main() {
    println!("cargo:rerun-if-changed=../site");
}
