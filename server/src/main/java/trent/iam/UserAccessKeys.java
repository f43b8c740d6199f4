package trent.iam;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import trent.access.ServiceFacts;
import trent.api.Empty;
import trent.api.iam.AccessKeyLastUsed;
import trent.api.iam.AccessKeyMetadata;
import trent.api.iam.CreateAccessKeyRequest;
import trent.api.iam.CreateAccessKeyResponse;
import trent.api.iam.DeleteAccessKeyRequest;
import trent.api.iam.GetAccessKeyLastUsedRequest;
import trent.api.iam.GetAccessKeyLastUsedResponse;
import trent.api.iam.IamOperation;
import trent.api.iam.InvalidInputException;
import trent.api.iam.ListAccessKeysRequest;
import trent.api.iam.ListAccessKeysResponse;
import trent.api.iam.NoSuchEntityException;
import trent.api.iam.StatusType;
import trent.api.iam.UpdateAccessKeyRequest;
import trent.call.Call;
import trent.seal.Secret;
import trent.store.AccessKey;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.Tx;

/** Access keys of users, and of the root where a request by it names no user. */
record UserAccessKeys(IamCalls calls, AccessKeyUses uses) {

    CreateAccessKeyResponse createAccessKey(Call call, CreateAccessKeyRequest request) {
        String id = calls.ids().accessKey();
        try (Secret secret = new Secret(calls.ids().secretAccessKey())) {
            return ofOwner(
                    call,
                    IamOperation.CREATE_ACCESS_KEY,
                    request.userName(),
                    (tx, owner) -> made(tx, call, owner, id, secret));
        }
    }

    /** CreateAccessKey with an id and secret that an operator declares. */
    void give(Call call, @Nullable String userName, String id, Secret secret) {
        CreateAccessKeyResponse _ =
                ofOwner(
                        call,
                        IamOperation.CREATE_ACCESS_KEY,
                        userName,
                        (tx, owner) -> made(tx, call, owner, id, secret));
    }

    private CreateAccessKeyResponse made(Tx tx, Call call, Owner owner, String id, Secret secret) {
        List<AccessKey> held = tx.accessKeys().of(owner.id());
        IamQuotas.require("AccessKeysPerUser", held.size(), calls.quotas().accessKeys());
        if (!tx.accessKeys().insert(id, call.account(), owner.id(), secret, calls.now())) {
            throw new IllegalStateException("a random access key id was given twice");
        }
        return new CreateAccessKeyResponse(
                new trent.api.iam.AccessKey(
                        owner.name(),
                        id,
                        StatusType.ACTIVE,
                        secret.read(bytes -> new String(bytes, US_ASCII)),
                        calls.now()));
    }

    ListAccessKeysResponse listAccessKeys(Call call, ListAccessKeysRequest request) {
        String name = calls.userName(call, request.userName());
        if (name == null) {
            permitOnRoot(call, IamOperation.LIST_ACCESS_KEYS);
            return calls.store()
                    .read(tx -> listed(tx, request, new Owner(call.account().value(), "")));
        }
        return calls.read(
                call,
                IamOperation.LIST_ACCESS_KEYS,
                EntityKind.USER,
                name,
                (tx, user) -> listed(tx, request, new Owner(user.id(), user.name())));
    }

    private static ListAccessKeysResponse listed(
            Tx tx, ListAccessKeysRequest request, Owner owner) {
        Page<AccessKey> page =
                Page.ofAll(
                        IamOperation.LIST_ACCESS_KEYS,
                        tx.accessKeys().of(owner.id()),
                        AccessKey::id,
                        request.marker(),
                        request.maxItems());
        return new ListAccessKeysResponse(
                page.map(
                        key ->
                                new AccessKeyMetadata(
                                        owner.name().isEmpty() ? null : owner.name(),
                                        key.id(),
                                        key.active() ? StatusType.ACTIVE : StatusType.INACTIVE,
                                        key.created())),
                page.truncated(),
                page.marker());
    }

