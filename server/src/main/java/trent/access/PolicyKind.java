package trent.access;

/** Where a permission comes from, or what limits it, in the words of AWS's denials. */
public enum PolicyKind {
    IDENTITY("an", "identity-based policy"),
    BOUNDARY("a", "permissions boundary"),
    SESSION("a", "session policy"),
    RESOURCE("a", "resource-based policy"),
    /** Of a role: who may assume it. */
    TRUST("a", "role trust policy");

    private final String article;
    private final String noun;

    PolicyKind(String article, String noun) {
        this.article = article;
        this.noun = noun;
    }

    public String noun() {
        return noun;
    }

    public String withArticle() {
        return article + " " + noun;
    }
}
