//! An invitation is worth what its inviter may give when it is accepted. ID-20

use authority::{Actor, ClientSubject, KeyId, KeyKind, NewKey, RoleName, UserStatus};
use kernel::Duration;

use crate::desk::{Desk, commit};
use crate::staff::{invite, mailed, scopes, set_roles, set_status};

/// Somebody of this id, who may do everything at the moment.
fn by(id: &impl ToString) -> Actor {
    Actor {
        id: id.to_string(),
        ..Actor::system()
    }
}

/// Whether the only invitation of the desk can be accepted now.
async fn opens(desk: &Desk) -> bool {
    let open = desk.authority.open_invitation(&mailed(desk)).await.unwrap();
    open.is_some()
}

/// The desk with an inviter who has these roles, and an invitation by them to `support`.
async fn invited_by(roles: &[&str]) -> (Desk, authority::User) {
    let desk = Desk::open();
    desk.user("owner@example.com", &["owner"]).await;
    let inviter = desk.user("ben@example.com", roles).await;
    invite(&desk, "grace@example.com", &["support"], &by(&inviter.user_id))
        .await
        .unwrap();
    (desk, inviter)
}

#[tokio::test]
async fn it_opens_while_the_inviter_holds_what_it_gives() {
    let (desk, inviter) = invited_by(&["admin"]).await;
    assert!(opens(&desk).await);
    set_roles(&desk, &inviter, &["support"], &Actor::system())
        .await
        .unwrap();
    assert!(opens(&desk).await, "support is all that it gives");
}

#[tokio::test]
async fn it_is_taken_back_when_the_inviter_lost_a_role_was_disabled_or_is_gone() {
    let ends = async |desk: &Desk| {
        assert!(!opens(desk).await);
        let listed = desk.authority.invitations(kernel::Limit::default(), None).await;
        assert_eq!(listed.unwrap().items[0].status(desk.world.now()), "revoked");
        let entry = desk
            .rows("trail")
            .into_iter()
            .find(|row| row["action"]["S"] == "invitation.revoked")
            .unwrap();
        let entry = entry.to_string();
        assert!(entry.contains("inviter_lacks_powers"), "{entry}");
        assert!(!opens(desk).await);
        let told = |action: &&String| *action == "invitation.revoked";
        assert_eq!(desk.trail().iter().filter(told).count(), 1, "told once");
    };
    let (desk, inviter) = invited_by(&["admin"]).await;
    set_roles(&desk, &inviter, &["analyst"], &Actor::system())
        .await
        .unwrap();
    ends(&desk).await;

    let (desk, inviter) = invited_by(&["admin"]).await;
    set_status(&desk, &inviter, UserStatus::Disabled, &Actor::system())
        .await
        .unwrap();
    ends(&desk).await;

    let (desk, inviter) = invited_by(&["admin"]).await;
    commit(desk.authority.erasing(&inviter)).await.unwrap();
    ends(&desk).await;
}

#[tokio::test]
async fn who_is_demoted_while_it_is_accepted_gives_nothing() {
    let (desk, inviter) = invited_by(&["admin"]).await;
    let open = desk.authority.open_invitation(&mailed(&desk)).await.unwrap();
    let grace = desk.user("grace@example.com", &[]).await;
    set_roles(&desk, &inviter, &[], &Actor::system()).await.unwrap();
    let open = open.unwrap();
    let mut writes = desk.authority.redeeming_invitation(&open, &grace.user_id);
    writes.extend(desk.authority.granting(&grace, &open.invitation.roles));
    assert!(commit(writes).await.unwrap_err().is_condition_failed());
    assert!(desk.again(&grace.user_id).await.roles.is_empty());
}

#[tokio::test]
async fn who_invited_their_own_account_can_accept() {
    let desk = Desk::open();
    let ben = desk.user("ben@example.com", &["admin"]).await;
    invite(&desk, "ben@example.com", &["support"], &by(&ben.user_id))
        .await
        .unwrap();
    let open = desk.authority.open_invitation(&mailed(&desk)).await.unwrap();
    let open = open.unwrap();
    let mut writes = desk.authority.redeeming_invitation(&open, &ben.user_id);
    writes.extend(desk.authority.granting(&ben, &open.invitation.roles));
    commit(writes).await.unwrap();
    assert_eq!(desk.again(&ben.user_id).await.roles.len(), 2);
}

#[tokio::test]
async fn a_role_that_permits_more_by_now_or_is_gone_is_not_given() {
    let own = RoleName::parse("night-shift").unwrap();
    let begin = async || {
        let desk = Desk::open();
        let system = Actor::system();
        let put = desk
            .authority
            .put_role(&own, None, scopes(&["orders.read"]), &system);
        put.await.unwrap();
        let ben = desk.user("ben@example.com", &["support"]).await;
        invite(&desk, "grace@example.com", &["night-shift"], &by(&ben.user_id))
            .await
            .unwrap();
        desk
    };
    let desk = begin().await;
    assert!(opens(&desk).await);
    let system = Actor::system();
    let put = desk
        .authority
        .put_role(&own, None, scopes(&["keys.write"]), &system);
    put.await.unwrap();
    assert!(!opens(&desk).await, "support may not write keys");
    let desk = begin().await;
    desk.authority.delete_role(&own, None, &system).await.unwrap();
    assert!(!opens(&desk).await);
}

#[tokio::test]
async fn a_key_stands_in_its_successor_and_ends_with_it() {
    let desk = Desk::open();
    let new = NewKey {
        kind: KeyKind::Secret,
        name: "people".into(),
        scopes: scopes(&["*"]),
        expires_at: None,
    };
    let key = desk.keys.mint(new, &Actor::system()).await.unwrap().key.key_id;
    desk.later(Duration::seconds(1));
    invite(&desk, "grace@example.com", &["support"], &by(&key))
        .await
        .unwrap();
    desk.later(Duration::seconds(1));
    let next = desk.keys.rotate(&key, &Actor::system()).await.unwrap();
    desk.later(Duration::days(2));
    assert!(opens(&desk).await, "the old one is over, the new one is good");
    desk.keys
        .revoke(&next.key.key_id, &Actor::system())
        .await
        .unwrap();
    assert!(!opens(&desk).await);
}

#[tokio::test]
async fn a_machine_that_is_gone_or_never_was_gives_nothing() {
    let desk = Desk::open();
    let client = ClientSubject {
        client_id: "cli_01h455vb4pex5vsknk084sn02q".into(),
        name: "people".into(),
        permissions: vec!["*".into()],
    };
    commit(vec![desk.authority.putting_client(&client)])
        .await
        .unwrap();
    invite(&desk, "grace@example.com", &["support"], &by(&client.client_id))
        .await
        .unwrap();
    assert!(opens(&desk).await);
    commit(vec![desk.authority.removing_client(&client.client_id)])
        .await
        .unwrap();
    assert!(!opens(&desk).await);

    let desk = Desk::open();
    let unknown = KeyId::parse("key_01h455vb4pex5vsknk084sn02q").unwrap();
    invite(&desk, "grace@example.com", &["support"], &by(&unknown))
        .await
        .unwrap();
    assert!(!opens(&desk).await);
}
