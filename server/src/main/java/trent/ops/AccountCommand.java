package trent.ops;

import java.io.PrintStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import trent.crypto.Entropy;
import trent.name.AccountId;
import trent.store.Account;
import trent.store.Account.State;
import trent.store.Store;

/**
 * {@code trent account}: which accounts there are, told to the store of a server that is stopped, or
 * to one that servers share.
 *
 * @param account null where the action takes none
 */
record AccountCommand(Action action, @Nullable AccountId account) {

    private static final int ACCOUNTS_AT_A_TIME = 1000;

    /** What is done. */
    private enum Action {
        ADD,
        LIST,
        DISABLE,
        ENABLE,
        REMOVE,
        RESET_ROOT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        boolean takesAccount() {
            return this != LIST;
        }
    }

    /**
     * Reads what follows the command, such as {@code disable 111122223333}.
     *
     * @throws WrongUse if it is nothing that can be done
     */
    static AccountCommand read(List<String> words) throws WrongUse {
        if (words.isEmpty()) {
            throw new WrongUse(
                    "account takes what to do: add ID, list, disable ID, enable ID, remove ID or"
                            + " reset-root ID.");
        }
        Action action = action(words.getFirst());
        int most = action.takesAccount() ? 2 : 1;
        if (words.size() > most) {
            throw new WrongUse("Unknown argument: %s.".formatted(words.get(most)));
        }
        if (!action.takesAccount()) {
            return new AccountCommand(action, null);
        }
        if (words.size() < most || !AccountId.isValid(words.get(1))) {
            throw new WrongUse(
                    "account %s takes the id of an account: 12 digits.".formatted(action));
        }
        return new AccountCommand(action, new AccountId(words.get(1)));
    }

    private static Action action(String word) throws WrongUse {
        for (Action action : Action.values()) {
            if (action.toString().equals(word)) {
                return action;
            }
        }
        throw new WrongUse(
                "account does not know %s.%s It takes: %s."
                        .formatted(
                                word,
                                Environment.suggestion(names(), word),
                                String.join(", ", names())));
    }

    /** Of all actions. */
    static Set<String> names() {
        Set<String> names = new TreeSet<>();
        for (Action action : Action.values()) {
            names.add(action.toString());
        }
        return names;
    }

    /**
     * Does it.
     *
     * @throws WrongUse if the account is not of the kind that this can be done to
     */
    void run(Store store, Entropy entropy, PrintStream out) throws WrongUse {
        if (account == null) {
            list(store, out);
            return;
        }
        InstantSource clock = InstantSource.system();
        switch (action) {
            case ADD -> add(store, account, entropy, clock, out);
            case DISABLE -> put(store, account, State.DISABLED, out);
            case ENABLE -> put(store, account, State.ENABLED, out);
            case REMOVE -> remove(store, account, out);
            case RESET_ROOT -> resetRoot(store, account, entropy, clock, out);
            case LIST -> throw new IllegalStateException("it takes no account");
        }
    }

    private static void list(Store store, PrintStream out) {
        AccountId after = null;
        List<Account> some;
        do {
            AccountId last = after;
            some = store.read(tx -> tx.accounts().list(last, ACCOUNTS_AT_A_TIME));
            for (Account each : some) {
                out.println(each.id() + (each.state() == State.ENABLED ? " enabled" : " disabled"));
                after = each.id();
            }
        } while (some.size() == ACCOUNTS_AT_A_TIME);
    }

    private static void add(
            Store store, AccountId account, Entropy entropy, InstantSource clock, PrintStream out)
            throws WrongUse {
        RootAccessKey root = RootAccessKey.make(account, entropy);
        if (!root.keepWithAccount(store, clock)) {
            throw new WrongUse(
                    ("There is an account %s already. A new access key of its root is made by trent account"
                                    + " reset-root %s.")
                            .formatted(account, account));
        }
        out.println("Account %s is there %s.".formatted(account, sinceWhen(store)));
        show(root, out);
    }

    private static void put(Store store, AccountId account, State state, PrintStream out)
            throws WrongUse {
        require(store, account);
        boolean _ =
                store.write(
                        tx -> {
                            tx.accounts().put(account, state);
                            return true;
                        });
        out.println(
                state == State.ENABLED
                        ? "Account %s is enabled.".formatted(account)
                        : "Account %s is disabled: %s nobody of it is let in."
                                .formatted(account, sinceWhen(store)));
    }

    /** Other nodes may be at work on the store, and follow what is changed here. */
    private static String sinceWhen(Store store) {
        return store.cluster() == null ? "from the next start on" : "from now on";
    }

    private static void remove(Store store, AccountId account, PrintStream out) throws WrongUse {
        require(store, account);
        SortedMap<String, Integer> remains =
                store.write(
                        tx -> {
                            SortedMap<String, Integer> left = tx.accounts().remains(account);
                            if (left.isEmpty()) {
                                tx.accessKeys()
                                        .of(account.value())
                                        .forEach(tx.accessKeys()::delete);
                                tx.accounts().remove(account);
                            }
                            return left;
                        });
        if (!remains.isEmpty()) {
            throw new WrongUse(
                    ("Account %s still has %s. Nothing was changed. Delete them first; keys are gone when their"
                                    + " waiting period is over. Until then trent account disable %s lets nobody in.")
                            .formatted(account, counted(remains), account));
        }
        out.println("Account " + account + " is removed, and the access keys of its root with it.");
    }

    private static String counted(SortedMap<String, Integer> remains) {
        List<String> words = new ArrayList<>();
        remains.forEach((noun, many) -> words.add(many + " " + (many == 1 ? noun : plural(noun))));
        return String.join(", ", words);
    }

    private static String plural(String noun) {
        return noun.endsWith("y") && !noun.equals("key")
                ? noun.substring(0, noun.length() - 1) + "ies"
                : noun + "s";
    }

    private static void resetRoot(
            Store store, AccountId account, Entropy entropy, InstantSource clock, PrintStream out)
            throws WrongUse {
        require(store, account);
        store.moveRootCredential(account);
        RootAccessKey root = RootAccessKey.make(account, entropy);
        RootAccessKey.Replaced old = root.replaceAll(store, clock);
        old.deactivated().forEach(id -> out.println("Deactivated: " + id));
        old.deleted().forEach(id -> out.println("Deleted, since a root has two at most: " + id));
        show(root, out);
        if (store.account(account).state() == State.DISABLED) {
            out.println(
                    "The account is disabled: the credential is taken after trent account enable %s."
                            .formatted(account));
        }
    }

    private static void require(Store store, AccountId account) throws WrongUse {
        if (!store.account(account).listed()) {
            throw new WrongUse(
                    "There is no account %s in this store; trent account list says which there are."
                            .formatted(account));
        }
    }

    private static void show(RootAccessKey root, PrintStream out) {
        Running.NewCredential made = root.shownOnce();
        out.println("Credential of its root, shown this once:");
        out.println("  AWS_ACCESS_KEY_ID=" + made.accessKeyId());
        out.println("  AWS_SECRET_ACCESS_KEY=" + made.secretAccessKey());
    }
}
