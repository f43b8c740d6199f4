#!/usr/bin/env bash
#
# Who may do what, with nothing but the AWS CLI, from root on: AWS_ACCESS_KEY_ID and its secret are root's.
# ISSUER and its ID_TOKEN come from the environment too. ROOT_IN=server: root's key is deactivated at the end.
# Prints one line for each row, `ok ROW` or `FAIL ROW: WHY`. The rows build on each other.

set -uo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
printf 'attack at dawn' > message
failed=0

row() {
    local name=$1
    shift
    # Not in the condition: there the shell would not end at the first command that fails.
    (set -e && "$@") > log 2>&1
    if (($? == 0)); then
        printf 'ok %s\n' "$name"
    else
        failed=1
        printf 'FAIL %s: %s\n' "$name" "$(tr '\n' ' ' < log)"
    fi
}

# Runs a command as somebody whose credentials `keep` wrote.
as() {
    local who=$1
    shift
    (
        unset AWS_SESSION_TOKEN
        # shellcheck disable=SC1090
        source "./$who" && "$@"
    )
}

# Keeps "ID SECRET TOKEN", which stands on standard input.
keep() {
    local id secret token
    read -r id secret token
    [[ -n $secret ]] || return 1
    printf 'export AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s\n' "$id" "$secret" > "$1"
    [[ -z $token ]] || printf 'export AWS_SESSION_TOKEN=%s\n' "$token" >> "$1"
}

refused() {
    local code=$1 said
    shift
    if said=$("$@" 2>&1); then
        printf 'expected %s, but it succeeded\n' "$code"
        exit 1
    fi
    [[ $said == *"($code)"* ]] || { printf 'expected %s, got %s\n' "$code" "$said" && exit 1; }
}

kms() { aws kms --output text "$@"; }

encrypt() { kms encrypt --key-id "$1" --plaintext fileb://message --query CiphertextBlob; }

# Whoever it is may use the key by its alias (kms:RequestAlias) and the first key by its aliases (kms:ResourceAliases).
may() {
    as "$1" encrypt alias/by-request
    as "$1" kms generate-mac --key-id "$(cat mac)" --message fileb://message --mac-algorithm HMAC_SHA_256
    refused AccessDeniedException as "$1" encrypt "$(cat first)" # not by its id
    refused AccessDeniedException as "$1" encrypt alias/other
    refused AccessDeniedException as "$1" kms describe-key --key-id alias/by-request
}

make_keys() {
    local account
    account=$(aws sts get-caller-identity --query Account --output text)
    printf '%s' "$account" > account
    aws iam create-user --user-name alice
    cat > policy.json << END
{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["kms:Encrypt", "kms:Decrypt"], "Resource": "*",
   "Condition": {"StringEquals": {"kms:RequestAlias": "alias/by-request"}}},
  {"Effect": "Allow", "Action": "kms:GenerateMac", "Resource": "*",
   "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/by-resource"}}},
  {"Effect": "Allow", "Action": ["sts:GetFederationToken", "sts:AssumeRole"], "Resource": "*"}]}
END
    aws iam create-policy --policy-name by-alias --policy-document file://policy.json --query Policy.Arn --output text > policy
    aws iam attach-user-policy --user-name alice --policy-arn "$(cat policy)"
    aws iam create-access-key --user-name alice \
        --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text | keep alice
    cat > key.json << END
{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*",
  "Principal": {"AWS": "arn:aws:iam::$account:root"}}]}
END
    for name in first second; do
        kms create-key --policy file://key.json --query KeyMetadata.KeyId > $name
    done
    for name in mac othermac; do
        kms create-key --key-spec HMAC_256 --key-usage GENERATE_VERIFY_MAC --query KeyMetadata.KeyId > $name
    done
    kms create-alias --alias-name alias/by-request --target-key-id "$(cat first)"
    kms create-alias --alias-name alias/other --target-key-id "$(cat first)"
    kms create-alias --alias-name alias/by-resource --target-key-id "$(cat mac)"
}

make_sessions() {
    local account who
    account=$(cat account)
    cat > trust.json << END
{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
  "Principal": {"AWS": "arn:aws:iam::$account:user/alice"}}}
END
    cat > web.json << END
{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
  "Principal": {"Federated": "arn:aws:iam::$account:oidc-provider/${ISSUER#https://}"},
  "Condition": {"StringEquals": {"${ISSUER#https://}:sub": "job-7", "${ISSUER#https://}:aud": "trent"}}}}
