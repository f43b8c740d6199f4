#!/usr/bin/env bash
#
# The AWS CLI against a running Trent, with every kind of key. The environment says where it is.
# Prints one line for each row, `ok ROW` or `FAIL ROW: WHY`, and exits 1 if one failed.

set -uo pipefail

readonly AT_ONCE=4

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
printf 'attack at dawn' > message
{ cat message && head -c 18 /dev/zero; } > digest32
head -c 64 /dev/zero > digest64

# Runs a function as a row, beside other rows.
row() {
    while (($(jobs -rp | wc -l) >= AT_ONCE)); do
        wait -n
    done
    run "$@" &
}

# In a folder and a shell of its own, which the first command that fails ends.
run() {
    local name=$1 own
    shift
    own=$(mktemp -d -p "$folder")
    cp message digest32 digest64 "$own"
    (cd "$own" && set -e && "$@") > "$own/log" 2>&1
    if (($? == 0)); then
        printf 'ok %s\n' "$name"
    else
        touch "$folder/failed"
        printf 'FAIL %s: %s\n' "$name" "$(tr '\n' ' ' < "$own/log")"
    fi
}

kms() { aws kms --output text "$@"; }

# A member of the reply that is a blob, as a file.
blob() {
    local member=$1 file=$2
    shift 2
    kms "$@" --query "$member" | base64 -d > "$file"
}

equal() {
    [[ $1 == "$2" ]] || { printf 'expected "%s", got "%s"\n' "$2" "$1" && exit 1; }
}

# The command must fail with this code.
refused() {
    local code=$1 said
    shift
    if said=$("$@" 2>&1); then
        printf 'expected %s, but it succeeded\n' "$code"
        exit 1
    fi
    [[ $said == *"An error occurred ($code) when calling "* ]] || { printf '%s\n' "$said" && exit 1; }
}

new_key() { kms create-key --query KeyMetadata.KeyId "$@"; }

symmetric() {
    local key
    key=$(new_key)
    blob CiphertextBlob closed encrypt --key-id "$key" --plaintext fileb://message --encryption-context purpose=test
    blob Plaintext opened decrypt --ciphertext-blob fileb://closed --encryption-context purpose=test
    cmp message opened
    refused InvalidCiphertextException kms decrypt --ciphertext-blob fileb://closed
    blob CiphertextBlob moved re-encrypt --ciphertext-blob fileb://closed --source-encryption-context purpose=test \
        --destination-key-id "$(new_key)"
    blob Plaintext opened decrypt --ciphertext-blob fileb://moved
    cmp message opened
    blob Plaintext opened decrypt --ciphertext-blob fileb://closed --encryption-context purpose=test --key-id "$key"
    refused IncorrectKeyException kms decrypt --ciphertext-blob fileb://moved --key-id "$key"
}

data_keys() {
    local key
    key=$(new_key)
    blob CiphertextBlob closed generate-data-key-without-plaintext --key-id "$key" --key-spec AES_256
    blob Plaintext opened decrypt --ciphertext-blob fileb://closed
    equal "$(wc -c < opened | tr -d ' ')" 32
    equal "$(kms generate-data-key-pair --key-id "$key" --key-pair-spec ECC_NIST_EDWARDS25519 --query KeyPairSpec)" ECC_NIST_EDWARDS25519
    blob PrivateKeyCiphertextBlob closed generate-data-key-pair-without-plaintext --key-id "$key" --key-pair-spec ECC_SECG_P256K1
    kms decrypt --ciphertext-blob fileb://closed
    blob Plaintext random generate-random --number-of-bytes 11
    equal "$(wc -c < random | tr -d ' ')" 11
}

rsa_encryption() {
    local key
    key=$(new_key --key-spec "$1" --key-usage ENCRYPT_DECRYPT)
    for algorithm in RSAES_OAEP_SHA_1 RSAES_OAEP_SHA_256; do
        blob CiphertextBlob closed encrypt --key-id "$key" --plaintext fileb://message --encryption-algorithm "$algorithm"
        blob Plaintext opened decrypt --key-id "$key" --ciphertext-blob fileb://closed --encryption-algorithm "$algorithm"
        cmp message opened
    done
    refused InvalidKeyUsageException kms encrypt --key-id "$key" --plaintext fileb://message
}

