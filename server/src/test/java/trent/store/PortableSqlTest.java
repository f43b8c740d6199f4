package trent.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Our SQL is what PostgreSQL, CockroachDB and YugabyteDB have in common. The latter two are not
 * among our tests, so all texts are read here instead: they consist of the names in the schema and
 * of {@link #WORDS}, each of which was looked up. Whoever needs another word looks it up first.
 *
 * <p>Sources, where the documentation says what is missing or differs:
 *
 * <ul>
 *   <li>CockroachDB, "PostgreSQL Compatibility" (v25.1): no events (LISTEN, NOTIFY), advisory locks
 *       are functions that do nothing, no XML, no XA, no database from a template; integer division
 *       gives a decimal; bitwise operators bind in another order; INT has 64 bits; one open portal
 *       at a time, so that results are not fetched in parts.
 *   <li>CockroachDB, "NULL Handling", NULLs and sorting: null comes first there, and in SQLite; last
 *       in PostgreSQL.
 *   <li>CockroachDB, "SERIAL": neither gap-free nor in order; PostgreSQL, "Sequence Manipulation
 *       Functions": what was taken is not given back by a rollback.
 *   <li>CockroachDB, pull request 96828 and issue 108657: {@code collate "C"} is taken in an
 *       expression and refused for a column, where its texts are in the order of their bytes anyhow.
 *   <li>CockroachDB, pull requests 46710 and 58265: {@code substr} of bytes as in PostgreSQL, since
 *       20.2; "Functions and Operators": {@code length} of bytes; pull request 26445: {@code
 *       pg_is_in_recovery}; pull request 52168: {@code synchronous_commit} can be read and set.
 *   <li>CockroachDB, "Session Variables", {@code autocommit_before_ddl}: since 25.1 a change of the
 *       schema first commits the transaction that it is in.
 *   <li>CockroachDB, "Temporary Tables": experimental.
 *   <li>YugabyteDB, "PostgreSQL Compatibility": no table locks, inheritance, exclusion and deferrable
 *       constraints, GiST indexes; LISTEN and NOTIFY since 2025.2.3 only; no system columns such as
 *       {@code ctid} and {@code xmin}.
 *   <li>YugabyteDB, "Transactional DDL": changes of the schema commit by themselves unless a flag is
 *       set; no savepoint in a transaction with one.
 * </ul>
 */
@Tag("sqlite")
class PortableSqlTest {

    /** What all three have, and have alike. */
    private static final Set<String> WORDS =
            Set.of(
                    ("select from where and or not in is null true false order by asc desc group limit"
                                    + " distinct join on as union all count max min sum coalesce length substr"
                                    + " case when then else end"
                                    + " insert into values update set delete returning conflict do nothing excluded"
                                    + " create if exists alter table column index unique primary key default add drop"
                                    + " text bigint boolean bytea"
                                    + " begin isolation level read committed repeatable only commit rollback"
                                    + " savepoint release to"
                                    + " information_schema tables table_schema table_name current_schema"
                                    + " pg_settings setting name pg_is_in_recovery pg_backend_pid version"
                                    + " show synchronous_commit statement_timeout"
                                    + " idle_in_transaction_session_timeout"
                                    // The name of our savepoint.
                                    + " change")
                            .split(" ", -1));

    /** They are about the file, or its history, and never meet another engine. */
    private static final Set<String> SQLITE_ONLY = Set.of("SqliteDatabase.java", "Migrations.java");

    private static final Pattern SQL =
            Pattern.compile(
                    "(select|insert|update|delete|with|create|alter|drop|truncate|begin|start|commit|rollback"
                            + "|savepoint|release|set|reset|show|lock|listen|notify|declare|fetch|copy|call"
                            + "|grant|revoke|analyze|vacuum|explain|do|values|table)\\b(?s:.*)");

    private static final Pattern WORD = Pattern.compile("[a-z_][a-z0-9_]*");

    /** One statement and where it stands. */
    private record Text(String file, String sql) {}

    @Test
    void onlyWordsThatWereLookedUp() throws IOException {
        Set<String> schema = names();
        List<String> unknown = new ArrayList<>();
        for (Text text : texts()) {
            Set<String> own = declared(text.sql());
            for (String word : words(text.sql())) {
                if (!WORDS.contains(word) && !schema.contains(word) && !own.contains(word)) {
                    unknown.add("%s: \"%s\" in: %s".formatted(text.file(), word, text.sql()));
                }
            }
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void onlyCharactersThatWereLookedUp() throws IOException {
        List<Text> odd =
                texts().stream()
                        .filter(
                                text ->
                                        !withoutLiterals(text.sql())
                                                .matches("[a-z0-9_ \\n(),.?=<>+*-]*"))
                        .toList();
        assertThat(odd).as("with operators, casts, quotes or capitals").isEmpty();
    }

    /** Null comes first or last: to sort by a column that can be null, say which. */
    @Test
    void nothingIsSortedByWhatMayBeNull() throws IOException {
        List<String> found = new ArrayList<>();
        for (Text text : texts()) {
            Matcher orders = Pattern.compile("order by (.*?)(?:$| limit|\\))").matcher(flat(text));
            while (orders.find()) {
                for (String item : orders.group(1).split(",", -1)) {
                    String column = item.strip().replaceAll("^\\w\\.| (asc|desc)$", "");
                    if (nullable(text).contains(column) && !excludesNull(flat(text), column)) {
                        found.add(text.file() + ": " + column + " in: " + text.sql());
                    }
                }
            }
        }
        assertThat(found).isEmpty();
    }

    private static boolean excludesNull(String sql, String column) {
        return sql.contains("order by " + column + " is null, " + column)
                || Pattern.compile("where .*\\b" + column + " (=|<|>|<=|>=) ").matcher(sql).find()
                || Pattern.compile("\\(" + column + ",[^)]*\\) (>|>=|<|<=) \\(")
                        .matcher(sql)
                        .find();
    }

    /** Only one portal may be open on a connection: whole results are read at once. */
    @Test
    void resultsAreNotFetchedInParts() throws IOException {
        for (Path file : sources()) {
            assertThat(Files.readString(file)).as(file.toString()).doesNotContain("setFetchSize");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "listen changes",
                "select pg_advisory_lock(1)",
                "select nextval('s')",
                "create table t (id bigserial primary key)",
                "select id from seal where ctid = ?",
                "select xmin from seal",
                "create temporary table t (id bigint)",
                "lock table seal",
                "insert into seal (id) values (?) on conflict on constraint seal_pkey do nothing",
                "create index i on seal using gist (value)",
                "create trigger t before insert on seal execute function f()"
            })
    void whatTheyLackIsFound(String sql) throws IOException {
        Set<String> known = new HashSet<>(WORDS);
        known.addAll(names());
        known.addAll(declared(sql));
        assertThat(words(sql)).anyMatch(word -> !known.contains(word));
    }

    /** CockroachDB refuses a column with a collation of this name. */
    @Test
    void onCockroachDbTextsHaveTheOrderThatTheyHave() {
        String cockroach = "CockroachDB CCL v25.1.2 (x86_64-pc-linux-gnu, built 2025/03/13)";
        String postgres = "PostgreSQL 18.0 on x86_64-pc-linux-gnu";
        String yugabyte = "PostgreSQL 11.2-YB-2024.2.1.0-b0 on x86_64-pc-linux-gnu";
        for (String statement : schema()) {
            assertThat(Baseline.dialect(cockroach).apply(statement)).isEqualTo(statement);
            for (String version : List.of(postgres, yugabyte)) {
                assertThat(Baseline.dialect(version).apply(statement).replace(" collate \"C\"", ""))
                        .isEqualTo(statement);
            }
        }
        assertThat(Baseline.dialect(postgres).apply("alter table alias add column note text"))
                .isEqualTo("alter table alias add column note text collate \"C\"");
    }

    /** Where each statement of the schema commits by itself, whoever was cut short is gone on with. */
    @Test
    void theTablesCanBeMadeAgain() {
        assertThat(schema()).allMatch(text -> text.contains(" if not exists "));
    }

    @Test
    void allTextsAreFound() throws IOException {
        List<Text> texts = texts();
        assertThat(texts).hasSizeGreaterThan(120);
        assertThat(texts.stream().map(Text::file))
                .contains(
                        "AccessKeys.java",
                        "Accounts.java",
                        "Aliases.java",
                        "Baseline.java",
                        "Cluster.java",
                        "Engine.java",
                        "Entities.java",
                        "EntityPolicies.java",
                        "EntityTags.java",
                        "Grants.java",
                        "GroupMembers.java",
                        "Keys.java",
                        "Materials.java",
                        "Policies.java",
                        "PostgresDatabase.java",
                        "ProviderValues.java",
                        "Seals.java",
                        "Settings.java",
                        "Sql.java",
                        "Tags.java",
                        "Usages.java");
        assertThat(texts)
                .as("of two literals")
                .anyMatch(text -> text.sql().startsWith("set statement_timeout = ?"));
    }

    // ---- the schema

    /** Of tables, columns and indexes. */
    private static Set<String> names() {
        Set<String> names = new HashSet<>();
        for (String statement : schema()) {
            Matcher name =
                    Pattern.compile("create (?:unique )?(?:table|index) if not exists (\\w+)")
                            .matcher(statement);
            if (name.find()) {
                names.add(name.group(1));
            }
            if (statement.startsWith("create table")) {
                columns(statement).forEach(column -> names.add(firstWord(column)));
            }
        }
        return names;
    }

    /** The columns of the tables in it that may be null. */
    private static Set<String> nullable(Text text) {
        Set<String> names = new HashSet<>();
        for (String statement : schema()) {
            Matcher table = Pattern.compile("create table if not exists (\\w+)").matcher(statement);
            if (table.find() && text.sql().matches("(?s).*\\b" + table.group(1) + "\\b.*")) {
                columns(statement)
                        .filter(column -> !column.matches(".*(not null|primary key).*"))
                        .forEach(column -> names.add(firstWord(column)));
            }
        }
        return names;
    }

    private static String firstWord(String text) {
        return text.substring(0, text.indexOf(' '));
    }

    private static Stream<String> columns(String createTable) {
        String inside = createTable.substring(createTable.indexOf('(') + 1);
        return Stream.of(inside.replaceAll("primary key \\(.*", "").split(",", -1))
                .map(each -> each.strip().replaceAll("\\s+", " "))
                .filter(each -> !each.isEmpty());
    }

    private static List<String> schema() {
        List<String> all = new ArrayList<>(Baseline.TABLES);
        all.addAll(Baseline.NODES);
        Upgrade.CHANGES.forEach(change -> all.addAll(change.expand()));
        return all;
    }

    // ---- the texts

    private static Set<String> words(String sql) {
        Set<String> words = new TreeSet<>();
        Matcher word = WORD.matcher(withoutLiterals(sql));
        while (word.find()) {
            words.add(word.group());
        }
        return words;
    }

    /** Names that the text gives itself: a table's short one, a result's column. */
    private static Set<String> declared(String sql) {
        Set<String> names = new HashSet<>();
        Matcher name =
                Pattern.compile("\\bas (\\w+)|\\b(?:from|join) \\w+ ([a-z])\\b")
                        .matcher(withoutLiterals(sql));
        while (name.find()) {
            names.add(
                    Objects.requireNonNullElse(name.group(1), "")
                            + Objects.requireNonNullElse(name.group(2), ""));
        }
        return names;
    }

    private static String withoutLiterals(String sql) {
        return sql.replaceAll("'[^']*'", "?");
    }

    private static String flat(Text text) {
        return text.sql().replaceAll("\\s+", " ").strip();
    }

    private static List<Path> sources() throws IOException {
        Path room =
                Path.of(System.getProperty("trent.home", ".."))
                        .resolve("server/src/main/java/trent/store");
        try (Stream<Path> files = Files.list(room)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !SQLITE_ONLY.contains(file.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }

    private static List<Text> texts() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Text> texts = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    files,
                                    null,
                                    List.of("-proc:none"),
                                    null,
                                    files.getJavaFileObjectsFromPaths(sources()));
            for (CompilationUnitTree unit : task.parse()) {
                String file = Path.of(unit.getSourceFile().getName()).getFileName().toString();
                new Literals(file, texts).scan(unit, null);
            }
        }
        return texts;
    }

    /** Collects what looks like SQL; what is joined from pieces has a question mark for each that varies. */
    private static final class Literals extends TreeScanner<@Nullable Object, @Nullable Object> {

        private final String file;
        private final List<Text> texts;

        Literals(String file, List<Text> texts) {
            this.file = file;
            this.texts = texts;
        }

        @Override
        public @Nullable Object visitLiteral(LiteralTree literal, @Nullable Object nothing) {
            if (literal.getValue() instanceof String text) {
                take(text);
            }
            return null;
        }

        @Override
        public @Nullable Object visitBinary(BinaryTree binary, @Nullable Object nothing) {
            if (binary.getKind() != Tree.Kind.PLUS) {
                return super.visitBinary(binary, nothing);
            }
            take(joined(binary));
            return null;
        }

        /** Texts that others are compared with are not run. */
        @Override
        public @Nullable Object visitMethodInvocation(
                MethodInvocationTree call, @Nullable Object nothing) {
            return call.getMethodSelect().toString().endsWith(".startsWith")
                    ? null
                    : super.visitMethodInvocation(call, nothing);
        }

        private String joined(ExpressionTree expression) {
            return switch (expression) {
                case LiteralTree literal when literal.getValue() instanceof String text -> text;
                case ParenthesizedTree inner -> joined(inner.getExpression());
                case BinaryTree sum when sum.getKind() == Tree.Kind.PLUS ->
                        joined(sum.getLeftOperand()) + joined(sum.getRightOperand());
                case MethodInvocationTree call -> {
                    scan(call, null); // there may be a text in its arguments
                    yield "?";
                }
                default -> "?";
            };
        }

        private void take(String text) {
            String stripped = text.strip();
            if (SQL.matcher(stripped).matches()
                    && !stripped.contains("sqlite_master") // the embedded engine's own
                    && !isProse(stripped)) {
                texts.add(new Text(file, stripped));
            }
        }

        /** A message that begins with such a word. */
        private static boolean isProse(String text) {
            return text.matches(
                            "(set|create|update|show|do|call|start) (up|the|a|an|it|this|not)\\b.*")
                    || text.matches("grant( operation)?");
        }
    }
}
