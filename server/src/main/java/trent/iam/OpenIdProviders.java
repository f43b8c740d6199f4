package trent.iam;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.api.Empty;
import trent.api.iam.AddClientIDToOpenIDConnectProviderRequest;
import trent.api.iam.CreateOpenIDConnectProviderRequest;
import trent.api.iam.CreateOpenIDConnectProviderResponse;
import trent.api.iam.DeleteOpenIDConnectProviderRequest;
import trent.api.iam.GetOpenIDConnectProviderRequest;
import trent.api.iam.GetOpenIDConnectProviderResponse;
import trent.api.iam.IamOperation;
import trent.api.iam.ListOpenIDConnectProvidersRequest;
import trent.api.iam.ListOpenIDConnectProvidersResponse;
import trent.api.iam.NoSuchEntityException;
import trent.api.iam.OpenIDConnectProviderListEntry;
import trent.api.iam.RemoveClientIDFromOpenIDConnectProviderRequest;
import trent.api.iam.UpdateOpenIDConnectProviderThumbprintRequest;
import trent.api.query.ValidationError;
import trent.call.Call;
import trent.identity.EntityArn;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.ProviderValues.Kind;
import trent.store.Tx;

/** Providers of web identities. */
record OpenIdProviders(IamCalls calls) {

    private static final EntityKind PROVIDER = EntityKind.PROVIDER;
    private static final String SCHEME = "https://";

    CreateOpenIDConnectProviderResponse createOpenIdConnectProvider(
            Call call, CreateOpenIDConnectProviderRequest request) {
        String url = withoutScheme(request.url());
        calls.permitCreating(
                call,
                IamOperation.CREATE_OPEN_ID_CONNECT_PROVIDER,
                IamOperation.TAG_OPEN_ID_CONNECT_PROVIDER,
                PROVIDER,
                "/",
                url,
                request.tags(),
                IamCalls.NOTHING);
        TagRules.require(PROVIDER, request.tags());
        requireClientIds(request.clientIDList().size() - 1);
        requireThumbprints(request.thumbprintList());
        Entity provider =
                Entity.created(
                        call.account(),
                        PROVIDER,
                        calls.ids().entity(PROVIDER),
                        url,
                        "/",
                        calls.now());
        return calls.store()
                .write(
                        tx -> {
                            calls.insert(tx, provider, request.tags());
                            for (String clientId : request.clientIDList()) {
                                tx.providerValues().add(provider, Kind.CLIENT_ID, clientId);
                            }
                            for (String thumbprint : request.thumbprintList()) {
                                tx.providerValues().add(provider, Kind.THUMBPRINT, thumbprint);
                            }
                            return new CreateOpenIDConnectProviderResponse(
                                    provider.arn(call.region().partition()),
                                    TagRules.shown(tx, provider.id()));
                        });
    }

    GetOpenIDConnectProviderResponse getOpenIdConnectProvider(
            Call call, GetOpenIDConnectProviderRequest request) {
        return calls.read(
                call,
                IamOperation.GET_OPEN_ID_CONNECT_PROVIDER,
                PROVIDER,
                url(calls, call, request.openIDConnectProviderArn()),
                (tx, provider) ->
                        new GetOpenIDConnectProviderResponse(
                                provider.name(),
                                tx.providerValues().of(provider.id(), Kind.CLIENT_ID),
                                tx.providerValues().of(provider.id(), Kind.THUMBPRINT),
                                provider.created(),
                                TagRules.shown(tx, provider.id())));
    }

    ListOpenIDConnectProvidersResponse listOpenIdConnectProviders(
            Call call, ListOpenIDConnectProvidersRequest request) {
        calls.permitListing(call, IamOperation.LIST_OPEN_ID_CONNECT_PROVIDERS, null);
        List<Entity> providers =
                calls.store()
                        .read(
                                tx ->
                                        tx.entities()
                                                .list(
                                                        call.account(),
                                                        PROVIDER,
                                                        "/",
                                                        "",
                                                        calls.quotas().providers()));
        return new ListOpenIDConnectProvidersResponse(
                providers.stream()
                        .map(
                                provider ->
                                        new OpenIDConnectProviderListEntry(
                                                provider.arn(call.region().partition())))
                        .toList());
    }

