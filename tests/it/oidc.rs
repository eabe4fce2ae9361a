//! Unmodified OpenID libraries against a running shop: `tests/oidc`.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::shop::clients::Client;
use crate::shop::{PASSWORD, TestShop, root};

/// The walks, when there is a Node.js and its packages; else says what is missing.
fn walks() -> Option<PathBuf> {
    let folder = root().join("tests/oidc");
    let node = Command::new("node")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if !node.is_ok_and(|status| status.success()) {
        println!("skipped: there is no Node.js (https://nodejs.org)");
        return None;
    }
    if !folder.join("node_modules/openid-client").is_dir() {
        println!("skipped: run `cargo xtask oidc`, which fetches the libraries");
        return None;
    }
    Some(folder)
}

/// Runs a script to its end beside the shop.
async fn walk(folder: PathBuf, script: &'static str, settings: Vec<(&'static str, String)>) {
    let run = move || {
        Command::new("node")
            .arg(script)
            .current_dir(folder)
            .envs(settings)
            .output()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap().unwrap();
    let (told, error) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{script} failed after:\n{told}\n{error}");
}

fn credentials(client: &Client) -> String {
    json!({ "client_id": client.id, "client_secret": client.secret }).to_string()
}

// ID-10 ID-11 ID-12 ID-13
#[tokio::test]
async fn openid_client_from_npm_goes_through_everything_a_client_does() {
    let Some(folder) = walks() else { return };
    let shop = TestShop::open().await;
    shop.customer("anna@example.com").await;
    let app = json!({
        "name": "A walk", "confidential": true, "redirect_uris": ["http://127.0.0.1/callback"],
        "scopes": ["openid", "email", "profile", "offline_access"],
    });
    let machine = json!({ "name": "A machine", "confidential": true, "permissions": ["inventory.read"] });
    let settings = vec![
        ("SHOP_URL", shop.url().to_owned()),
        ("EMAIL", "anna@example.com".to_owned()),
        ("PASSWORD", PASSWORD.to_owned()),
        ("CLIENT", credentials(&shop.client_of(&app).await)),
        ("MACHINE", credentials(&shop.client_of(&machine).await)),
    ];
    walk(folder, "client.mjs", settings).await;
}

// ID-23 ID-25
#[tokio::test]
async fn people_sign_in_with_oidc_provider_from_npm() {
    let Some(folder) = walks() else { return };
    let shop = TestShop::open().await;
    let anna = shop.customer("anna@example.com").await;
    let settings = vec![
        ("SHOP_URL", shop.url().to_owned()),
        ("STAFF_KEY", shop.staff_key().to_owned()),
        ("EMAIL", anna.email.clone()),
        ("TOKEN", anna.access_token.clone()),
    ];
    walk(folder, "provider.mjs", settings).await;
    let letters = shop.mails_to("anna@example.com").await;
    assert!(letters.len() >= 3, "verified, linked, unlinked: {letters:#?}");
}
