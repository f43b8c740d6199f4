package trent.generator;

/** One exception for each error. */
final class Exceptions {

    private Exceptions() {}

    static String source(String javaPackage, Model.Failure failure) {
        return Source.of(
                javaPackage,
                """
                /** %2$s */
                @Generated("trent.generator.Generator")
                public final class %1$s extends ServiceException {

                    @Serial
                    private static final long serialVersionUID = 1L;

                    /** Without text: the reply holds nothing but the name. */
                    public %1$s() {
                        super("%5$s", %3$d, "%4$s", null);
                    }

                    public %1$s(String message) {
                        super("%5$s", %3$d, "%4$s", message);
                    }
                }
                """
                        .formatted(
                                failure.name(),
                                failure.says(),
                                failure.httpStatus(),
                                failure.textMember(),
                                failure.code()));
    }
}
