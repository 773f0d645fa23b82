//! Keys that OpenSSL made and wrote, in PEM and in DER.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use base64ct::{Base64, Encoding};
use countersign_jwt::{Algorithm, KeyError, KeySet, SigningKey, TokenError};

use crate::fixture::{base64url, claims, hmac_signer, now, verifier};

/// How a key for each algorithm is made.
const KINDS: [(&str, &[Algorithm]); 5] = [
    (
        "RSA",
        &[
            Algorithm::Rs256,
            Algorithm::Rs384,
            Algorithm::Rs512,
            Algorithm::Ps256,
            Algorithm::Ps384,
            Algorithm::Ps512,
        ],
    ),
    ("P-256", &[Algorithm::Es256]),
    ("P-384", &[Algorithm::Es384]),
    ("P-521", &[Algorithm::Es512]),
    ("ED25519", &[Algorithm::EdDsa]),
];

const PKCS8_DER: &str = "pkcs8 -topk8 -nocrypt -outform DER";

fn openssl(arguments: &str, input: impl AsRef<[u8]>) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments.split(' '))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("these tests need the command openssl");
    child.stdin.take().unwrap().write_all(input.as_ref()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {arguments}");
    output.stdout
}

fn text(arguments: &str, input: impl AsRef<[u8]>) -> String {
    String::from_utf8(openssl(arguments, input)).unwrap()
}

