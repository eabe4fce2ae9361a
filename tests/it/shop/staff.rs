//! People who work here: accounts with roles and a second factor.

use serde_json::json;

use super::{Person, TestShop};

impl TestShop {
    /// Somebody with these roles, who has proven two factors.
    pub(crate) async fn staff_person(&self, email: &str, roles: &[&str]) -> Person {
        let person = self.customer(email).await;
        self.give_roles(&person, roles).await;
        self.with_second_factor(person).await
    }

    /// Gives somebody these roles and no others.
    pub(crate) async fn give_roles(&self, person: &Person, roles: &[&str]) {
        let user_id = self.user_id(person).await;
        self.patch(format!("/v1/admin/users/{user_id}"))
            .staff()
            .patch_with(&json!({ "roles": roles }))
            .await
            .expect(200);
    }

    /// Whose account it is.
    pub(crate) async fn user_id(&self, person: &Person) -> String {
        let account = self.get("/v1/account").bearer(&person.access_token).await;
        account.expect(200).text("/user_id").to_owned()
    }

    /// The same person after they have set up an authenticator app and shown a code of it.
    pub(crate) async fn with_second_factor(&self, person: Person) -> Person {
        let (mut app, _) = self.app_of(&person).await;
        let raised = self
            .post("/v1/account/step-up/factor")
            .bearer(&person.access_token)
            .json(&json!({ "method": { "totp": app.code() } }))
            .await
            .expect(200);
        Person {
            access_token: raised.text("/access_token").to_owned(),
            ..person
        }
    }
}
