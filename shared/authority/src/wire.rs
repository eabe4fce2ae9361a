//! Authority in JSON.

mod access;
mod keys;
mod staff;

pub use access::{JwkView, JwksView, LogOut, RefreshSession, RevokeSessions, SessionView, TokensView};
pub use keys::{CreateKey, KeyKindName, KeyView, MintedKeyView};
pub use staff::{InvitationView, Invite, PutRole, RoleView, SettableStatus, UpdateUser, UserView};
