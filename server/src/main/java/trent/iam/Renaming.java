package trent.iam;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import trent.access.ServiceFacts;
import trent.api.Empty;
import trent.api.iam.IamOperation;
import trent.call.Call;
import trent.store.Entity;
import trent.store.EntityKind;

/** Another name or path for a user or group, which stays who it is: its unique id. */
final class Renaming {

    private Renaming() {}

    /** Who renames needs the permission on both, the old and the new. */
    static Empty rename(
            IamCalls calls,
            Call call,
            IamOperation<?, ?> operation,
            EntityKind kind,
            String name,
            @Nullable String newName,
            @Nullable String newPath) {
        Entity seen =
                Objects.requireNonNull(
                        calls.permitted(call, operation, kind, name, IamCalls.NOTHING).entity());
        String to = newName == null ? name : newName;
        String path = newPath == null ? seen.path() : newPath;
        String arn = Entity.arn(call.principal().partition(), call.account(), kind, path, to);
        calls.require(call, operation, arn, kind.noun() + " " + to, new ServiceFacts());
        return calls.change(
                call,
                operation,
                kind,
                name,
                IamCalls.NOTHING,
                (tx, entity) -> {
                    Entity other = tx.entities().find(call.account(), kind, to);
                    if (other != null && !other.id().equals(entity.id())) {
                        throw IamCalls.taken(kind, to);
                    }
                    tx.entities().rename(entity, to, newPath == null ? entity.path() : newPath);
                    return Empty.EMPTY;
                });
    }
}
