//! Bare signatures of Project Wycheproof (C2SP, Apache-2.0), over messages that are no tokens.

use serde_json::Value;

use crate::{algorithm::Algorithm, error::KeyError, key::Key, public_der};

macro_rules! file {
    ($name:literal) => {
        ($name, include_str!(concat!("../../tests/vectors/wycheproof/", $name, "_test.json")))
    };
}

type File = (&'static str, &'static str);

fn hex(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// The tests of a file with the groups they stand in.
fn tests((name, text): File) -> Vec<(Value, Value)> {
    let file: Value = serde_json::from_str(text).unwrap();
    let groups = file["testGroups"].as_array().unwrap();
    let tests: Vec<_> = groups
        .iter()
        .flat_map(|group| {
            let tests = group["tests"].as_array().unwrap().iter();
            tests.map(|test| (group["publicKeyDer"].clone(), test.clone()))
        })
        .collect();
    assert_eq!(file["numberOfTests"], tests.len(), "{name}");
    tests
}

/// How many signatures of key pairs are good, and the numbers of those that are judged another way
/// than the file does. What the file calls acceptable is to be refused.
fn judge(algorithm: Algorithm, file: File) -> (usize, Vec<u64>) {
    let (mut good, mut disputed) = (0, Vec::new());
    for (der, test) in tests(file) {
        let key = public_der::read(algorithm, &hex(&der));
        let verifies =
            key.is_ok_and(|key| key.verify(&hex(&test["msg"]), &hex(&test["sig"])).is_ok());
        good += usize::from(verifies);
        if verifies != (test["result"] == "valid") {
            disputed.push(test["tcId"].as_u64().unwrap());
        }
    }
    (good, disputed)
}

#[test]
fn t047_ecdsa_as_r_and_s() {
    for (algorithm, file, good) in [
        (Algorithm::Es256, file!("ecdsa_secp256r1_sha256_p1363"), 173),
        (Algorithm::Es384, file!("ecdsa_secp384r1_sha384_p1363"), 193),
        (Algorithm::Es512, file!("ecdsa_secp521r1_sha512_p1363"), 231),
    ] {
        assert_eq!(judge(algorithm, file), (good, vec![]), "{}", file.0);
    }
}

#[test]
fn t051_ed25519() {
    assert_eq!(judge(Algorithm::EdDsa, file!("ed25519")), (88, vec![]));
}

#[test]
fn t049_rsa_with_pkcs1_padding() {
    for (algorithm, file, good) in [
        (Algorithm::Rs256, file!("rsa_signature_2048_sha256"), 9),
        (Algorithm::Rs256, file!("rsa_signature_3072_sha256"), 8),
        (Algorithm::Rs256, file!("rsa_signature_4096_sha256"), 7),
        (Algorithm::Rs384, file!("rsa_signature_2048_sha384"), 7),
        (Algorithm::Rs512, file!("rsa_signature_2048_sha512"), 8),
    ] {
        assert_eq!(judge(algorithm, file), (good, vec![]), "{}", file.0);
    }
}

#[test]
fn t050_rsa_with_pss_padding() {
    for (algorithm, file, good) in [
        (Algorithm::Ps256, file!("rsa_pss_2048_sha256_mgf1_32"), 63),
        (Algorithm::Ps256, file!("rsa_pss_3072_sha256_mgf1_32"), 63),
        (Algorithm::Ps384, file!("rsa_pss_2048_sha384_mgf1_48"), 95),
        (Algorithm::Ps512, file!("rsa_pss_4096_sha512_mgf1_64"), 132),
    ] {
        assert_eq!(judge(algorithm, file), (good, vec![]), "{}", file.0);
    }
}

/// RFC 7518 §3.5 wants a salt as long as the hash. So of a file where none is right, one signature is
/// good: the one that the file has for another length, ours.
#[test]
fn t050_rsa_with_pss_padding_and_no_salt() {
    let file = file!("rsa_pss_2048_sha256_mgf1_0");
    let (good, disputed) = judge(Algorithm::Ps256, file);
    let expected: Vec<_> = tests(file)
        .iter()
        .map(|(_, test)| test)
        .filter(|test| test["result"] == "valid" || test["comment"] == "s_len changed to 32")
        .map(|test| test["tcId"].as_u64().unwrap())
        .collect();
    assert_eq!((good, disputed), (1, expected));
}

/// A tag that was cut short is refused, and a key shorter than the hash (RFC 7518 §3.2); the files call
/// both valid.
#[test]
fn t053_hmac() {
    for (algorithm, file, length) in [
        (Algorithm::Hs256, file!("hmac_sha256"), 32),
        (Algorithm::Hs384, file!("hmac_sha384"), 48),
        (Algorithm::Hs512, file!("hmac_sha512"), 64),
    ] {
        let mut good = 0;
        for (_, test) in tests(file) {
            let (secret, tag) = (hex(&test["key"]), hex(&test["tag"]));
            let whole = test["result"] == "valid" && tag.len() == length;
            match Key::secret(algorithm, &secret) {
                Ok(key) => {
                    let verifies = key.verify(&hex(&test["msg"]), &tag).is_ok();
                    assert_eq!(verifies, whole, "{} {}", file.0, test["tcId"]);
                    good += usize::from(verifies);
                }
                Err(error) => assert_eq!((error, secret.len() < length), (KeyError::Weak, true)),
            }
        }
        assert_eq!(good, 30, "{}", file.0);
    }
}