signing() {
    local spec=$1 algorithm=$2 type=$3 file=$4 key
    key=$(new_key --key-spec "$spec" --key-usage SIGN_VERIFY)
    local asked=(--key-id "$key" --message "fileb://$file" --message-type "$type" --signing-algorithm "$algorithm")
    blob Signature signature sign "${asked[@]}"
    equal "$(kms verify "${asked[@]}" --signature fileb://signature --query SignatureValid)" True
    refused KMSInvalidSignatureException kms verify "${asked[@]}" --signature fileb://message
}

macs() {
    local key
    key=$(new_key --key-spec "HMAC_$1" --key-usage GENERATE_VERIFY_MAC)
    local asked=(--key-id "$key" --message fileb://message --mac-algorithm "HMAC_SHA_$1")
    blob Mac mac generate-mac "${asked[@]}"
    equal "$(wc -c < mac | tr -d ' ')" $(($1 / 8))
    equal "$(kms verify-mac "${asked[@]}" --mac fileb://mac --query MacValid)" True
    refused KMSInvalidMacException kms verify-mac "${asked[@]}" --mac fileb://message
}

agreement() {
    local one other
    one=$(new_key --key-spec "$1" --key-usage KEY_AGREEMENT)
    other=$(new_key --key-spec "$1" --key-usage KEY_AGREEMENT)
    blob PublicKey one.der get-public-key --key-id "$one"
    blob PublicKey other.der get-public-key --key-id "$other"
    blob SharedSecret one.secret derive-shared-secret --key-id "$one" --key-agreement-algorithm ECDH --public-key fileb://other.der
    blob SharedSecret other.secret derive-shared-secret --key-id "$other" --key-agreement-algorithm ECDH --public-key fileb://one.der
    cmp one.secret other.secret
    refused ValidationException kms derive-shared-secret --key-id "$one" --key-agreement-algorithm ECDH --public-key fileb://message
}

regions() {
    local key
    key=$(new_key --multi-region)
    equal "$(kms replicate-key --key-id "$key" --replica-region eu-west-1 --query ReplicaKeyMetadata.KeyState)" Creating
    blob CiphertextBlob closed encrypt --key-id "$key" --plaintext fileb://message
    blob Plaintext opened decrypt --ciphertext-blob fileb://closed --region eu-west-1
    cmp message opened
    kms update-primary-region --key-id "$key" --primary-region eu-west-1
    equal "$(kms describe-key --key-id "$key" --query KeyMetadata.MultiRegionConfiguration.MultiRegionKeyType)" REPLICA
}

grants() {
    local key grant
    key=$(new_key)
    grant=$(kms create-grant --key-id "$key" --grantee-principal arn:aws:sts::000000000000:federated-user/Alice --operations Decrypt Encrypt \
        --constraints EncryptionContextSubset={a=b} --query GrantId)
    equal "$(kms list-grants --key-id "$key" --query 'Grants[].GrantId')" "$grant"
    kms encrypt --key-id "$key" --plaintext fileb://message --query KeyId
    refused InvalidGrantTokenException kms encrypt --key-id "$key" --plaintext fileb://message --grant-tokens made-up
    kms revoke-grant --key-id "$key" --grant-id "$grant"
    refused NotFoundException kms revoke-grant --key-id "$key" --grant-id "$grant"
}

rotation() {
    local key
    key=$(new_key)
    blob CiphertextBlob closed encrypt --key-id "$key" --plaintext fileb://message
    kms enable-key-rotation --key-id "$key" --rotation-period-in-days 180
    equal "$(kms get-key-rotation-status --key-id "$key" --query RotationPeriodInDays)" 180
    kms rotate-key-on-demand --key-id "$key"
    equal "$(kms list-key-rotations --key-id "$key" --query 'Rotations[].RotationType')" ON_DEMAND
    blob Plaintext opened decrypt --ciphertext-blob fileb://closed
    cmp message opened
    kms disable-key-rotation --key-id "$key"
    equal "$(kms get-key-rotation-status --key-id "$key" --query KeyRotationEnabled)" False
}

import_refused() {
    local key
    key=$(new_key --origin EXTERNAL)
    blob ImportToken token get-parameters-for-import --key-id "$key" --wrapping-algorithm RSAES_OAEP_SHA_256 --wrapping-key-spec RSA_2048
    local asked=(--key-id "$key" --encrypted-key-material fileb://digest64 --expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE)
    refused InvalidCiphertextException kms import-key-material --import-token fileb://token "${asked[@]}"
    refused InvalidImportTokenException kms import-key-material --import-token fileb://message "${asked[@]}"
    kms delete-imported-key-material --key-id "$key"
    equal "$(kms describe-key --key-id "$key" --query KeyMetadata.KeyState)" PendingImport
}

life() {
    local key
    key=$(new_key --tags TagKey=team,TagValue=blue --description first)
    equal "$(kms list-resource-tags --key-id "$key" --query 'Tags[].TagValue')" blue
    kms tag-resource --key-id "$key" --tags TagKey=team,TagValue=red
    kms untag-resource --key-id "$key" --tag-keys team
    equal "$(kms list-resource-tags --key-id "$key" --query 'length(Tags)')" 0
    kms get-key-policy --key-id "$key" --query Policy > policy
    kms put-key-policy --key-id "$key" --policy file://policy
    echo '{' > broken
    refused MalformedPolicyDocumentException kms put-key-policy --key-id "$key" --policy file://broken
    equal "$(kms list-key-policies --key-id "$key" --query 'PolicyNames[0]')" default
    kms disable-key --key-id "$key"
    refused DisabledException kms encrypt --key-id "$key" --plaintext fileb://message
    kms enable-key --key-id "$key"
    kms encrypt --key-id "$key" --plaintext fileb://message --query KeyId
    equal "$(kms get-key-last-usage --key-id "$key" --query KeyLastUsage.Operation)" Encrypt
    refused DryRunOperationException kms encrypt --key-id "$key" --plaintext fileb://message --dry-run
    kms schedule-key-deletion --key-id "$key" --pending-window-in-days 7 --query KeyState
    refused KMSInvalidStateException kms encrypt --key-id "$key" --plaintext fileb://message
    kms cancel-key-deletion --key-id "$key" --query KeyId
    equal "$(kms describe-key --key-id "$key" --query KeyMetadata.KeyState)" Disabled
    [[ $(kms list-keys --page-size 5 --query 'Keys[].KeyId') == *"$key"* ]]
}

row "a symmetric key encrypts, decrypts and re-encrypts" symmetric
row "data keys, data key pairs and random bytes" data_keys
for spec in RSA_2048 RSA_3072 RSA_4096; do
    row "$spec encrypts and decrypts" rsa_encryption "$spec"
done
row "RSA_2048 signs with PKCS #1" signing RSA_2048 RSASSA_PKCS1_V1_5_SHA_256 RAW message
row "RSA_3072 signs with PSS" signing RSA_3072 RSASSA_PSS_SHA_512 DIGEST digest64
row "RSA_4096 signs with PSS" signing RSA_4096 RSASSA_PSS_SHA_256 DIGEST digest32
row "ECC_NIST_P256 signs" signing ECC_NIST_P256 ECDSA_SHA_256 DIGEST digest32
row "ECC_NIST_P384 signs" signing ECC_NIST_P384 ECDSA_SHA_384 RAW message
row "ECC_NIST_P521 signs" signing ECC_NIST_P521 ECDSA_SHA_512 DIGEST digest64
row "ECC_SECG_P256K1 signs" signing ECC_SECG_P256K1 ECDSA_SHA_256 RAW message
row "Ed25519 signs" signing ECC_NIST_EDWARDS25519 ED25519_SHA_512 RAW message
row "Ed25519ph signs" signing ECC_NIST_EDWARDS25519 ED25519_PH_SHA_512 DIGEST digest64
row "ML_DSA_44 signs" signing ML_DSA_44 ML_DSA_SHAKE_256 RAW message
row "ML_DSA_65 signs external mu" signing ML_DSA_65 ML_DSA_SHAKE_256 EXTERNAL_MU digest64
row "ML_DSA_87 signs" signing ML_DSA_87 ML_DSA_SHAKE_256 RAW message
for bits in 224 256 384 512; do
    row "HMAC_$bits makes and verifies MACs" macs "$bits"
done
for spec in ECC_NIST_P256 ECC_NIST_P384 ECC_NIST_P521; do
    row "$spec agrees on a shared secret" agreement "$spec"
done
row "a multi-Region key has a replica" regions
row "a grant is made, listed and revoked" grants
row "a key rotates on demand and by itself" rotation
row "material that cannot be unwrapped is refused" import_refused
row "the life of a key: tags, policy, states, last use, deletion" life
wait
[[ ! -e $folder/failed ]]
