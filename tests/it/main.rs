//! The shop seen from outside: real function binaries, over HTTP, each test with a shop of its own.
//!
//! One file per function, called like it; `contracts` holds what is true of all, `journeys` whole
//! purchases. Nothing sleeps: tests wait until the shop has come to rest.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod api_answer_unknown;
mod api_get_openapi;
mod api_get_reference;
mod audit;
mod carts_add_line;
mod carts_create;
mod carts_delete_line;
mod carts_expire;
mod carts_get;
mod carts_on_order_canceled;
mod carts_update;
mod carts_update_line;
mod catalog_archive_product;
mod catalog_create_category;
mod catalog_create_product;
mod catalog_get_product;
mod catalog_inspect_product;
mod catalog_inspect_products;
mod catalog_list_categories;
mod catalog_list_products;
mod catalog_publish_product;
mod catalog_update_product;
mod contracts;
mod inventory_adjust_stock;
mod inventory_create_location;
mod inventory_list_adjustments;
mod inventory_list_levels;
mod inventory_list_locations;
mod inventory_on_order_canceled;
mod inventory_on_order_placed;
mod inventory_on_order_shipped;
mod inventory_stream;
mod journeys;
mod notifications_on_order_canceled;
mod notifications_on_order_confirmed;
mod notifications_on_order_shipped;
mod orders_cancel;
mod orders_create;
mod orders_deliver;
mod orders_expire;
mod orders_get;
mod orders_inspect;
mod orders_list;
mod orders_on_payment_changed;
mod orders_on_stock_decided;
mod orders_ship;
mod orders_stream;
mod payments_capture;
mod payments_complete_challenge;
mod payments_get;
mod payments_on_order_canceled;
mod payments_on_order_reserved;
mod payments_on_order_shipped;
mod payments_receive_webhook;
mod payments_reconcile;
mod payments_refund;
mod payments_stream;
mod pricing_list_regions;
mod pricing_put_region;
mod sandbox_stream;
mod shop;
mod tour;
