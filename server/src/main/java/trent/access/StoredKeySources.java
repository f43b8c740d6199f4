package trent.access;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.language.Policy;
import trent.name.KeyArn;
import trent.store.Alias;
import trent.store.Grant;
import trent.store.Store;

/** What the store knows of keys, from memory where it can. */
public record StoredKeySources(Store store) implements KeySources {

    @Override
    public void takesLong() {
        store.takesLong();
    }

    @Override
    public @Nullable Policy keyPolicy(KeyArn key) {
        return store.keyPolicy(key);
    }

    @Override
    public Map<String, String> tagsOf(KeyArn key) {
        return store.tagsOf(key);
    }

    @Override
    public List<Alias> aliasesOf(KeyArn key) {
        return store.aliasesOf(key);
    }

    @Override
    public List<Grant> grantsFor(KeyArn key, String granteeId) {
        return store.grantsFor(key, granteeId);
    }
}
