//! What AWS is trusted by.

use super::*;

#[test]
fn the_roots_for_aws_are_amazons_among_mozillas_and_all_of_them() {
    let is_amazons = |certificate: &[u8]| {
        let names: [&[u8]; 2] = [b"Amazon Root CA", b"Starfield Services Root"];
        names
            .iter()
            .any(|name| certificate.windows(name.len()).any(|window| window == *name))
    };
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter(|root| is_amazons(root.as_ref()));
    let wanted: String = roots.map(|root| pem(root.as_ref())).collect();
    if wanted != AMAZON_ROOTS {
        println!("{wanted}");
    }
    assert!(
        wanted == AMAZON_ROOTS,
        "wire/amazon-roots.pem should hold what is printed above"
    );
    assert_eq!(amazon_roots().count(), 5);
}
