package trent.generator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A type of the model, with what {@code recorded.json} adds to it. */
sealed interface Shape {

    String name();

    /** A free string; {@code length} null is any. */
    record Text(String name, @Nullable Length length, @Nullable String pattern, boolean sensitive)
            implements Shape {}

    /** One of a closed set; {@code printed} is the set as an error names it. */
    record Words(String name, List<String> accepted, List<String> printed) implements Shape {}

    /** Bounds null: any number of 32 bits, in answers only. */
    record Whole(String name, @Nullable Integer min, @Nullable Integer max) implements Shape {}

    /** Nullable: an answer may leave it out. */
    record Bool(String name, boolean nullable) implements Shape {}

    record Time(String name) implements Shape {}

    record Bytes(String name, @Nullable Length size, boolean sensitive) implements Shape {}

    record Many(String name, Shape element, @Nullable Length size) implements Shape {}

    record Pairs(String name, Shape key, Shape value) implements Shape {

        boolean ofAnyStrings() {
            return isAnyString(key) && isAnyString(value);
        }

        private static boolean isAnyString(Shape shape) {
            return shape instanceof Text(_, var length, var pattern, _)
                    && length == null
                    && pattern == null;
        }
    }

    record Structure(String name, List<Member> members, @Nullable Waiver waiver) implements Shape {}

    /** Both bounds inclusive. */
    record Length(int min, int max) {}

    record Member(String wireName, Shape shape, boolean required) {

        /** As a record's component: {@code awsAccountId}. */
        String component() {
            return Names.lowerCamel(wireName);
        }

        /** As an error names it: {@code aWSAccountId}. */
        String path() {
            return Names.lowerFirst(wireName);
        }
    }

    /** {@code member} is required unless flag and modifier are given; then {@code instead} is. */
    record Waiver(String member, String flag, String modifiers, String modifier, String instead) {}
}