END
    aws iam create-open-id-connect-provider --url "$ISSUER" --client-id-list trent
    for who in trust web; do
        aws iam create-role --role-name "$who" --assume-role-policy-document "file://$who.json"
        aws iam attach-role-policy --role-name "$who" --policy-arn "$(cat policy)"
    done
    local query='Credentials.[AccessKeyId,SecretAccessKey,SessionToken]'
    as alice aws sts assume-role --role-arn "arn:aws:iam::$account:role/trust" --role-session-name shell \
        --query "$query" --output text | keep role
    as alice aws sts get-session-token --query "$query" --output text | keep session
    as alice aws sts get-federation-token --name bob --policy file://policy.json \
        --query "$query" --output text | keep federated
    aws sts assume-role-with-web-identity --role-arn "arn:aws:iam::$account:role/web" --role-session-name work \
        --web-identity-token "$ID_TOKEN" --query "$query" --output text | keep web
    [[ $(as web aws sts get-caller-identity --query Arn --output text) == "arn:aws:sts::$account:assumed-role/web/work" ]]
}

not_others_token() {
    refused InvalidIdentityToken aws sts assume-role-with-web-identity --role-arn "arn:aws:iam::$(cat account):role/web" \
        --role-session-name work --web-identity-token "${ID_TOKEN%.*}.$(printf 'x%.0s' {1..342})"
    refused AccessDenied as alice aws sts assume-role --role-arn "arn:aws:iam::$(cat account):role/web" --role-session-name shell
}

move() {
    kms update-alias --alias-name alias/by-resource --target-key-id "$(cat othermac)"
    for who in $WHO; do
        refused AccessDeniedException as "$who" kms generate-mac --key-id "$(cat mac)" \
            --message fileb://message --mac-algorithm HMAC_SHA_256
        as "$who" kms generate-mac --key-id "$(cat othermac)" --message fileb://message --mac-algorithm HMAC_SHA_256
    done
}

delete() {
    kms delete-alias --alias-name alias/by-resource
    kms delete-alias --alias-name alias/by-request
    for who in $WHO; do
        refused AccessDeniedException as "$who" kms generate-mac --key-id "$(cat othermac)" \
            --message fileb://message --mac-algorithm HMAC_SHA_256
        refused NotFoundException as "$who" encrypt alias/by-request
    done
}

detach() {
    kms create-alias --alias-name alias/by-request --target-key-id "$(cat first)"
    as alice encrypt alias/by-request
    aws iam detach-user-policy --user-name alice --policy-arn "$(cat policy)"
    aws iam detach-role-policy --role-name trust --policy-arn "$(cat policy)"
    for who in alice role session federated; do
        refused AccessDeniedException as "$who" encrypt alias/by-request
    done
    as web encrypt alias/by-request
}

delete_role() {
    aws iam detach-role-policy --role-name web --policy-arn "$(cat policy)"
    aws iam delete-role --role-name web
    refused UnrecognizedClientException as web encrypt alias/by-request
}

inactive_key() {
    aws iam update-access-key --user-name alice --status Inactive \
        --access-key-id "$(sed 's/.*KEY_ID=\([A-Z0-9]*\).*/\1/' alice)"
    refused UnrecognizedClientException as alice encrypt alias/by-request
}

# root makes an administrator, who deactivates root's key.
root_goes() {
    aws iam create-user --user-name admin
    aws iam attach-user-policy --user-name admin --policy-arn arn:aws:iam::aws:policy/AdministratorAccess
    aws iam create-access-key --user-name admin \
        --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text | keep admin
    aws iam create-access-key --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text | keep root
    as root kms list-keys
    as root aws iam update-access-key --status Inactive \
        --access-key-id "$(sed 's/.*KEY_ID=\([A-Z0-9]*\).*/\1/' root)"
    refused UnrecognizedClientException as root kms list-keys
    as admin encrypt "$(cat first)"
    as admin aws iam list-users
    refused InvalidSignatureException env AWS_SECRET_ACCESS_KEY=wrong aws kms list-keys
}

WHO='alice role session federated web'
row "user, policy, key and aliases are made" make_keys
row "sessions by role, session token, federation and web identity" make_sessions
for who in $WHO; do
    row "$who may what the alias conditions allow" may "$who"
done
row "a token of somebody else is not taken" not_others_token
row "moving the alias revokes it at once" move
row "deleting the alias revokes it at once" delete
row "detaching the policy revokes it at once" detach
row "a session ends with its role" delete_role
row "an inactive access key is refused" inactive_key
if [[ ${ROOT_IN-} == server ]]; then
    row "root makes an administrator and goes" root_goes
fi
exit $failed
