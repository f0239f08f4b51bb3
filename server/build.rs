//! Rebuilds when embedded files change, which cargo cannot see by itself.

fn main() {
    for folder in ["../migrations", "../web", "../config"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