    Empty deleteOpenIdConnectProvider(Call call, DeleteOpenIDConnectProviderRequest request) {
        return change(
                call,
                IamOperation.DELETE_OPEN_ID_CONNECT_PROVIDER,
                request.openIDConnectProviderArn(),
                (tx, provider) -> {
                    tx.entities().delete(provider);
                    return Empty.EMPTY;
                });
    }

    Empty addClientId(Call call, AddClientIDToOpenIDConnectProviderRequest request) {
        return change(
                call,
                IamOperation.ADD_CLIENT_ID_TO_OPEN_ID_CONNECT_PROVIDER,
                request.openIDConnectProviderArn(),
                (tx, provider) -> {
                    List<String> held = tx.providerValues().of(provider.id(), Kind.CLIENT_ID);
                    if (!held.contains(request.clientID())) {
                        requireClientIds(held.size());
                        tx.providerValues().add(provider, Kind.CLIENT_ID, request.clientID());
                    }
                    return Empty.EMPTY;
                });
    }

    Empty removeClientId(Call call, RemoveClientIDFromOpenIDConnectProviderRequest request) {
        return change(
                call,
                IamOperation.REMOVE_CLIENT_ID_FROM_OPEN_ID_CONNECT_PROVIDER,
                request.openIDConnectProviderArn(),
                (tx, provider) -> {
                    tx.providerValues().remove(provider, Kind.CLIENT_ID, request.clientID());
                    return Empty.EMPTY;
                });
    }

    Empty updateThumbprint(Call call, UpdateOpenIDConnectProviderThumbprintRequest request) {
        requireThumbprints(request.thumbprintList());
        return change(
                call,
                IamOperation.UPDATE_OPEN_ID_CONNECT_PROVIDER_THUMBPRINT,
                request.openIDConnectProviderArn(),
                (tx, provider) -> {
                    for (String old : tx.providerValues().of(provider.id(), Kind.THUMBPRINT)) {
                        tx.providerValues().remove(provider, Kind.THUMBPRINT, old);
                    }
                    for (String thumbprint : request.thumbprintList()) {
                        tx.providerValues().add(provider, Kind.THUMBPRINT, thumbprint);
                    }
                    return Empty.EMPTY;
                });
    }

    private Empty change(
            Call call, IamOperation<?, ?> operation, String arn, IamCalls.Work<Empty> work) {
        return calls.change(
                call, operation, PROVIDER, url(calls, call, arn), IamCalls.NOTHING, work);
    }

    /**
     * The URL, without scheme, of the account's provider of this ARN.
     *
     * @throws NoSuchEntityException if there is none
     */
    static String url(IamCalls calls, Call call, String arn) {
        EntityArn parsed = EntityArn.parse(arn);
        if (parsed == null || parsed.type() != EntityArn.Type.PROVIDER) {
            throw new ValidationError("Invalid ARN:  Could not be parsed!");
        }
        Entity provider =
                call.account().equals(parsed.account())
                        ? calls.store().<@Nullable Entity>read(tx -> find(tx, call, parsed.name()))
                        : null;
        if (provider == null || !provider.arn(call.region().partition()).equals(arn)) {
            throw new NoSuchEntityException("OpenIDConnect Provider not found for arn " + arn);
        }
        return provider.name();
    }

    private static @Nullable Entity find(Tx tx, Call call, String url) {
        return tx.entities().find(call.account(), PROVIDER, url);
    }

    /** As it stands in ARNs: host, port and path. */
    private static String withoutScheme(String url) {
        try {
            URI parsed = new URI(url);
            if ("https".equalsIgnoreCase(parsed.getScheme())
                    && parsed.getHost() != null
                    && parsed.getRawUserInfo() == null
                    && parsed.getRawQuery() == null
                    && parsed.getRawFragment() == null) {
                return url.substring(SCHEME.length());
            }
        } catch (URISyntaxException _) {
            // As wrong as one of another scheme.
        }
        throw new ValidationError("Invalid Open ID Connect Provider URL");
    }

    private static void requireClientIds(int used) {
        IamQuotas.require(
                "ClientIdsPerOpenIdConnectProvider", used, IamQuotas.CLIENT_IDS_PER_PROVIDER);
    }

    private static void requireThumbprints(List<String> thumbprints) {
        IamQuotas.require(
                "ThumbprintsPerOpenIdConnectProvider",
                thumbprints.size() - 1,
                IamQuotas.THUMBPRINTS_PER_PROVIDER);
    }
}
