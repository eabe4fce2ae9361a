//! What somebody bought as a guest since they were last here comes to their account.

use authority::{Authority, User, UserId};
use kernel::Fault;
use orders::{CustomerId, CustomerOrders};
use platform::Cloud;

/// Customers who sign in.
pub struct Returning {
    authority: Authority,
    orders: CustomerOrders,
}

impl Returning {
    /// From what the manifest grants: `authority`, `orders`, the secrets `vault` and `signing`.
    pub fn new(cloud: &Cloud) -> Self {
        Self {
            authority: Authority::new(cloud),
            orders: CustomerOrders::new(cloud),
        }
    }

    /// Gives the account the orders that were placed with its address by a guest. The address is
    /// proven: an account has no other. The second call changes nothing; nobody who is gone gets any.
    pub async fn welcome(&self, user_id: &UserId) -> Result<(), Fault> {
        let user = self.authority.user(user_id).await?;
        let Some(user) = user.filter(User::is_active) else {
            return Ok(());
        };
        let customer_id = CustomerId::parse(user_id.as_str()).map_err(Fault::broken)?;
        self.orders.attach(&customer_id, &user.email).await
    }
}
