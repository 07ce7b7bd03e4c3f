//! Turns the frontend's WebAssembly into what a browser loads: `<name>.js` and `<name>.wasm`.
//!
//! Leptos's hydration script imports `/pkg/<name>.js` and hands it the address of `/pkg/<name>.wasm`; wasm-bindgen would
//! call the latter `<name>_bg.wasm`, so it is renamed, and the script carries no default address of its own.

use std::{env, error::Error, fs, path::Path, process::ExitCode};

use wasm_bindgen_cli_support::Bindgen;

const USAGE: &str = "usage: bindgen <in.wasm> <out_dir> <out_name>";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [input, out_dir, out_name] = arguments.as_slice() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match generate(Path::new(input), Path::new(out_dir), out_name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bindgen: {input}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn generate(input: &Path, out_dir: &Path, out_name: &str) -> Result<(), Box<dyn Error>> {
    Bindgen::new()
        .input_path(input)
        .out_name(out_name)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(out_dir)?;
    fs::rename(
        out_dir.join(format!("{out_name}_bg.wasm")),
        out_dir.join(format!("{out_name}.wasm")),
    )?;
    Ok(())
}
