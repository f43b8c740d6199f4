/**
 * The AWS SDK for JavaScript 2, which leaves Content-Type unsigned, against a Trent that verifies signatures.
 *
 * Usage: node suite2.cjs URL ACCESS_KEY_ID SECRET_ACCESS_KEY. Prints one line for each row, `ok <row>` or
 * `FAIL <row>: <why>`, and exits 1 if one failed.
 */

const assert = require("node:assert/strict");

const AWS = require("aws-sdk");

const [, , URL, ACCESS_KEY_ID, SECRET_ACCESS_KEY] = process.argv;
const MESSAGE = Buffer.from("attack at dawn");

const rows = [];

function row(name, run) {
  rows.push({ name, run });
}

function client(secretAccessKey = SECRET_ACCESS_KEY) {
  return new AWS.KMS({
    endpoint: URL,
    region: "us-east-2",
    credentials: new AWS.Credentials(ACCESS_KEY_ID, secretAccessKey),
    maxRetries: 0,
  });
}

const kms = client();

async function newKey(parameters = {}) {
  return (await kms.createKey(parameters).promise()).KeyMetadata.KeyId;
}

async function refused(code, call) {
  const error = await call.promise().then(
    () => assert.fail(`expected ${code}, but it succeeded`),
    (e) => e,
  );
  assert.equal(error.code, code, `${error.code}: ${error.message}`);
  assert.equal(error.statusCode, 400);
}

row("it signs neither Content-Type nor Content-Length", async () => {
  const request = kms.listKeys();
  await request.promise();
  const { headers } = request.httpRequest;
  assert.equal(headers["Content-Type"], "application/x-amz-json-1.1");
  assert.match(headers.Authorization, /SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-target,/);
});

row("what it encrypts it decrypts, bound to its context", async () => {
  const key = await newKey();
  const EncryptionContext = { "😀": "é", a: "b\u0000" };
  const { CiphertextBlob } = await kms.encrypt({ KeyId: key, Plaintext: MESSAGE, EncryptionContext }).promise();
  const { Plaintext } = await kms.decrypt({ CiphertextBlob, EncryptionContext }).promise();
  assert.deepEqual(Buffer.from(Plaintext), MESSAGE);
  await refused("InvalidCiphertextException", kms.decrypt({ CiphertextBlob }));
});

row("a data key opens again", async () => {
  const key = await newKey();
  const made = await kms.generateDataKey({ KeyId: key, KeySpec: "AES_256" }).promise();
  const opened = await kms.decrypt({ CiphertextBlob: made.CiphertextBlob }).promise();
  assert.deepEqual(opened.Plaintext, made.Plaintext);
});

row("it signs and verifies", async () => {
  const KeyId = await newKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  const SigningAlgorithm = "ECDSA_SHA_256";
  const { Signature } = await kms.sign({ KeyId, Message: MESSAGE, SigningAlgorithm }).promise();
  const { SignatureValid } = await kms.verify({ KeyId, Message: MESSAGE, Signature, SigningAlgorithm }).promise();
  assert.equal(SignatureValid, true);
});

row("an alias is made, listed and deleted", async () => {
  const AliasName = "alias/js2";
  await kms.createAlias({ AliasName, TargetKeyId: await newKey() }).promise();
  const { Aliases } = await kms.listAliases().promise();
  assert.ok(Aliases.some((alias) => alias.AliasName === AliasName));
  await kms.deleteAlias({ AliasName }).promise();
});

row("errors have their codes", async () => {
  await refused("NotFoundException", kms.describeKey({ KeyId: "alias/none" }));
});

row("a wrong secret is refused", async () => {
  await refused("InvalidSignatureException", client("not the secret").listKeys());
});

async function main() {
  let failed = false;
  for (const { name, run } of rows) {
    try {
      await run();
      console.log(`ok ${name}`);
    } catch (e) {
      failed = true;
      console.log(`FAIL ${name}: ${String(e.stack).replaceAll("\n", " | ")}`);
    }
  }
  process.exit(failed ? 1 : 0);
}

main();