/// A fresh private key as PKCS #8 PEM.
fn private(kind: &str) -> String {
    match kind {
        "RSA" | "ED25519" => text(&format!("genpkey -algorithm {kind}"), ""),
        curve => text(&format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:{curve}"), ""),
    }
}

fn public(private: &str) -> String {
    text("pkey -pubout", private)
}

#[test]
fn keys_of_openssl_sign_and_verify_in_every_form_it_writes() {
    for (kind, algorithms) in KINDS {
        let pem = private(kind);
        let (public_pem, public_der) = (public(&pem), openssl("pkey -pubout -outform DER", &pem));
        let mut private_pems = vec![pem.clone()];
        let mut private_ders = vec![openssl(PKCS8_DER, &pem)];
        if kind != "ED25519" {
            private_pems.push(text("pkey -traditional", &pem));
            private_ders.push(openssl("pkey -traditional -outform DER", &pem));
        }
        for algorithm in algorithms.iter().copied() {
            let keys = [
                KeySet::from_public_pem(None, algorithm, &public_pem).unwrap(),
                KeySet::from_public_der(Some("k1"), algorithm, &public_der).unwrap(),
            ];
            let mut signers = Vec::new();
            for pem in &private_pems {
                signers.push(SigningKey::from_private_pem(algorithm, pem).unwrap());
            }
            for der in &private_ders {
                signers.push(SigningKey::from_private_der(algorithm, der).unwrap());
            }
            for signer in signers {
                let token = signer.sign(&claims()).unwrap();
                for keys in keys.iter().chain([&signer.key_set().unwrap()]) {
                    assert_eq!(verifier().verify(&token, keys, now()).unwrap().subject(), "alice");
                }
                let named = signer.with_kid("k1").sign(&claims()).unwrap();
                let unknown = verifier().verify(&named, &keys[0], now()).unwrap_err();
                assert_eq!(unknown, TokenError::UnknownKey);
                verifier().verify(&named, &keys[1], now()).unwrap();
            }
        }
    }
}

#[test]
fn a_key_of_another_kind_is_refused_by_name() {
    let keys = KINDS.map(|(kind, _)| private(kind));
    for (pem, (kind, fitting)) in keys.iter().zip(KINDS) {
        for algorithm in Algorithm::ALL {
            let expected = match algorithm {
                fits if fitting.contains(&fits) => None,
                hmac if hmac.is_symmetric() => Some(KeyError::Unsupported),
                _ => Some(KeyError::WrongKind { algorithm }),
            };
            let found = SigningKey::from_private_pem(algorithm, pem).err();
            assert_eq!(found, expected, "{kind} for {algorithm}");
            let found = KeySet::from_public_pem(None, algorithm, &public(pem)).err();
            assert_eq!(found, expected, "{kind} for {algorithm}");
        }
    }
    for (pem, algorithm) in [(&keys[0], Algorithm::Es256), (&keys[1], Algorithm::Es384)] {
        let traditional = text("pkey -traditional", pem);
        let error = SigningKey::from_private_pem(algorithm, &traditional).err().unwrap();
        assert_eq!(error.to_string(), format!("the key is not of the kind that {algorithm} needs"));
    }
    for other in ["RSA-PSS", "X25519", "ED448"] {
        let pem = text(&format!("genpkey -algorithm {other}"), "");
        for algorithm in [Algorithm::Ps256, Algorithm::EdDsa] {
            let expected = Some(KeyError::WrongKind { algorithm });
            assert_eq!(SigningKey::from_private_pem(algorithm, &pem).err(), expected);
            assert_eq!(KeySet::from_public_pem(None, algorithm, &public(&pem)).err(), expected);
        }
    }
}

/// Every text that a confused library may take for a secret: what OpenSSL writes of the public half.
#[test]
fn t029_t030_no_form_of_a_public_key_is_an_hmac_secret() {
    for (kind, algorithms) in KINDS {
        let pem = private(kind);
        let keys = KeySet::from_public_pem(Some("k1"), algorithms[0], &public(&pem)).unwrap();
        let mut texts = vec![
            public(&pem).into_bytes(),
            openssl("pkey -pubout -outform DER", &pem),
            text("req -new -key /dev/stdin -subj /CN=auth.test -x509 -days 1", &pem).into_bytes(),
        ];
        match kind {
            "RSA" => {
                texts.push(openssl("rsa -RSAPublicKey_out", &pem));
                texts.push(openssl("rsa -RSAPublicKey_out -outform DER", &pem));
            }
            "ED25519" => texts.push(ssh_line("ssh-ed25519", &[&texts[1][12..]])),
            "P-256" => texts.push(ssh_line("ecdsa-sha2-nistp256", &[b"nistp256", &texts[1][26..]])),
            _ => {}
        }
        let elsewhere = KeySet::from_secret(&[1; 32]).unwrap();
        for text in texts {
            for header in [r#"{"alg":"HS256"}"#, r#"{"alg":"HS256","kid":"k1"}"#] {
                let signed = format!("{}.{}", base64url(header), base64url(claims().to_string()));
                let signature = base64url(hmac_signer(&text)(signed.as_bytes()));
                let token = format!("{signed}.{signature}");
                assert!(verifier().verify(&token, &keys, now()).is_err());
                assert!(verifier().verify(&token, &elsewhere, now()).is_err());
            }
        }
    }
}

/// A public key as OpenSSH writes it (RFC 4253 §6.6, RFC 8709 §4, RFC 5656 §3.1).
fn ssh_line(name: &str, fields: &[&[u8]]) -> Vec<u8> {
    let mut blob = Vec::new();
    for field in [name.as_bytes()].iter().chain(fields) {
        blob.extend(u32::try_from(field.len()).unwrap().to_be_bytes());
        blob.extend_from_slice(field);
    }
    format!("{name} {}", Base64::encode_string(&blob)).into_bytes()
}

#[test]
fn weak_rsa_keys_of_openssl_are_refused() {
    for options in
        ["rsa_keygen_bits:1024", "rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:4294967297"]
    {
        let pem = text(&format!("genpkey -algorithm RSA -pkeyopt {options}"), "");
        let weak = options.contains("1024");
        for pem in [pem.clone(), text("pkey -traditional", &pem)] {
            let error = SigningKey::from_private_pem(Algorithm::Rs256, &pem).err();
            // The cryptographic library refuses short keys by itself.
            assert_eq!(error, weak.then_some(KeyError::Rejected), "{options}");
        }
        let error = KeySet::from_public_pem(None, Algorithm::Ps256, &public(&pem)).err();
        assert_eq!(error, weak.then_some(KeyError::Weak), "{options}");
    }
}

#[test]
fn what_is_wrong_with_a_text_is_said() {
    let private_pem = private("P-256");
    let public_pem = public(&private_pem);
    let read = |pem: &str| KeySet::from_public_pem(None, Algorithm::Es256, pem).err();
    let certificate =
        text("req -new -key /dev/stdin -subj /CN=auth.test -x509 -days 1", &private_pem);
    let with_parameters = text("ecparam -name prime256v1 -genkey", "");
    let wrong_label = |expected| Some(KeyError::WrongLabel { expected });
    for (pem, error) in [
        (String::new(), Some(KeyError::NotPem)),
        (format!("my key:\n{public_pem}"), Some(KeyError::NotPem)),
        (format!("{public_pem}the end"), Some(KeyError::NotPem)),
        (public_pem.replace('\n', "\n  "), Some(KeyError::NotPem)),
        (public_pem.replace('\n', "\\n"), Some(KeyError::NotPem)),
        (public_pem.replacen('M', "?", 1), Some(KeyError::NotPem)),
        (public_pem.replace("END PUBLIC", "END PRIVATE"), Some(KeyError::NotPem)),
        (public_pem.replace("PUBLIC", "RSA PUBLIC"), wrong_label("PUBLIC KEY")),
        (certificate, wrong_label("PUBLIC KEY")),
        (format!("{public_pem}{public_pem}"), Some(KeyError::SeveralBlocks)),
        (private_pem.clone(), Some(KeyError::PrivateKey)),
        (text("pkey -traditional", &private_pem), Some(KeyError::PrivateKey)),
        (private_pem.replace("PRIVATE", "PUBLIC"), Some(KeyError::PrivateKey)),
    ] {
        assert_eq!(read(&pem), error, "{pem}");
    }

    let read = |pem: &str| SigningKey::from_private_pem(Algorithm::Es256, pem).err();
    let encrypt = "-aes-128-cbc -passout pass:password";
    for (pem, error) in [
        (public_pem.clone(), Some(KeyError::PublicKey)),
        (public_pem.replace("PUBLIC", "PRIVATE"), Some(KeyError::NotDer)),
        (text(&format!("pkey {encrypt}"), &private_pem), Some(KeyError::Encrypted)),
        (text(&format!("pkey -traditional {encrypt}"), &private_pem), Some(KeyError::Encrypted)),
        (with_parameters, Some(KeyError::SeveralBlocks)),
        (private_pem.replace("PRIVATE", "SECRET"), wrong_label("PRIVATE KEY")),
    ] {
        assert_eq!(read(&pem), error, "{pem}");
    }
}

#[test]
fn white_space_around_a_block_and_line_ends_do_not_matter() {
    let private_pem = private("ED25519");
    let public_pem = public(&private_pem);
    for vary in [
        |pem: &str| format!("\r\n \t{pem}\n\n "),
        |pem: &str| pem.replace('\n', "\r\n"),
        |pem: &str| pem.trim_end().to_owned(),
    ] {
        KeySet::from_public_pem(None, Algorithm::EdDsa, &vary(&public_pem)).unwrap();
        SigningKey::from_private_pem(Algorithm::EdDsa, &vary(&private_pem)).unwrap();
    }
}

#[test]
fn bytes_that_are_not_quite_a_key_are_refused() {
    for (kind, algorithms) in KINDS {
        let pem = private(kind);
        let public = openssl("pkey -pubout -outform DER", &pem);
        let read = |der: &[u8]| KeySet::from_public_der(None, algorithms[0], der).err();
        assert_eq!(read(&public), None);
        assert_eq!(read(&[&public[..], &[0]].concat()), Some(KeyError::NotDer));
        for end in 0..public.len() {
            assert_eq!(read(&public[..end]), Some(KeyError::NotDer), "{kind} cut at {end}");
        }
        let private = openssl(PKCS8_DER, &pem);
        assert_eq!(read(&private), Some(KeyError::PrivateKey));
        let read = |der: &[u8]| SigningKey::from_private_der(algorithms[0], der).err();
        assert_eq!(read(&private), None);
        assert_eq!(read(&[&private[..], &[0]].concat()), Some(KeyError::NotDer));
        for end in 0..private.len() {
            assert!(read(&private[..end]).is_some(), "{kind} cut at {end}");
        }
    }
}

#[test]
fn a_kid_beside_a_pem_is_held_to_the_rules_of_headers() {
    let pem = public(&private("ED25519"));
    for kid in ["", "a\nb", &"k".repeat(257)] {
        let error = KeySet::from_public_pem(Some(kid), Algorithm::EdDsa, &pem).err();
        assert_eq!(error, Some(KeyError::InvalidMember { member: "kid" }));
    }
}
