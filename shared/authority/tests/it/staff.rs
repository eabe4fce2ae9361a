//! Users, roles and invitations, as staff governs them. ID-17, ID-20

use authority::{
    Actor, Authority, ClientSubject, GovernError, Invitation, InviteError, NewInvitation, PERMISSIONS,
    Powers, RoleError, RoleName, Scope, User, UserChange, UserId, UserStatus,
};
use kernel::{Duration, Email, Ids, Limit};
use platform::http::PrincipalKind;

use crate::desk::{Desk, commit, origin, process};

pub(crate) fn names(roles: &[&str]) -> Vec<RoleName> {
    roles.iter().map(|role| RoleName::parse(role).unwrap()).collect()
}

pub(crate) fn scopes(texts: &[&str]) -> Vec<Scope> {
    texts.iter().map(|text| Scope::parse(text).unwrap()).collect()
}

fn actor(permissions: &[&str]) -> Actor {
    let permissions: Vec<String> = permissions.iter().map(ToString::to_string).collect();
    Actor {
        powers: Powers::new(&permissions),
        ..Actor::system()
    }
}

pub(crate) async fn set_roles(
    desk: &Desk,
    user: &User,
    roles: &[&str],
    by: &Actor,
) -> Result<User, GovernError> {
    let change = UserChange {
        roles: Some(names(roles)),
        status: None,
    };
    desk.authority.update_user(&user.user_id, None, change, by).await
}

pub(crate) async fn set_status(
    desk: &Desk,
    user: &User,
    status: UserStatus,
    by: &Actor,
) -> Result<User, GovernError> {
    let change = UserChange {
        roles: None,
        status: Some(status),
    };
    desk.authority.update_user(&user.user_id, None, change, by).await
}

#[tokio::test]
async fn a_role_acts_at_the_next_request() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    let token = desk.log_in(&ada).await.access_token;
    assert!(desk.sees(&token).await.unwrap().permissions.is_empty());
    set_roles(&desk, &ada, &["analyst"], &Actor::system())
        .await
        .unwrap();
    assert!(desk.sees(&token).await.unwrap().may("orders.read"));
    set_roles(&desk, &ada, &[], &Actor::system()).await.unwrap();
    assert!(!desk.sees(&token).await.unwrap().may("orders.read"));
    assert_eq!(desk.trail(), ["role.changed", "role.changed", "session.started"]);
}

#[tokio::test]
async fn nobody_gives_or_takes_what_they_do_not_hold() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    let owner = desk.user("owner@example.com", &["owner"]).await;
    desk.user("second@example.com", &["owner"]).await;
    let admin = actor(&PERMISSIONS);
    let refused = |result: Result<User, GovernError>| {
        assert!(matches!(result, Err(GovernError::Exceeds)), "{result:?}");
    };
    refused(set_roles(&desk, &ada, &["owner"], &admin).await);
    refused(set_roles(&desk, &owner, &[], &admin).await);
    refused(set_status(&desk, &owner, UserStatus::Disabled, &admin).await);
    refused(set_roles(&desk, &ada, &["support"], &actor(&["users.write"])).await);
    assert!(set_roles(&desk, &ada, &["admin"], &admin).await.is_ok());
    let unknown = set_roles(&desk, &ada, &["night-shift"], &Actor::system()).await;
    assert!(matches!(unknown, Err(GovernError::UnknownRole(_))));
}

#[tokio::test]
async fn the_last_owner_can_be_neither_demoted_nor_disabled_nor_erased() {
    let desk = Desk::open();
    let first = desk.user("first@example.com", &["owner"]).await;
    let second = desk.user("second@example.com", &["owner"]).await;
    set_status(&desk, &second, UserStatus::Disabled, &Actor::system())
        .await
        .unwrap();
    let last = |result: Result<User, GovernError>| {
        assert!(matches!(result, Err(GovernError::LastOwner)), "{result:?}");
    };
    last(set_roles(&desk, &first, &["admin"], &Actor::system()).await);
    last(set_status(&desk, &first, UserStatus::Disabled, &Actor::system()).await);
    let erased = commit(desk.authority.erasing(&first)).await.unwrap_err();
    assert!(erased.condition_failed_at(2));
    set_status(&desk, &second, UserStatus::Active, &Actor::system())
        .await
        .unwrap();
    set_roles(&desk, &first, &["admin"], &Actor::system())
        .await
        .unwrap();
    last(set_roles(&desk, &second, &[], &Actor::system()).await);
}

