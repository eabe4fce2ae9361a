//! Keys that were offered verify what they signed, and no others are read.

use super::*;

/// A signature made by OpenSSL: modulus, message, PKCS #1 v1.5 signature over SHA-256.
const MODULUS: &str = "b04160a5a2a547e4061e815cd584353ea6283d3066511e2ab2cea953baca636ed66950c709d31d179a396182d98358ab\
     3b1294b0dbac3e448fd1d4c176b1227f99436112d904ff4fa0af7ab9b394851d6c6c07266dbac7678e660204bd1a59ff\
     e29f3e0551fb326204b0134b7a3bed618ff325d6a8b58ffc1513c886b139a13887ab400da3f060362cf1e087cb56eefc\
     f76c377ea9b1882824e1340f081129a670805f3d092142d0714a4a6903b51b974760e4b797c93edf521e6223e1d4a64d\
     b350def0edbf8d2cdf018207c98342e6b9c804223574a1895ad1ae96ea3510d04d9b11352b56b35a66c8687078978e48\
     7624415c0c37e731c28df86cb7199b5f";
const MESSAGE: &[u8] = b"signed by an authenticator with RSA";
const SIGNATURE: &str = "7c0553bc8cba776bad2edc1fb9827d40773c5f0fa1f5f582a276c16b37bcb180e34021c88243dfa5cda42f1b78e082ae\
     ce9e51d2aba1db43832dc9161ce185bf4855da97c1985dc4071a88c20a0dd1b267731da17a59d43cede37532b304453d\
     c8aee0e959a97a4d2132225981acbef1de9384f13443df80b2dd65aa825f6ef587e14e9decebc3dee252c2d7edc38344\
     960b6c35606fc28ed24020fa0c01db288db9d845fccdc5455efc60eec425933e04d439230f86c439d55296aa6d966e26\
     cdffe0dbf5c5afcd4d3be5bdae6c64afb9613869e8321b5e0229ac6094a2e629b6ef7a332237884d8d040c6ac83b2bc5\
     11be5d1a797238a3092b377bdb0c720d";

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// A COSE RSA key with this modulus and exponent.
fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let mut key = vec![0xa4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x59];
    key.extend(u16::try_from(modulus.len()).unwrap().to_be_bytes());
    key.extend(modulus);
    key.extend([0x21, 0x40 | u8::try_from(exponent.len()).unwrap()]);
    key.extend(exponent);
    key
}

// ID-16
#[test]
fn what_openssl_signed_with_rsa_verifies_and_nothing_else_does() {
    let key = PublicKey::parse(&rsa(&hex(MODULUS), &[1, 0, 1])).unwrap();
    let mut signature = hex(SIGNATURE);
    assert_eq!(key.algorithm(), -257);
    assert!(key.verifies(MESSAGE, &signature));
    assert!(!key.verifies(b"another message", &signature));
    signature[0] ^= 1;
    assert!(!key.verifies(MESSAGE, &signature));
}

#[test]
fn a_weak_or_bent_key_is_refused() {
    let malformed = Err(PasskeyError::Malformed("the public key"));
    assert_eq!(PublicKey::parse(&rsa(&[0xff; 128], &[1, 0, 1])), malformed);
    assert_eq!(PublicKey::parse(&rsa(&[0xff; 513], &[1, 0, 1])), malformed);
    assert_eq!(PublicKey::parse(&rsa(&[0xff; 256], &[])), malformed);
    // Elliptic curve, ES256, P-256, x of three bytes and no y.
    let short = [0xa4, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x43, 1, 2, 3];
    assert_eq!(PublicKey::parse(&short), malformed);
    // No key type.
    assert_eq!(PublicKey::parse(&[0xa1, 0x03, 0x26]), malformed);
    assert_eq!(PublicKey::parse(b"no CBOR"), malformed);
}

#[test]
fn an_algorithm_that_was_not_offered_is_refused() {
    // Elliptic curve, ES384, P-384; and ES256 on secp256k1.
    for key in [
        &[0xa3, 0x01, 0x02, 0x03, 0x38, 0x22, 0x20, 0x02][..],
        &[0xa3, 0x01, 0x02, 0x03, 0x26, 0x20, 0x08],
    ] {
        assert_eq!(PublicKey::parse(key), Err(PasskeyError::Algorithm));
    }
}
