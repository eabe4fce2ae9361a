//! `POST /v1/admin/locations`: add a place where goods lie.

use authority::Guard;
use inventory::wire::{CreateLocation, LocationView};
use inventory::{Inventory, LocationId};
use kernel::Fault;
use platform::http::{self, Call, Created};

#[tokio::main(flavor = "current_thread")]
async fn main() -> http::Exit {
    http::serve_guarded(Guard::new, Inventory::new, create_location).await
}

async fn create_location(
    inventory: &'static Inventory,
    call: Call<CreateLocation>,
) -> Result<Created<LocationView>, Fault> {
    let id = LocationId::mint(&call.ids());
    let location = inventory.add_location(id, call.body.name).await?;
    Ok(Created::at(
        format!("/v1/admin/locations/{}", location.id),
        location,
    ))
}
