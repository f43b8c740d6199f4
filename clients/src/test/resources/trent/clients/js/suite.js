/**
 * The AWS SDK for JavaScript 3 against a running Trent, with every kind of key.
 *
 * Usage: node suite.js URL. Prints one line for each row, `ok <row>` or `FAIL <row>: <why>`, and exits 1 if one failed.
 */

import assert from "node:assert/strict";
import crypto from "node:crypto";

import * as sdk from "@aws-sdk/client-kms";

const URL = process.argv[2];
const REGION = "us-east-2";
const ACCOUNT = "000000000000";
const MESSAGE = new TextEncoder().encode("attack at dawn");
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const ALICE = `arn:aws:iam::${ACCOUNT}:root`;

const rows = [];

function row(name, run) {
  rows.push({ name, run });
}

function client(region = REGION, accessKeyId = "test") {
  return new sdk.KMS({
    endpoint: URL,
    region,
    credentials: { accessKeyId, secretAccessKey: "test" },
    maxAttempts: 1,
  });
}

const kms = client();
const ireland = client("eu-west-1");

/** The call must fail with this class of the SDK, HTTP status 400 and exactly this text; undefined: no text was sent. */
async function refused(type, text, call) {
  const error = await call.then(
    () => assert.fail(`expected ${type.name}, but it succeeded`),
    (e) => e,
  );
  assert.equal(error.name, type.name, `${error.name}: ${error.message}`);
  assert.ok(error instanceof type, `${error.name} is not the SDK's own class`);
  assert.ok(error instanceof sdk.KMSServiceException);
  assert.equal(error.$metadata.httpStatusCode, 400);
  assert.match(error.$metadata.requestId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(sent(error), text);
}

/** The same for errors of AWS that the SDK has no class for. */
async function refusedUnmodelled(name, text, call) {
  const error = await call.then(
    () => assert.fail(`expected ${name}, but it succeeded`),
    (e) => e,
  );
  assert.equal(error.name, name, `${error.name}: ${error.message}`);
  assert.ok(error instanceof sdk.KMSServiceException);
  assert.equal(error.$metadata.httpStatusCode, 400);
  assert.equal(sent(error), text);
}

/** What the SDK says itself where the service sent no text. */
function sent(error) {
  return ["UnknownError", "", undefined].includes(error.message) ? undefined : error.message;
}

async function newKey(parameters = {}) {
  return (await kms.createKey(parameters)).KeyMetadata.KeyId;
}

function keyArn(key, region = REGION, account = ACCOUNT) {
  return `arn:aws:kms:${region}:${account}:key/${key}`;
}

function newName() {
  return `alias/${crypto.randomUUID()}`;
}

function bytes(actual, expected) {
  assert.deepEqual(Buffer.from(actual), Buffer.from(expected));
}

async function publicKey(key) {
  const { PublicKey } = await kms.getPublicKey({ KeyId: key });
  return crypto.createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
}

async function all(pages, member) {
  const found = [];
  for await (const page of pages) {
    found.push(...(page[member] ?? []));
  }
  return found;
}

// ---- keys of every kind

const KINDS = [
  ["SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "EncryptionAlgorithms", ["SYMMETRIC_DEFAULT"]],
  ...["RSA_2048", "RSA_3072", "RSA_4096"].flatMap((spec) => [
    [spec, "ENCRYPT_DECRYPT", "EncryptionAlgorithms", ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]],
    [
      spec,
      "SIGN_VERIFY",
      "SigningAlgorithms",
      ["PKCS1_V1_5", "PSS"].flatMap((p) => [256, 384, 512].map((n) => `RSASSA_${p}_SHA_${n}`)),
    ],
  ]),
  ...[
    ["ECC_NIST_P256", 256],
    ["ECC_NIST_P384", 384],
    ["ECC_NIST_P521", 512],
  ].flatMap(([spec, n]) => [
    [spec, "SIGN_VERIFY", "SigningAlgorithms", [`ECDSA_SHA_${n}`]],
    [spec, "KEY_AGREEMENT", "KeyAgreementAlgorithms", ["ECDH"]],
  ]),
  ["ECC_SECG_P256K1", "SIGN_VERIFY", "SigningAlgorithms", ["ECDSA_SHA_256"]],
  ["ECC_NIST_EDWARDS25519", "SIGN_VERIFY", "SigningAlgorithms", ["ED25519_SHA_512", "ED25519_PH_SHA_512"]],
  ...["ML_DSA_44", "ML_DSA_65", "ML_DSA_87"].map((spec) => [spec, "SIGN_VERIFY", "SigningAlgorithms", ["ML_DSA_SHAKE_256"]]),
  ...[224, 256, 384, 512].map((n) => [`HMAC_${n}`, "GENERATE_VERIFY_MAC", "MacAlgorithms", [`HMAC_SHA_${n}`]]),
];
const LISTS = ["EncryptionAlgorithms", "SigningAlgorithms", "KeyAgreementAlgorithms", "MacAlgorithms"];

for (const [spec, usage, list, algorithms] of KINDS) {
  row(`CreateKey and DescribeKey show a ${spec} key for ${usage}`, async () => {
    const { KeyMetadata: made } = await kms.createKey({ KeySpec: spec, KeyUsage: usage });
    const { CreationDate, CurrentKeyMaterialId, ...rest } = made;
    assert.ok(CreationDate instanceof Date && Math.abs(Date.now() - CreationDate) < 60_000);
    assert.equal(CurrentKeyMaterialId !== undefined, spec === "SYMMETRIC_DEFAULT");
    assert.deepEqual(rest, {
      AWSAccountId: ACCOUNT,
      Arn: keyArn(made.KeyId),
      CustomerMasterKeySpec: spec,
      Description: "",
      Enabled: true,
      KeyId: made.KeyId,
      KeyManager: "CUSTOMER",
      KeySpec: spec,
      KeyState: "Enabled",
      KeyUsage: usage,
      MultiRegion: false,
      Origin: "AWS_KMS",
      [list]: algorithms,
    });
    const { KeyMetadata: described } = await kms.describeKey({ KeyId: made.Arn });
    assert.deepEqual(described, made);
    if (usage === "GENERATE_VERIFY_MAC" || spec === "SYMMETRIC_DEFAULT") {
      await refused(sdk.UnsupportedOperationException, undefined, kms.getPublicKey({ KeyId: made.KeyId }));
      return;
    }
    const { $metadata, PublicKey, ...shown } = await kms.getPublicKey({ KeyId: made.KeyId });
    assert.equal($metadata.httpStatusCode, 200);
    assert.ok(PublicKey.length > 40);
    assert.deepEqual(shown, {
      CustomerMasterKeySpec: spec,
      KeyId: made.Arn,
      KeySpec: spec,
      KeyUsage: usage,
      [list]: algorithms,
    });
    assert.equal(LISTS.filter((name) => name in shown).length, 1);
  });
}

row("CreateKey refuses a usage that the spec does not have", async () => {
  await refusedUnmodelled(
    "ValidationException",
    "KeyUsage SIGN_VERIFY is not compatible with KeySpec HMAC_256",
    kms.createKey({ KeySpec: "HMAC_256", KeyUsage: "SIGN_VERIFY" }),
  );
  await refusedUnmodelled(
    "ValidationException",
    "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
    kms.createKey({ KeySpec: "RSA_2048" }),
  );
});

// ---- symmetric keys

row("what a symmetric key encrypts it decrypts, bound to its context", async () => {
  const key = await newKey();
  const context = { purpose: "test", ключ: "値" };
  const closed = await kms.encrypt({ KeyId: key, Plaintext: MESSAGE, EncryptionContext: context });
  assert.equal(closed.KeyId, keyArn(key));
  assert.equal(closed.EncryptionAlgorithm, "SYMMETRIC_DEFAULT");
  const opened = await kms.decrypt({ CiphertextBlob: closed.CiphertextBlob, EncryptionContext: context });
  bytes(opened.Plaintext, MESSAGE);
  assert.equal(opened.KeyId, keyArn(key));
  assert.match(opened.KeyMaterialId, /^[0-9a-f]{64}$/);
  await refused(sdk.InvalidCiphertextException, undefined, kms.decrypt({ CiphertextBlob: closed.CiphertextBlob }));
  await refused(
    sdk.IncorrectKeyException,
    "The key ID in the request does not identify a CMK that can perform this operation.",
    kms.decrypt({ CiphertextBlob: closed.CiphertextBlob, EncryptionContext: context, KeyId: await newKey() }),
  );
});

row("ReEncrypt moves from a symmetric to an RSA key and back", async () => {
  const symmetric = await newKey();
  const rsa = await newKey({ KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" });
  const { CiphertextBlob } = await kms.encrypt({ KeyId: symmetric, Plaintext: MESSAGE });
  const out = await kms.reEncrypt({
    CiphertextBlob,
    DestinationKeyId: rsa,
    DestinationEncryptionAlgorithm: "RSAES_OAEP_SHA_256",
  });
  assert.deepEqual(
    [out.SourceKeyId, out.KeyId, out.SourceEncryptionAlgorithm, out.DestinationEncryptionAlgorithm],
    [keyArn(symmetric), keyArn(rsa), "SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_256"],
  );
  assert.match(out.SourceKeyMaterialId, /^[0-9a-f]{64}$/);
  assert.equal(out.DestinationKeyMaterialId, undefined);
  const back = await kms.reEncrypt({
    CiphertextBlob: out.CiphertextBlob,
    SourceKeyId: rsa,
    SourceEncryptionAlgorithm: "RSAES_OAEP_SHA_256",
    DestinationKeyId: symmetric,
  });
  assert.equal(back.SourceKeyMaterialId, undefined);
  bytes((await kms.decrypt({ CiphertextBlob: back.CiphertextBlob })).Plaintext, MESSAGE);
});

row("data keys have the size that was asked and open again", async () => {
  const key = await newKey();
  for (const [size, length] of [
    [{ KeySpec: "AES_256" }, 32],
    [{ KeySpec: "AES_128" }, 16],
    [{ NumberOfBytes: 1024 }, 1024],
  ]) {
    const made = await kms.generateDataKey({ KeyId: key, ...size });
    assert.equal(made.Plaintext.length, length);
    assert.equal(made.KeyId, keyArn(key));
    assert.match(made.KeyMaterialId, /^[0-9a-f]{64}$/);
    bytes((await kms.decrypt({ CiphertextBlob: made.CiphertextBlob })).Plaintext, made.Plaintext);
    const hidden = await kms.generateDataKeyWithoutPlaintext({ KeyId: key, ...size });
    assert.equal("Plaintext" in hidden, false);
    assert.equal((await kms.decrypt({ CiphertextBlob: hidden.CiphertextBlob })).Plaintext.length, length);
  }
});

for (const spec of [
  "RSA_2048",
  "RSA_3072",
  "RSA_4096",
  "ECC_NIST_P256",
  "ECC_NIST_P384",
  "ECC_NIST_P521",
  "ECC_SECG_P256K1",
  "ECC_NIST_EDWARDS25519",
]) {
  row(`a data key pair ${spec} signs outside, and its private key opens again`, async () => {
    const key = await newKey();
    const pair = await kms.generateDataKeyPair({ KeyId: key, KeyPairSpec: spec, EncryptionContext: { a: "b" } });
    assert.equal(pair.KeyId, keyArn(key));
    assert.equal(pair.KeyPairSpec, spec);
    const signer = crypto.createPrivateKey({ key: Buffer.from(pair.PrivateKeyPlaintext), format: "der", type: "pkcs8" });
    const verifier = crypto.createPublicKey({ key: Buffer.from(pair.PublicKey), format: "der", type: "spki" });
    const hash = spec === "ECC_NIST_EDWARDS25519" ? null : "sha256";
    assert.ok(crypto.verify(hash, MESSAGE, verifier, crypto.sign(hash, MESSAGE, signer)));
    const { Plaintext } = await kms.decrypt({
      CiphertextBlob: pair.PrivateKeyCiphertextBlob,
      EncryptionContext: { a: "b" },
    });
    bytes(Plaintext, pair.PrivateKeyPlaintext);
    const hidden = await kms.generateDataKeyPairWithoutPlaintext({ KeyId: key, KeyPairSpec: spec });
    assert.equal("PrivateKeyPlaintext" in hidden, false);
    const opened = await kms.decrypt({ CiphertextBlob: hidden.PrivateKeyCiphertextBlob });
    const again = crypto.createPrivateKey({ key: Buffer.from(opened.Plaintext), format: "der", type: "pkcs8" });
    bytes(crypto.createPublicKey(again).export({ format: "der", type: "spki" }), hidden.PublicKey);
  });
}

row("random bytes have the size that was asked", async () => {
  for (const size of [1, 1024]) {
    assert.equal((await kms.generateRandom({ NumberOfBytes: size })).Plaintext.length, size);
  }
  await refusedUnmodelled("ValidationException", "NumberOfBytes is required.", kms.generateRandom({}));
  await refused(
    sdk.CustomKeyStoreNotFoundException,
    undefined,
    kms.generateRandom({ NumberOfBytes: 1, CustomKeyStoreId: "cks-1234567890abcdef0" }),
  );
});

// ---- RSA encryption

for (const [spec, sha1, sha256] of [
  ["RSA_2048", 214, 190],
  ["RSA_3072", 342, 318],
  ["RSA_4096", 470, 446],
]) {
  row(`${spec} decrypts what others encrypt with its public key`, async () => {
    const key = await newKey({ KeySpec: spec, KeyUsage: "ENCRYPT_DECRYPT" });
    const outside = await publicKey(key);
    for (const [algorithm, oaepHash, most] of [
      ["RSAES_OAEP_SHA_1", "sha1", sha1],
      ["RSAES_OAEP_SHA_256", "sha256", sha256],
    ]) {
      const longest = crypto.randomBytes(most);
      const theirs = crypto.publicEncrypt({ key: outside, padding: crypto.constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, longest);
      const ours = await kms.encrypt({ KeyId: key, Plaintext: longest, EncryptionAlgorithm: algorithm });
      assert.equal(ours.CiphertextBlob.length, theirs.length);
      for (const CiphertextBlob of [theirs, ours.CiphertextBlob]) {
        const opened = await kms.decrypt({ KeyId: key, CiphertextBlob, EncryptionAlgorithm: algorithm });
        bytes(opened.Plaintext, longest);
        assert.deepEqual([opened.KeyId, opened.EncryptionAlgorithm, opened.KeyMaterialId], [keyArn(key), algorithm, undefined]);
      }
      await refusedUnmodelled(
        "ValidationException",
        `Algorithm ${algorithm} and key spec ${spec} cannot encrypt data larger than ${most} bytes.`,
        kms.encrypt({ KeyId: key, Plaintext: Buffer.alloc(most + 1), EncryptionAlgorithm: algorithm }),
      );
    }
    await refused(
      sdk.InvalidKeyUsageException,
      `Algorithm SYMMETRIC_DEFAULT is incompatible with key spec ${spec}.`,
      kms.encrypt({ KeyId: key, Plaintext: MESSAGE }),
    );
    await refused(
      sdk.InvalidCiphertextException,
      undefined,
      kms.decrypt({ KeyId: key, CiphertextBlob: MESSAGE, EncryptionAlgorithm: "RSAES_OAEP_SHA_1" }),
    );
    await refused(
      sdk.InvalidKeyUsageException,
      "You cannot generate a data key with an asymmetric CMK",
      kms.generateDataKey({ KeyId: key, KeySpec: "AES_256" }),
    );
  });
}

// ---- signatures

async function signed(key, algorithm, verifyOutside, digest) {
  const outside = await publicKey(key);
  const asked = { KeyId: key, SigningAlgorithm: algorithm };
  const ways = [{ Message: MESSAGE, MessageType: "RAW" }, { Message: MESSAGE }];
  if (digest) {
    ways.push({ Message: crypto.createHash(digest).update(MESSAGE).digest(), MessageType: "DIGEST" });
  }
  for (const way of ways) {
    const made = await kms.sign({ ...asked, ...way });
    assert.deepEqual([made.KeyId, made.SigningAlgorithm], [keyArn(key), algorithm]);
    assert.ok(verifyOutside(outside, made.Signature), `${algorithm} does not verify outside`);
    for (const other of ways) {
      const { $metadata, ...seen } = await kms.verify({ ...asked, ...other, Signature: made.Signature });
      assert.deepEqual(seen, { KeyId: keyArn(key), SignatureValid: true, SigningAlgorithm: algorithm });
    }
    const broken = Uint8Array.from(made.Signature);
    broken[broken.length - 1] ^= 1;
    await refused(sdk.KMSInvalidSignatureException, undefined, kms.verify({ ...asked, ...way, Signature: broken }));
  }
  if (digest) {
    await refusedUnmodelled(
      "ValidationException",
      `Digest is invalid length for algorithm ${algorithm}.`,
      kms.sign({ ...asked, Message: Buffer.alloc(31), MessageType: "DIGEST" }),
    );
  }
}

for (const spec of ["RSA_2048", "RSA_3072", "RSA_4096"]) {
  row(`${spec} signs with PKCS #1 and PSS, and OpenSSL verifies`, async () => {
    const key = await newKey({ KeySpec: spec, KeyUsage: "SIGN_VERIFY" });
    for (const n of [256, 384, 512]) {
      await signed(key, `RSASSA_PKCS1_V1_5_SHA_${n}`, (k, s) => crypto.verify(`sha${n}`, MESSAGE, k, s), `sha${n}`);
      const pss = { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: n / 8 };
      await signed(key, `RSASSA_PSS_SHA_${n}`, (k, s) => crypto.verify(`sha${n}`, MESSAGE, { key: k, ...pss }, s), `sha${n}`);
    }
  });
}

for (const [spec, n] of [
  ["ECC_NIST_P256", 256],
  ["ECC_NIST_P384", 384],
  ["ECC_NIST_P521", 512],
  ["ECC_SECG_P256K1", 256],
]) {
  row(`${spec} signs with ECDSA, and OpenSSL verifies`, async () => {
    const key = await newKey({ KeySpec: spec, KeyUsage: "SIGN_VERIFY" });
    await signed(key, `ECDSA_SHA_${n}`, (k, s) => crypto.verify(`sha${n}`, MESSAGE, k, s), `sha${n}`);
    await refused(
      sdk.InvalidKeyUsageException,
      `Algorithm RSASSA_PSS_SHA_256 is incompatible with key spec ${spec}.`,
      kms.sign({ KeyId: key, Message: MESSAGE, SigningAlgorithm: "RSASSA_PSS_SHA_256" }),
    );
  });
}

row("Ed25519 signs, and OpenSSL verifies", async () => {
  const key = await newKey({ KeySpec: "ECC_NIST_EDWARDS25519", KeyUsage: "SIGN_VERIFY" });
  await signed(key, "ED25519_SHA_512", (k, s) => crypto.verify(null, MESSAGE, k, s));
  await refusedUnmodelled(
    "ValidationException",
    "Message type DIGEST is incompatible with algorithm ED25519_SHA_512.",
    kms.sign({ KeyId: key, Message: Buffer.alloc(64), MessageType: "DIGEST", SigningAlgorithm: "ED25519_SHA_512" }),
  );
});

row("Ed25519ph signs digests only, and is another signature than Ed25519's", async () => {
  const key = await newKey({ KeySpec: "ECC_NIST_EDWARDS25519", KeyUsage: "SIGN_VERIFY" });
  const Message = crypto.createHash("sha512").update(MESSAGE).digest();
  const asked = { KeyId: key, Message, MessageType: "DIGEST", SigningAlgorithm: "ED25519_PH_SHA_512" };
  const { Signature } = await kms.sign(asked);
  assert.equal(Signature.length, 64);
  assert.equal((await kms.verify({ ...asked, Signature })).SignatureValid, true);
  assert.equal(crypto.verify(null, Message, await publicKey(key), Signature), false);
  await refusedUnmodelled(
    "ValidationException",
    "Message type RAW is incompatible with algorithm ED25519_PH_SHA_512.",
    kms.sign({ ...asked, MessageType: "RAW" }),
  );
  await refusedUnmodelled(
    "ValidationException",
    "Digest is invalid length for algorithm ED25519_PH_SHA_512.",
    kms.sign({ ...asked, Message: Message.subarray(1) }),
  );
});

/** What an ML-DSA signature is of. Source: FIPS 204, algorithm 7, with the empty context. */
function mu(rawPublicKey, message) {
  const shake = (...parts) => {
    const hash = crypto.createHash("shake256", { outputLength: 64 });
    parts.forEach((part) => hash.update(part));
    return hash.digest();
  };
  return shake(shake(rawPublicKey), Buffer.from([0, 0]), message);
}

for (const [spec, spkiBytes, rawBytes, signatureBytes] of [
  ["ML_DSA_44", 1334, 1312, 2420],
  ["ML_DSA_65", 1974, 1952, 3309],
  ["ML_DSA_87", 2614, 2592, 4627],
]) {
  row(`${spec} signs messages and external mu, one verifying as the other`, async () => {
    const key = await newKey({ KeySpec: spec, KeyUsage: "SIGN_VERIFY" });
    const { PublicKey } = await kms.getPublicKey({ KeyId: key });
    assert.equal(PublicKey.length, spkiBytes);
    const external = mu(PublicKey.subarray(PublicKey.length - rawBytes), MESSAGE);
    const asked = { KeyId: key, SigningAlgorithm: "ML_DSA_SHAKE_256" };
    const ways = [
      { Message: MESSAGE, MessageType: "RAW" },
      { Message: external, MessageType: "EXTERNAL_MU" },
    ];
    for (const way of ways) {
      const { Signature } = await kms.sign({ ...asked, ...way });
      assert.equal(Signature.length, signatureBytes);
      for (const other of ways) {
        assert.equal((await kms.verify({ ...asked, ...other, Signature })).SignatureValid, true);
      }
      await refused(
        sdk.KMSInvalidSignatureException,
        undefined,
        kms.verify({ ...asked, Message: Buffer.from("retreat"), Signature }),
      );
    }
    await refusedUnmodelled(
      "ValidationException",
      `Message type DIGEST is incompatible with key spec ${spec}.`,
      kms.sign({ ...asked, Message: Buffer.alloc(32), MessageType: "DIGEST" }),
    );
  });
}

// ---- MACs

for (const n of [224, 256, 384, 512]) {
  row(`HMAC_${n} makes and verifies MACs`, async () => {
    const key = await newKey({ KeySpec: `HMAC_${n}`, KeyUsage: "GENERATE_VERIFY_MAC" });
    const asked = { KeyId: key, Message: MESSAGE, MacAlgorithm: `HMAC_SHA_${n}` };
    const { $metadata, Mac, ...made } = await kms.generateMac(asked);
    assert.equal(Mac.length, n / 8);
    assert.deepEqual(made, { KeyId: keyArn(key), MacAlgorithm: `HMAC_SHA_${n}` });
    const { $metadata: _, ...seen } = await kms.verifyMac({ ...asked, Mac });
    assert.deepEqual(seen, { KeyId: keyArn(key), MacAlgorithm: `HMAC_SHA_${n}`, MacValid: true });
    await refused(sdk.KMSInvalidMacException, undefined, kms.verifyMac({ ...asked, Mac: Mac.subarray(1) }));
    await refused(sdk.KMSInvalidMacException, undefined, kms.verifyMac({ ...asked, Mac, Message: Buffer.from("x") }));
    await refused(
      sdk.InvalidKeyUsageException,
      `${keyArn(key)} key usage is GENERATE_VERIFY_MAC which is not valid for Encrypt.`,
      kms.encrypt({ KeyId: key, Plaintext: MESSAGE }),
    );
  });
}

// ---- key agreement

for (const [spec, curve, length] of [
  ["ECC_NIST_P256", "prime256v1", 32],
  ["ECC_NIST_P384", "secp384r1", 48],
  ["ECC_NIST_P521", "secp521r1", 66],
]) {
  row(`${spec} agrees with OpenSSL on a shared secret`, async () => {
    const key = await newKey({ KeySpec: spec, KeyUsage: "KEY_AGREEMENT" });
    const own = crypto.generateKeyPairSync("ec", { namedCurve: curve });
    const PublicKey = own.publicKey.export({ format: "der", type: "spki" });
    const asked = { KeyId: key, KeyAgreementAlgorithm: "ECDH", PublicKey };
    const { $metadata, SharedSecret, ...made } = await kms.deriveSharedSecret(asked);
    assert.deepEqual(made, { KeyAgreementAlgorithm: "ECDH", KeyId: keyArn(key), KeyOrigin: "AWS_KMS" });
    assert.equal(SharedSecret.length, length);
    bytes(SharedSecret, crypto.diffieHellman({ privateKey: own.privateKey, publicKey: await publicKey(key) }));
    await refusedUnmodelled("ValidationException", undefined, kms.deriveSharedSecret({ ...asked, PublicKey: MESSAGE }));
  });
}

// ---- the life of keys and aliases

row("an alias is made, found, moved and deleted", async () => {
  const [first, second] = [await newKey(), await newKey()];
  const name = newName();
  await kms.createAlias({ AliasName: name, TargetKeyId: first });
  await refused(
    sdk.AlreadyExistsException,
    `An alias with the name arn:aws:kms:${REGION}:${ACCOUNT}:${name} already exists`,
    kms.createAlias({ AliasName: name, TargetKeyId: first }),
  );
  await kms.updateAlias({ AliasName: name, TargetKeyId: second });
  assert.equal((await kms.describeKey({ KeyId: name })).KeyMetadata.KeyId, second);
  const [alias] = await all(sdk.paginateListAliases({ client: kms }, { KeyId: second }), "Aliases");
  assert.deepEqual([alias.AliasName, alias.TargetKeyId], [name, second]);
  assert.ok(alias.LastUpdatedDate >= alias.CreationDate);
  await kms.deleteAlias({ AliasName: name });
  await refused(
    sdk.NotFoundException,
    `Alias arn:aws:kms:${REGION}:${ACCOUNT}:${name} is not found.`,
    kms.describeKey({ KeyId: name }),
  );
  await refused(
    sdk.InvalidArnException,
    "Key Aliases are not supported for this operation.",
    kms.enableKey({ KeyId: name }),
  );
});

row("an empty alias name and one too many have their own classes", async () => {
  const key = await newKey();
  await refused(sdk.InvalidAliasNameException, "Alias name must not be empty", kms.createAlias({ AliasName: "alias/", TargetKeyId: key }));
  await Promise.all(Array.from({ length: 50 }, () => kms.createAlias({ AliasName: newName(), TargetKeyId: key })));
  await refused(
    sdk.LimitExceededException,
    "Aliases per key quota for this account in this region is 50, current usage is 50.",
    kms.createAlias({ AliasName: newName(), TargetKeyId: key }),
  );
});

row("every paginator finds everything once", async () => {
  const key = await newKey({ Tags: Array.from({ length: 7 }, (_, i) => ({ TagKey: `k${i}`, TagValue: "v" })) });
  const names = Array.from({ length: 7 }, newName).sort();
  const grants = [];
  for (const name of names) {
    await kms.createAlias({ AliasName: name, TargetKeyId: key });
    const { GrantId } = await kms.createGrant({
      KeyId: key,
      GranteePrincipal: ALICE,
      RetiringPrincipal: `arn:aws:sts::${ACCOUNT}:federated-user/${key}`,
      Operations: ["Decrypt"],
    });
    grants.push(GrantId);
  }
  const by = { client: kms, pageSize: 3 };
  const aliases = await all(sdk.paginateListAliases(by, { KeyId: key }), "Aliases");
  assert.deepEqual(aliases.map((a) => a.AliasName).sort(), names);
  const tags = await all(sdk.paginateListResourceTags(by, { KeyId: key }), "Tags");
  assert.deepEqual(tags.map((t) => t.TagKey).sort(), ["k0", "k1", "k2", "k3", "k4", "k5", "k6"]);
  const listed = await all(sdk.paginateListGrants(by, { KeyId: key }), "Grants");
  assert.deepEqual(listed.map((g) => g.GrantId).sort(), [...grants].sort());
  const retirable = await all(
    sdk.paginateListRetirableGrants(by, { RetiringPrincipal: `arn:aws:sts::${ACCOUNT}:federated-user/${key}` }),
    "Grants",
  );
  assert.deepEqual(retirable.map((g) => g.GrantId).sort(), [...grants].sort());
  const keys = await all(sdk.paginateListKeys(by, {}), "Keys");
  assert.equal(new Set(keys.map((k) => k.KeyId)).size, keys.length);
  assert.ok(keys.some((k) => k.KeyId === key && k.KeyArn === keyArn(key)));
  assert.deepEqual(await all(sdk.paginateListKeyPolicies(by, { KeyId: key }), "PolicyNames"), ["default"]);
  await refused(sdk.InvalidMarkerException, undefined, kms.listKeys({ Marker: "no marker of ours" }));
});

row("a key is disabled, enabled, scheduled for deletion and kept after all", async () => {
  const key = await newKey();
  await kms.disableKey({ KeyId: key });
  await refused(sdk.DisabledException, `${keyArn(key)} is disabled.`, kms.encrypt({ KeyId: key, Plaintext: MESSAGE }));
  await kms.enableKey({ KeyId: key });
  const pending = await kms.scheduleKeyDeletion({ KeyId: key, PendingWindowInDays: 7 });
  assert.deepEqual([pending.KeyId, pending.KeyState, pending.PendingWindowInDays], [keyArn(key), "PendingDeletion", 7]);
  assert.ok(Math.abs(pending.DeletionDate - Date.now() - 7 * 86_400_000) < 60_000);
  await refused(
    sdk.KMSInvalidStateException,
    `${keyArn(key)} is pending deletion.`,
    kms.encrypt({ KeyId: key, Plaintext: MESSAGE }),
  );
  assert.equal((await kms.cancelKeyDeletion({ KeyId: key })).KeyId, keyArn(key));
  assert.equal((await kms.describeKey({ KeyId: key })).KeyMetadata.KeyState, "Disabled");
  await kms.updateKeyDescription({ KeyId: key, Description: "kept" });
  assert.equal((await kms.describeKey({ KeyId: key })).KeyMetadata.Description, "kept");
});

row("tags are added, replaced and removed", async () => {
  const key = await newKey({ Tags: [{ TagKey: "a", TagValue: "1" }] });
  await kms.tagResource({ KeyId: key, Tags: [{ TagKey: "a", TagValue: "2" }, { TagKey: "b", TagValue: "" }] });
  await kms.untagResource({ KeyId: key, TagKeys: ["a"] });
  assert.deepEqual((await kms.listResourceTags({ KeyId: key })).Tags, [{ TagKey: "b", TagValue: "" }]);
  await refused(
    sdk.TagException,
    "Tags beginning with aws: are reserved",
    kms.tagResource({ KeyId: key, Tags: [{ TagKey: "aws:x", TagValue: "y" }] }),
  );
});

row("a policy is kept as it was given, and one that locks out is refused", async () => {
  const key = await newKey();
  const { Policy, PolicyName } = await kms.getKeyPolicy({ KeyId: key });
  assert.equal(PolicyName, "default");
  const mine = JSON.stringify({ ...JSON.parse(Policy), Id: "mine" });
  await kms.putKeyPolicy({ KeyId: key, Policy: mine });
  assert.equal((await kms.getKeyPolicy({ KeyId: key, PolicyName: "default" })).Policy, mine);
  await refused(
    sdk.MalformedPolicyDocumentException,
    "The new key policy will not allow you to update the key policy in the future.",
    kms.putKeyPolicy({ KeyId: key, Policy: mine.replace("kms:*", "kms:Encrypt") }),
  );
  assert.equal((await kms.getKeyPolicy({ KeyId: key })).Policy, mine);
});

row("a grant is made, listed, retired and revoked", async () => {
  const key = await newKey();
  const asked = {
    KeyId: key,
    GranteePrincipal: ALICE,
    RetiringPrincipal: ROOT,
    Operations: ["Encrypt", "Decrypt"],
    Constraints: { EncryptionContextSubset: { a: "b" } },
    Name: "mine",
  };
  const made = await kms.createGrant(asked);
  assert.match(made.GrantId, /^[0-9a-f]{64}$/);
  const again = await kms.createGrant(asked);
  assert.equal(again.GrantId, made.GrantId);
  assert.notEqual(again.GrantToken, made.GrantToken);
  const { Grants, Truncated } = await kms.listGrants({ KeyId: key });
  assert.equal(Truncated, false);
  const [{ CreationDate, ...grant }] = Grants;
  assert.ok(CreationDate instanceof Date);
  assert.deepEqual(grant, {
    Constraints: { EncryptionContextSubset: { a: "b" } },
    GrantId: made.GrantId,
    GranteePrincipal: ALICE,
    IssuingAccount: ROOT,
    KeyId: keyArn(key),
    Name: "mine",
    Operations: ["Encrypt", "Decrypt"],
    RetiringPrincipal: ROOT,
  });
  await kms.encrypt({ KeyId: key, Plaintext: MESSAGE, GrantTokens: [made.GrantToken] });
  await refused(
    sdk.InvalidGrantTokenException,
    undefined,
    kms.encrypt({ KeyId: key, Plaintext: MESSAGE, GrantTokens: ["made-up"] }),
  );
  await refused(sdk.InvalidGrantIdException, undefined, kms.revokeGrant({ KeyId: key, GrantId: "x" }));
  await kms.retireGrant({ GrantToken: made.GrantToken });
  assert.deepEqual((await kms.listGrants({ KeyId: key })).Grants, []);
  const { GrantId } = await kms.createGrant(asked);
  await kms.revokeGrant({ KeyId: key, GrantId });
  await refused(sdk.NotFoundException, `Grant ID ${GrantId} not found`, kms.revokeGrant({ KeyId: key, GrantId }));
});

row("the last use of a key is told", async () => {
  const key = await newKey({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
  const before = await kms.getKeyLastUsage({ KeyId: key });
  assert.deepEqual(before.KeyLastUsage, {});
  const used = await kms.generateMac({ KeyId: key, Message: MESSAGE, MacAlgorithm: "HMAC_SHA_256" });
  const { KeyLastUsage, KeyId } = await kms.getKeyLastUsage({ KeyId: key });
  assert.equal(KeyId, keyArn(key));
  assert.equal(KeyLastUsage.Operation, "GenerateMac");
  assert.equal(KeyLastUsage.KmsRequestId, used.$metadata.requestId);
  assert.ok(Math.abs(KeyLastUsage.Timestamp - Date.now()) < 60_000);
});

// ---- rotation and import

row("a key rotates on demand and by itself, and opens what it closed before", async () => {
  const key = await newKey();
  const { CiphertextBlob } = await kms.encrypt({ KeyId: key, Plaintext: MESSAGE });
  const off = await kms.getKeyRotationStatus({ KeyId: key });
  assert.deepEqual([off.KeyId, off.KeyRotationEnabled, off.NextRotationDate], [keyArn(key), false, undefined]);
  await kms.enableKeyRotation({ KeyId: key, RotationPeriodInDays: 180 });
  const on = await kms.getKeyRotationStatus({ KeyId: key });
  assert.deepEqual([on.KeyRotationEnabled, on.RotationPeriodInDays], [true, 180]);
  assert.ok(Math.abs(on.NextRotationDate - Date.now() - 180 * 86_400_000) < 60_000);
  const before = (await kms.describeKey({ KeyId: key })).KeyMetadata.CurrentKeyMaterialId;
  assert.equal((await kms.rotateKeyOnDemand({ KeyId: key })).KeyId, keyArn(key));
  const after = (await kms.describeKey({ KeyId: key })).KeyMetadata.CurrentKeyMaterialId;
  assert.notEqual(after, before);
  await kms.rotateKeyOnDemand({ KeyId: key });
  const rotations = await all(sdk.paginateListKeyRotations({ client: kms, pageSize: 1 }, { KeyId: key }), "Rotations");
  assert.deepEqual(
    rotations.map((r) => [r.KeyId, r.RotationType, r.KeyMaterialState]),
    [
      [keyArn(key), "ON_DEMAND", "NON_CURRENT"],
      [keyArn(key), "ON_DEMAND", "CURRENT"],
    ],
  );
  const { Rotations } = await kms.listKeyRotations({ KeyId: key, IncludeKeyMaterial: "ALL_KEY_MATERIAL" });
  assert.equal(Rotations.length, 3);
  assert.ok(Rotations.some((r) => r.KeyMaterialId === before && r.RotationDate === undefined));
  const opened = await kms.decrypt({ CiphertextBlob });
  bytes(opened.Plaintext, MESSAGE);
  assert.equal(opened.KeyMaterialId, before);
  await kms.disableKeyRotation({ KeyId: key });
  assert.equal((await kms.getKeyRotationStatus({ KeyId: key })).KeyRotationEnabled, false);
  await refused(sdk.InvalidMarkerException, undefined, kms.listKeyRotations({ KeyId: key, Marker: "no marker of ours" }));
});

row("the twenty-sixth rotation on demand and other kinds of keys are refused", async () => {
  const key = await newKey();
  for (let i = 0; i < 25; i++) {
    await kms.rotateKeyOnDemand({ KeyId: key });
  }
  await refused(
    sdk.LimitExceededException,
    "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed " +
      `for this key: ${keyArn(key)}`,
    kms.rotateKeyOnDemand({ KeyId: key }),
  );
  const hmac = await newKey({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
  await refused(sdk.UnsupportedOperationException, undefined, kms.enableKeyRotation({ KeyId: hmac }));
  await refused(sdk.UnsupportedOperationException, undefined, kms.rotateKeyOnDemand({ KeyId: hmac }));
  await kms.disableKeyRotation({ KeyId: hmac });
  assert.equal((await kms.getKeyRotationStatus({ KeyId: hmac })).KeyRotationEnabled, false);
});

/** Wraps material for a key and imports it. */
async function imported(key, material, more = { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" }) {
  const parameters = await kms.getParametersForImport({
    KeyId: key,
    WrappingAlgorithm: "RSAES_OAEP_SHA_256",
    WrappingKeySpec: "RSA_2048",
  });
  assert.equal(parameters.KeyId, keyArn(key));
  assert.ok(Math.abs(parameters.ParametersValidTo - Date.now() - 86_400_000) < 60_000);
  const wrappingKey = crypto.createPublicKey({ key: Buffer.from(parameters.PublicKey), format: "der", type: "spki" });
  const EncryptedKeyMaterial = crypto.publicEncrypt(
    { key: wrappingKey, padding: crypto.constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
    material,
  );
  return kms.importKeyMaterial({ KeyId: key, ImportToken: parameters.ImportToken, EncryptedKeyMaterial, ...more });
}

row("symmetric material is imported, deleted and imported again", async () => {
  const key = await newKey({ Origin: "EXTERNAL" });
  await refused(
    sdk.KMSInvalidStateException,
    `${keyArn(key)} is pending import.`,
    kms.encrypt({ KeyId: key, Plaintext: MESSAGE }),
  );
  const material = crypto.randomBytes(32);
  const ValidTo = new Date(Date.now() + 86_400_000);
  const made = await imported(key, material, { ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo });
  assert.equal(made.KeyId, keyArn(key));
  assert.match(made.KeyMaterialId, /^[0-9a-f]{64}$/);
  const { KeyMetadata } = await kms.describeKey({ KeyId: key });
  assert.deepEqual([KeyMetadata.KeyState, KeyMetadata.ExpirationModel], ["Enabled", "KEY_MATERIAL_EXPIRES"]);
  assert.ok(Math.abs(KeyMetadata.ValidTo - ValidTo) < 1000);
  const { CiphertextBlob } = await kms.encrypt({ KeyId: key, Plaintext: MESSAGE });
  const gone = await kms.deleteImportedKeyMaterial({ KeyId: key });
  assert.deepEqual([gone.KeyId, gone.KeyMaterialId], [keyArn(key), made.KeyMaterialId]);
  await refused(sdk.KMSInvalidStateException, `${keyArn(key)} is pending import.`, kms.decrypt({ CiphertextBlob }));
  await refused(sdk.IncorrectKeyMaterialException, undefined, imported(key, crypto.randomBytes(32)));
  assert.equal((await imported(key, material)).KeyMaterialId, made.KeyMaterialId);
  bytes((await kms.decrypt({ CiphertextBlob })).Plaintext, MESSAGE);
});

row("an imported HMAC key makes the MACs that OpenSSL makes", async () => {
  for (const n of [224, 256, 384, 512]) {
    const key = await newKey({ KeySpec: `HMAC_${n}`, KeyUsage: "GENERATE_VERIFY_MAC", Origin: "EXTERNAL" });
    const material = crypto.randomBytes(n / 8);
    await imported(key, material);
    const { Mac } = await kms.generateMac({ KeyId: key, Message: MESSAGE, MacAlgorithm: `HMAC_SHA_${n}` });
    bytes(Mac, crypto.createHmac(`sha${n}`, material).update(MESSAGE).digest());
  }
});

row("an imported Ed25519 key signs as OpenSSL does", async () => {
  const key = await newKey({ KeySpec: "ECC_NIST_EDWARDS25519", KeyUsage: "SIGN_VERIFY", Origin: "EXTERNAL" });
  const own = crypto.generateKeyPairSync("ed25519");
  await imported(key, own.privateKey.export({ format: "der", type: "pkcs8" }));
  bytes((await kms.getPublicKey({ KeyId: key })).PublicKey, own.publicKey.export({ format: "der", type: "spki" }));
  const { Signature } = await kms.sign({ KeyId: key, Message: MESSAGE, SigningAlgorithm: "ED25519_SHA_512" });
  bytes(Signature, crypto.sign(null, MESSAGE, own.privateKey));
});

row("imports that are wrong have the SDK's own classes", async () => {
  const [key, other] = [await newKey({ Origin: "EXTERNAL" }), await newKey({ Origin: "EXTERNAL" })];
  const asked = { WrappingAlgorithm: "RSAES_OAEP_SHA_256", WrappingKeySpec: "RSA_2048" };
  const native = await newKey();
  await refused(
    sdk.UnsupportedOperationException,
    `${keyArn(native)} origin is AWS_KMS which is not valid for this operation.`,
    kms.getParametersForImport({ KeyId: native, ...asked }),
  );
  const { ImportToken } = await kms.getParametersForImport({ KeyId: other, ...asked });
  const material = { EncryptedKeyMaterial: Buffer.alloc(256), ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" };
  await refused(sdk.InvalidImportTokenException, undefined, kms.importKeyMaterial({ KeyId: key, ImportToken, ...material }));
  await refused(sdk.InvalidCiphertextException, undefined, kms.importKeyMaterial({ KeyId: other, ImportToken, ...material }));
  await refusedUnmodelled(
    "ValidationException",
    "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES",
    kms.importKeyMaterial({ KeyId: other, ImportToken, EncryptedKeyMaterial: Buffer.alloc(256) }),
  );
});

// ---- several Regions

for (const [spec, usage] of [
  ["SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"],
  ["HMAC_256", "GENERATE_VERIFY_MAC"],
  ["ECC_NIST_P256", "SIGN_VERIFY"],
]) {
  row(`a multi-Region ${spec} key has a replica that does the same`, async () => {
    const { KeyMetadata: primary } = await kms.createKey({ KeySpec: spec, KeyUsage: usage, MultiRegion: true });
    assert.match(primary.KeyId, /^mrk-[0-9a-f]{32}$/);
    const made = await kms.replicateKey({ KeyId: primary.KeyId, ReplicaRegion: "eu-west-1" });
    assert.deepEqual([made.ReplicaKeyMetadata.KeyState, made.ReplicaKeyMetadata.Enabled], ["Creating", false]);
    const { KeyMetadata: replica } = await ireland.describeKey({ KeyId: primary.KeyId });
    assert.equal(replica.Arn, keyArn(primary.KeyId, "eu-west-1"));
    assert.equal(replica.KeyState, "Enabled");
    assert.deepEqual(replica.MultiRegionConfiguration, {
      MultiRegionKeyType: "REPLICA",
      PrimaryKey: { Arn: primary.Arn, Region: REGION },
      ReplicaKeys: [{ Arn: replica.Arn, Region: "eu-west-1" }],
    });
    const KeyId = primary.KeyId;
    if (usage === "ENCRYPT_DECRYPT") {
      const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: MESSAGE });
      const opened = await ireland.decrypt({ CiphertextBlob });
      bytes(opened.Plaintext, MESSAGE);
      assert.equal(opened.KeyId, replica.Arn);
    } else if (usage === "SIGN_VERIFY") {
      const asked = { KeyId, Message: MESSAGE, SigningAlgorithm: "ECDSA_SHA_256" };
      const { Signature } = await kms.sign(asked);
      assert.equal((await ireland.verify({ ...asked, Signature })).SignatureValid, true);
    } else {
      const asked = { KeyId, Message: MESSAGE, MacAlgorithm: "HMAC_SHA_256" };
      const { Mac } = await kms.generateMac(asked);
      assert.equal((await ireland.verifyMac({ ...asked, Mac })).MacValid, true);
    }
    await refused(
      sdk.UnsupportedOperationException,
      `${replica.Arn} is not a multi-region primary key.`,
      ireland.replicateKey({ KeyId, ReplicaRegion: "eu-west-2" }),
    );
    await kms.updatePrimaryRegion({ KeyId, PrimaryRegion: "eu-west-1" });
    const moved = (await ireland.describeKey({ KeyId })).KeyMetadata.MultiRegionConfiguration;
    assert.deepEqual([moved.MultiRegionKeyType, moved.PrimaryKey.Region], ["PRIMARY", "eu-west-1"]);
    const waiting = await ireland.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
    assert.deepEqual([waiting.KeyState, waiting.DeletionDate], ["PendingReplicaDeletion", undefined]);
    await ireland.cancelKeyDeletion({ KeyId });
  });
}

// ---- dry runs

row("a dry run of each of the fifteen operations says that it would have succeeded", async () => {
  const key = await newKey();
  const signing = await newKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  const agreeing = await newKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" });
  const hmac = await newKey({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
  const { CiphertextBlob } = await kms.encrypt({ KeyId: key, Plaintext: MESSAGE });
  const toSign = { KeyId: signing, Message: MESSAGE, SigningAlgorithm: "ECDSA_SHA_256" };
  const { Signature } = await kms.sign(toSign);
  const toMac = { KeyId: hmac, Message: MESSAGE, MacAlgorithm: "HMAC_SHA_256" };
  const { Mac } = await kms.generateMac(toMac);
  const { PublicKey } = await kms.getPublicKey({ KeyId: agreeing });
  const grant = { KeyId: key, GranteePrincipal: ALICE, Operations: ["Decrypt"] };
  const { GrantId, GrantToken } = await kms.createGrant(grant);
  const calls = {
    createGrant: grant,
    decrypt: { CiphertextBlob },
    deriveSharedSecret: { KeyId: agreeing, KeyAgreementAlgorithm: "ECDH", PublicKey },
    encrypt: { KeyId: key, Plaintext: MESSAGE },
    generateDataKey: { KeyId: key, KeySpec: "AES_256" },
    generateDataKeyPair: { KeyId: key, KeyPairSpec: "ECC_NIST_P256" },
    generateDataKeyPairWithoutPlaintext: { KeyId: key, KeyPairSpec: "ECC_NIST_P256" },
    generateDataKeyWithoutPlaintext: { KeyId: key, KeySpec: "AES_256" },
    generateMac: toMac,
    reEncrypt: { CiphertextBlob, DestinationKeyId: key },
    retireGrant: { GrantToken },
    revokeGrant: { KeyId: key, GrantId },
    sign: toSign,
    verify: { ...toSign, Signature },
    verifyMac: { ...toMac, Mac },
  };
  assert.equal(Object.keys(calls).length, 15);
  for (const [operation, input] of Object.entries(calls)) {
    await refused(
      sdk.DryRunOperationException,
      "The request would have succeeded, but the DryRun option is set.",
      kms[operation]({ ...input, DryRun: true }),
    );
  }
  const { Grants } = await kms.listGrants({ KeyId: key });
  assert.deepEqual(Grants.map((g) => g.GrantId), [GrantId]);
  await kms.disableKey({ KeyId: key });
  await refused(
    sdk.DisabledException,
    `${keyArn(key)} is disabled.`,
    kms.encrypt({ KeyId: key, Plaintext: MESSAGE, DryRun: true }),
  );
});

// ----

let failed = 0;
for (const { name, run } of rows) {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    failed++; // a row that fails must not hide those after it
    console.log(`FAIL ${name}: ${String(error?.stack ?? error).split(/\s+/).slice(0, 120).join(" ")}`);
  }
}
console.error(`${rows.length - failed} of ${rows.length} rows passed`);
process.exitCode = failed === 0 ? 0 : 1;
