package trent.name;

/** What a permission is checked on: a key, an alias, or everything of an account and Region. */
public sealed interface Arn permits KeyArn, AliasArn, Arn.Everything {

    /** The resource {@code *} of operations that name no key, such as CreateKey and ListKeys. */
    Everything EVERYTHING = new Everything();

    /** The resource {@code *}. */
    record Everything() implements Arn {
        @Override
        public String toString() {
            return "*";
        }
    }
}
