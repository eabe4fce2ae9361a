//! Everything the shop holds on one person, as one document.

use authority::{Authority, UserId};
use carts::CartKeeping;
use carts::wire::KeptCartView;
use kernel::{Fault, Limit, Time};
use orders::wire::{OrderView, Viewer};
use orders::{CustomerId, CustomerOrders};
use platform::Cloud;
use trail::Trail;

use crate::audit::entries_of;
use crate::store::Store;
use crate::update::Account;
use crate::wire::{AccountView, ArchiveView, AuditView, ConsentView, SessionView};

/// How many orders one archive holds, the newest. An answer of Lambda is at most 6 MB, and an order
/// about 4 KB; who has more finds the rest in `GET /v1/account/orders`.
pub const ORDERS_MAX: usize = 500;

/// How many carts one archive holds, the oldest first.
pub const CARTS_MAX: usize = 250;

/// Archives of what is known of people.
pub struct Archive {
    authority: Authority,
    store: Store,
    carts: CartKeeping,
    orders: CustomerOrders,
    trail: Trail,
}

impl Archive {
    /// From what the manifest grants: `customers`, `authority`, `carts`, `orders`, `trail`, the secrets
    /// `vault` and `signing`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            authority: Authority::new(cloud),
            store: Store::new(cloud),
            carts: CartKeeping::new(cloud),
            orders: CustomerOrders::new(cloud),
            trail: Trail::new(cloud),
        }
    }

    /// The archive of this user. What it leaves out it names in `truncated`.
    pub async fn of(&self, user_id: &UserId, now: Time) -> Result<ArchiveView, Fault> {
        let account = Account::find(&self.authority, &self.store, user_id).await?;
        let consents = account
            .profile
            .consents
            .iter()
            .copied()
            .map(ConsentView::from)
            .collect();
        let sessions = self.authority.sessions(user_id).await?;
        let customer_id = CustomerId::parse(user_id.as_str()).map_err(Fault::broken)?;
        let (carts, all_carts) = self.carts_of(&customer_id).await?;
        let (orders, all_orders) = self.orders_of(&customer_id).await?;
        let life = (account.user.created_at, now);
        let (entries, all_entries) = entries_of(&self.trail, user_id, life).await?;
        let parts = [
            ("carts", all_carts),
            ("orders", all_orders),
            ("audit", all_entries),
        ];
        let truncated = parts.into_iter().filter(|(_, all)| !all).map(|(part, _)| part);
        Ok(ArchiveView {
            made_at: now,
            account: AccountView::from(account),
            consents,
            sessions: sessions.into_iter().map(SessionView::from).collect(),
            carts,
            orders,
            audit: entries
                .into_iter()
                .map(|entry| AuditView::new(entry, user_id))
                .collect(),
            truncated: truncated.collect(),
        })
    }

    /// The carts, and whether those are all.
    async fn carts_of(&self, customer_id: &CustomerId) -> Result<(Vec<KeptCartView>, bool), Fault> {
        let (mut carts, mut after) = (Vec::new(), None);
        while carts.len() < CARTS_MAX {
            let page = self.carts.kept_of(customer_id, after).await?;
            carts.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok((carts, true));
            }
        }
        Ok((carts, false))
    }

    /// The orders, and whether those are all.
    async fn orders_of(&self, customer_id: &CustomerId) -> Result<(Vec<OrderView>, bool), Fault> {
        let (mut orders, mut after) = (Vec::new(), None);
        while orders.len() < ORDERS_MAX {
            let page = self
                .orders
                .list(customer_id, Limit::new(Limit::MAX).unwrap_or_default(), after)
                .await?;
            let views = page.items.into_iter();
            orders.extend(views.map(|order| OrderView::new(order, Viewer::Customer)));
            after = page.next;
            if after.is_none() {
                return Ok((orders, true));
            }
        }
        Ok((orders, false))
    }
}