#[tokio::test]
async fn two_owners_who_demote_each_other_at_once_leave_one() {
    let desk = Desk::open();
    let first = desk.user("first@example.com", &["owner"]).await;
    let second = desk.user("second@example.com", &["owner"]).await;
    let other = Desk::beside(&desk.world, 2);
    let by = Actor::system();
    let (one, two) = tokio::join!(
        set_roles(&desk, &first, &[], &by),
        set_roles(&other, &second, &[], &by)
    );
    assert_eq!([one, two].iter().filter(|result| result.is_ok()).count(), 1);
}

#[tokio::test]
async fn two_editors_never_overwrite_each_other() {
    let desk = Desk::open();
    let ada = desk.user("ada@example.com", &[]).await;
    let change = |role: &str| UserChange {
        roles: Some(names(&[role])),
        status: None,
    };
    let by = Actor::system();
    let read = Some(ada.version);
    desk.authority
        .update_user(&ada.user_id, read, change("support"), &by)
        .await
        .unwrap();
    let late = desk
        .authority
        .update_user(&ada.user_id, read, change("catalog"), &by)
        .await;
    assert!(matches!(late, Err(GovernError::Stale)));
}

#[tokio::test]
async fn users_are_listed_newest_first_and_the_erased_not_at_all() {
    let desk = Desk::open();
    for name in ["a", "b", "c"] {
        desk.user(&format!("{name}@example.com"), &[]).await;
        desk.later(Duration::seconds(1));
    }
    let first = desk.authority.users(Limit::new(2).unwrap(), None).await.unwrap();
    let rest = desk
        .authority
        .users(Limit::new(2).unwrap(), first.next.clone())
        .await
        .unwrap();
    let emails = |users: &[User]| {
        users
            .iter()
            .map(|user| user.email.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(emails(&first.items), ["c@example.com", "b@example.com"]);
    assert_eq!(emails(&rest.items), ["a@example.com"]);
    commit(desk.authority.erasing(&first.items[0])).await.unwrap();
    let left = desk.authority.users(Limit::default(), None).await.unwrap();
    assert_eq!(emails(&left.items), ["b@example.com", "a@example.com"]);
    let rows = serde_json::Value::from(desk.rows("authority")).to_string();
    assert!(!rows.contains("c@example.com"), "nothing of the person is left");
}

// ID-20: what the shop's own roles permit is what their rows say now.
#[tokio::test]
async fn an_own_role_permits_what_it_says_now() {
    let desk = Desk::open();
    let name = RoleName::parse("night-shift").unwrap();
    let by = Actor::system();
    let put = |texts: &'static [&str]| desk.authority.put_role(&name, None, scopes(texts), &by);
    put(&["orders.read"]).await.unwrap();
    let ada = desk.user("ada@example.com", &[]).await;
    set_roles(&desk, &ada, &["night-shift"], &by).await.unwrap();
    let token = desk.log_in(&desk.again(&ada.user_id).await).await.access_token;
    assert_eq!(desk.sees(&token).await.unwrap().permissions, ["orders.read"]);
    put(&["inventory.read"]).await.unwrap();
    assert_eq!(desk.sees(&token).await.unwrap().permissions, ["inventory.read"]);
    assert_eq!(desk.authority.roles().await.unwrap().len(), 7);
    desk.authority.delete_role(&name, None, &by).await.unwrap();
    assert!(desk.sees(&token).await.unwrap().permissions.is_empty());
    let gone = desk.authority.delete_role(&name, None, &by).await;
    assert!(matches!(gone, Err(RoleError::Missing)));
}

#[tokio::test]
async fn built_in_roles_and_unknown_permissions_are_refused() {
    let desk = Desk::open();
    let (owner, own) = (RoleName::parse("owner").unwrap(), RoleName::parse("own").unwrap());
    let by = Actor::system();
    let built_in = desk
        .authority
        .put_role(&owner, None, scopes(&["orders.read"]), &by)
        .await;
    assert!(matches!(built_in, Err(RoleError::BuiltIn(_))));
    assert!(matches!(
        desk.authority.delete_role(&owner, None, &by).await,
        Err(RoleError::BuiltIn(_))
    ));
    let unknown = desk
        .authority
        .put_role(&own, None, scopes(&["orders.reed"]), &by)
        .await;
    assert!(matches!(unknown, Err(RoleError::UnknownPermission(_))));
    let weak = actor(&["users.write"]);
    let beyond = desk
        .authority
        .put_role(&own, None, scopes(&["orders.read"]), &weak)
        .await;
    assert!(matches!(beyond, Err(RoleError::Exceeds)));
    desk.authority
        .put_role(&own, None, scopes(&["orders.read"]), &by)
        .await
        .unwrap();
    assert!(matches!(
        desk.authority.put_role(&own, None, Vec::new(), &weak).await,
        Err(RoleError::Exceeds)
    ));
    assert!(matches!(
        desk.authority.put_role(&own, Some(7), Vec::new(), &by).await,
        Err(RoleError::Stale)
    ));
}

// Permissions are the manifest's scopes: a role can be given each, and none that no route asks for.
#[test]
fn every_permission_is_one_that_a_route_asks_for() {
    let manifest = testing::World::new().unwrap().manifest;
    let asked: std::collections::BTreeSet<String> = manifest
        .functions
        .values()
        .filter_map(|function| match &function.trigger {
            manifest::Trigger::Http(http) => http.scope.clone(),
            _ => None,
        })
        .collect();
    let unknown: Vec<_> = asked
        .iter()
        .filter(|scope| !PERMISSIONS.contains(&scope.as_str()))
        .collect();
    assert!(unknown.is_empty(), "add to PERMISSIONS: {unknown:?}");
}

pub(crate) async fn invite(
    desk: &Desk,
    email: &str,
    roles: &[&str],
    by: &Actor,
) -> Result<Invitation, InviteError> {
    let new = NewInvitation {
        email: Email::parse(email).unwrap(),
        roles: names(roles),
    };
    desk.authority
        .invite(&Ids::new(desk.world.now(), &desk.random), new, by)
        .await
}

/// The token in the only mail there is.
pub(crate) fn mailed(desk: &Desk) -> String {
    let rows = desk.rows("authority");
    let row = rows.iter().find(|row| row["sk"]["S"] == "mail").unwrap();
    let text = |name: &str| row[name]["S"].as_str().unwrap();
    let mail = authority::mail::MailRequested {
        mail_id: authority::mail::MailId::parse(text("mail_id")).unwrap(),
        kind: text("kind").to_owned(),
        to: Email::parse(text("to")).unwrap(),
        sealed: text("sealed").to_owned(),
    };
    assert_eq!(mail.kind, "staff_invitation");
    let postbox = authority::mail::Postbox::new(&process(&desk.world));
    match postbox.open(&mail).unwrap().unwrap() {
        authority::mail::Letter::StaffInvitation { link, .. } => {
            link.split_once("#token=").unwrap().1.to_owned()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_invitation_is_accepted_once() {
    let desk = Desk::open();
    let invited = invite(&desk, "grace@example.com", &["support"], &Actor::system())
        .await
        .unwrap();
    let token = mailed(&desk);
    let rows = desk.rows("authority");
    let secret = &token["cw_in_01h455vb4pex5vsknk084sn02q_".len()..];
    assert!(
        !serde_json::Value::from(rows).to_string().contains(secret),
        "hashed, and sealed"
    );
    for wrong in ["", "cw_in_", &token[..token.len() - 1], &format!("{token}A")] {
        assert!(desk.authority.open_invitation(wrong).await.unwrap().is_none());
    }
    let found = desk.authority.open_invitation(&token).await.unwrap().unwrap();
    assert_eq!(found.invitation, invited);
    let ada = desk.user("grace@example.com", &[]).await;
    let mut writes = desk.authority.redeeming_invitation(&found, &ada.user_id);
    writes.extend(desk.authority.granting(&ada, &found.invitation.roles));
    commit(writes.clone()).await.unwrap();
    assert_eq!(desk.again(&ada.user_id).await.roles, names(&["support"]));
    assert!(commit(writes).await.unwrap_err().condition_failed_at(0));
    assert!(desk.authority.open_invitation(&token).await.unwrap().is_none());
    assert_eq!(desk.trail(), ["invitation.accepted", "invitation.created"]);
}

#[tokio::test]
async fn an_invitation_expires_and_can_be_taken_back() {
    let desk = Desk::open();
    let invited = invite(&desk, "grace@example.com", &["support"], &Actor::system())
        .await
        .unwrap();
    let token = mailed(&desk);
    let open = desk.authority.open_invitation(&token).await.unwrap().unwrap();
    for _ in 0..2 {
        desk.authority
            .revoke_invitation(&invited.invitation_id, &Actor::system())
            .await
            .unwrap();
    }
    assert!(desk.authority.open_invitation(&token).await.unwrap().is_none());
    assert!(
        commit(desk.authority.redeeming_invitation(&open, &user_id()))
            .await
            .is_err()
    );

    let desk = Desk::open();
    invite(&desk, "grace@example.com", &["support"], &Actor::system())
        .await
        .unwrap();
    let token = mailed(&desk);
    let open = desk.authority.open_invitation(&token).await.unwrap().unwrap();
    desk.later(Duration::days(7));
    assert!(desk.authority.open_invitation(&token).await.unwrap().is_none());
    assert!(
        commit(desk.authority.redeeming_invitation(&open, &user_id()))
            .await
            .is_err()
    );
    let listed = desk
        .authority
        .invitations(Limit::default(), None)
        .await
        .unwrap()
        .items;
    assert_eq!(listed[0].status(desk.world.now()), "expired");
}

fn user_id() -> UserId {
    UserId::parse("usr_01h455vb4pex5vsknk084sn02q").unwrap()
}

#[tokio::test]
async fn nobody_invites_to_more_than_they_hold() {
    let desk = Desk::open();
    let admin = actor(&PERMISSIONS);
    let beyond = invite(&desk, "grace@example.com", &["owner"], &admin).await;
    assert!(matches!(beyond, Err(InviteError::Role(GovernError::Exceeds))));
    let none = invite(&desk, "grace@example.com", &[], &admin).await;
    assert!(matches!(none, Err(InviteError::NoRole)));
    assert!(
        invite(&desk, "grace@example.com", &["admin"], &admin)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_repeated_invite_of_one_call_is_one_invitation_and_one_mail() {
    let desk = Desk::open();
    let now = desk.world.now();
    let mut ids = Vec::new();
    for _ in 0..2 {
        let random = kernel::SeededRandom::new(7);
        let new = NewInvitation {
            email: Email::parse("g@example.com").unwrap(),
            roles: names(&["support"]),
        };
        let made = desk
            .authority
            .invite(&Ids::new(now, &random), new, &Actor::system())
            .await
            .unwrap();
        ids.push(made.invitation_id);
    }
    assert_eq!(ids[0], ids[1]);
    let mails = desk
        .rows("authority")
        .iter()
        .filter(|row| row["sk"]["S"] == "mail")
        .count();
    assert_eq!(mails, 1);
}

#[tokio::test]
async fn a_client_acts_in_its_own_name_until_it_is_forgotten() {
    let desk = Desk::open();
    let client = ClientSubject {
        client_id: "cli_01h455vb4pex5vsknk084sn02q".into(),
        name: "warehouse".into(),
        permissions: vec!["orders.read".into(), "inventory.read".into()],
    };
    commit(vec![desk.authority.putting_client(&client)])
        .await
        .unwrap();
    let asked = ["orders.read".to_owned(), "users.write".to_owned()];
    let tokens = desk.authority.client_token(&client, &asked).await.unwrap();
    assert_eq!(
        (tokens.scope.as_deref(), tokens.refresh_token),
        (Some("orders.read"), None)
    );
    let seen = desk.sees(&tokens.access_token).await.unwrap();
    assert_eq!(
        (seen.kind, seen.permissions),
        (PrincipalKind::Client, vec!["orders.read".to_owned()])
    );
    let less = ClientSubject {
        permissions: vec!["inventory.read".into()],
        ..client.clone()
    };
    commit(vec![desk.authority.putting_client(&less)]).await.unwrap();
    assert!(
        desk.sees(&tokens.access_token)
            .await
            .unwrap()
            .permissions
            .is_empty(),
        "at once"
    );
    commit(vec![desk.authority.removing_client(&client.client_id)])
        .await
        .unwrap();
    assert!(desk.sees(&tokens.access_token).await.is_none());
}

#[tokio::test]
async fn an_application_acts_for_a_user_with_its_scopes_and_never_as_staff() {
    let desk = Desk::open();
    let owner = desk.user("owner@example.com", &["owner"]).await;
    let client = ClientSubject {
        client_id: "cli_01h455vb4pex5vsknk084sn02q".into(),
        name: "app".into(),
        permissions: Vec::new(),
    };
    commit(vec![desk.authority.putting_client(&client)])
        .await
        .unwrap();
    let start = authority::Start {
        client_id: client.client_id.clone(),
        scopes: Some(vec!["openid".into(), "account.read".into()]),
        ..desk.start()
    };
    let tokens = desk.authority.start_session(&owner, start).await.unwrap();
    assert_eq!(tokens.scope.as_deref(), Some("openid account.read"));
    let seen = desk.sees(&tokens.access_token).await.unwrap();
    assert_eq!(
        seen.delegated,
        Some(vec!["openid".to_owned(), "account.read".to_owned()])
    );
    assert!(seen.permissions.is_empty());
    let refresh = tokens.refresh_token.unwrap();
    let storefront = desk
        .authority
        .refresh(&refresh, authority::STOREFRONT, &origin())
        .await;
    assert!(storefront.is_err(), "only the client it was given to");
    let claims = desk
        .authority
        .live_claims(&tokens.access_token)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(claims.text("sub"), Some(owner.user_id.as_str()));
    commit(vec![desk.authority.removing_client(&client.client_id)])
        .await
        .unwrap();
    assert!(
        desk.sees(&tokens.access_token).await.is_none(),
        "it ends with the application"
    );
    let read: Authority = Authority::new(&testing::cloud(&desk.world, "authority-list-users"));
    assert!(
        read.user(&owner.user_id).await.unwrap().is_some(),
        "without the vault"
    );
}