    Empty updateAccessKey(Call call, UpdateAccessKeyRequest request) {
        if (request.status() == StatusType.EXPIRED) {
            throw new InvalidInputException("An access key cannot be set to Expired.");
        }
        return ofOwner(
                call,
                IamOperation.UPDATE_ACCESS_KEY,
                request.userName(),
                (tx, owner) -> {
                    tx.accessKeys()
                            .put(
                                    key(tx, owner, request.accessKeyId()),
                                    request.status() == StatusType.ACTIVE);
                    return Empty.EMPTY;
                });
    }

    Empty deleteAccessKey(Call call, DeleteAccessKeyRequest request) {
        return ofOwner(
                call,
                IamOperation.DELETE_ACCESS_KEY,
                request.userName(),
                (tx, owner) -> {
                    tx.accessKeys().delete(key(tx, owner, request.accessKeyId()));
                    return Empty.EMPTY;
                });
    }

    /** A key of another account is answered as one that there is not. */
    GetAccessKeyLastUsedResponse getAccessKeyLastUsed(
            Call call, GetAccessKeyLastUsedRequest request) {
        String id = request.accessKeyId();
        AccessKey key = calls.store().<@Nullable AccessKey>read(tx -> tx.accessKeys().find(id));
        if (key == null || !key.account().equals(call.account())) {
            calls.permitListing(call, IamOperation.GET_ACCESS_KEY_LAST_USED, null);
            throw notFound(id);
        }
        if (key.isRoots()) {
            calls.permitListing(call, IamOperation.GET_ACCESS_KEY_LAST_USED, null);
            return lastUsed(null, key);
        }
        Entity user = calls.store().<@Nullable Entity>read(tx -> tx.entities().find(key.ownerId()));
        if (user == null) {
            throw notFound(id);
        }
        calls.permitted(
                call,
                IamOperation.GET_ACCESS_KEY_LAST_USED,
                EntityKind.USER,
                user.name(),
                IamCalls.NOTHING);
        return lastUsed(user.name(), key);
    }

    private GetAccessKeyLastUsedResponse lastUsed(@Nullable String userName, AccessKey key) {
        AccessKey.Use use = uses.of(key);
        return new GetAccessKeyLastUsedResponse(
                userName,
                use == null
                        ? new AccessKeyLastUsed(null, "N/A", "N/A")
                        : new AccessKeyLastUsed(use.time(), use.service(), use.region()));
    }

    /**
     * Whose key it is.
     *
     * @param id of the user, or the account's
     * @param name empty for a root
     */
    private record Owner(String id, String name) {}

    private <T> T ofOwner(
            Call call,
            IamOperation<?, ?> operation,
            @Nullable String userName,
            BiFunction<Tx, Owner, T> work) {
        String name = calls.userName(call, userName);
        if (name == null) {
            permitOnRoot(call, operation);
            return calls.store().write(tx -> work.apply(tx, new Owner(call.account().value(), "")));
        }
        return calls.change(
                call,
                operation,
                EntityKind.USER,
                name,
                IamCalls.NOTHING,
                (tx, user) -> work.apply(tx, new Owner(user.id(), user.name())));
    }

    /** Only the root itself comes here. */
    private void permitOnRoot(Call call, IamOperation<?, ?> operation) {
        String arn = call.principal().principalArn();
        calls.require(call, operation, arn, arn, new ServiceFacts());
    }

    private static AccessKey key(Tx tx, Owner owner, String id) {
        AccessKey key = tx.accessKeys().find(id);
        if (key == null || !key.ownerId().equals(owner.id())) {
            throw notFound(id);
        }
        return key;
    }

    private static NoSuchEntityException notFound(String id) {
        return new NoSuchEntityException("The Access Key with id " + id + " cannot be found.");
    }
}
