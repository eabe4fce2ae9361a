//! Prints the JSON Schema of a manifest file, for `infra/manifest.schema.json`.

fn main() {
    println!("{:#}", manifest::schema());
}
