package io.agentservice.testing;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Every key of the service's config interfaces, read from their source: what it is, from its comment. */
public final class ConfigReference {

    private static final Path SOURCE = Path.of("src/main/java/io/agentservice");
    private static final Pattern ENVIRONMENT = Pattern.compile("\\(environment:\\s+([A-Z_]+)\\)");
    private static final Pattern EXPRESSION = Pattern.compile("\\$\\{[A-Z_]+:([^{}]*)}");
    private static final Pattern CONTAINER = Pattern.compile("(Optional|List|Map)<(?:String, )?(.*)>");
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("String", "text"),
            Map.entry("Path", "path"),
            Map.entry("Duration", "duration"),
            Map.entry("MemorySize", "size"),
            Map.entry("boolean", "true, false"),
            Map.entry("int", "number"),
            Map.entry("long", "number"),
            Map.entry("OptionalInt", "number"),
            Map.entry("OptionalLong", "number"),
            Map.entry("BigDecimal", "number"),
            Map.entry("URI", "URL"));

    private final Map<String, Interface> interfaces = new TreeMap<>();
    private final Properties properties = new Properties();

    private record Interface(
            String name, String comment, Optional<String> prefix, List<String> above, List<Method> methods) {}

    private record Method(String name, String type, Optional<String> key, Optional<String> standard, String comment) {}

    /** @param variable the environment variable that is made for it; empty if Quarkus' rule gives its name */
    public record Key(String name, Optional<String> variable, String type, Optional<String> standard, String meaning) {}

    private ConfigReference() {}

    public static ConfigReference read() throws IOException {
        var reference = new ConfigReference();
        try (Reader reader = Files.newBufferedReader(Path.of("src/main/resources/application.properties"));
                Stream<Path> files = Files.walk(SOURCE)) {
            reference.properties.load(reader);
            reference.parse(files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList());
        }
        return reference;
    }

    private void parse(List<Path> files) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var manager = compiler.getStandardFileManager(null, null, null);
        var task = (JavacTask)
                compiler.getTask(null, manager, null, List.of(), null, manager.getJavaFileObjectsFromPaths(files));
        DocTrees docs = DocTrees.instance(task);
        for (CompilationUnitTree unit : task.parse()) {
            new TreePathScanner<Void, Void>() {
                @Override
                public Void visitClass(ClassTree type, Void none) {
                    if (type.getKind() == com.sun.source.tree.Tree.Kind.INTERFACE) {
                        add(type, getCurrentPath(), docs);
                    }
                    return super.visitClass(type, none);
                }
            }.scan(unit, null);
        }
    }

    private void add(ClassTree type, TreePath path, DocTrees docs) {
        List<Method> methods = new ArrayList<>();
        for (var member : type.getMembers()) {
            if (member instanceof MethodTree method && method.getParameters().isEmpty() && method.getBody() == null) {
                methods.add(new Method(
                        method.getName().toString(),
                        method.getReturnType().toString(),
                        annotation(method.getModifiers(), "WithName"),
                        annotation(method.getModifiers(), "WithDefault"),
                        comment(docs, new TreePath(path, method))));
            }
        }
        List<String> above = type.getImplementsClause().stream()
                .map(name -> name.toString().replaceFirst("^.*\\.", ""))
                .toList();
        interfaces.put(
                type.getSimpleName().toString(),
                new Interface(
                        type.getSimpleName().toString(),
                        comment(docs, path),
                        annotation(type.getModifiers(), "ConfigMapping"),
                        above,
                        methods));
    }

    private static Optional<String> annotation(ModifiersTree modifiers, String name) {
        return modifiers.getAnnotations().stream()
                .filter(annotation -> annotation.getAnnotationType().toString().equals(name))
                .map(AnnotationTree::getArguments)
                .map(arguments -> literal(arguments.get(0)))
                .findFirst();
    }

    private static String literal(ExpressionTree argument) {
        ExpressionTree value = argument instanceof AssignmentTree assignment ? assignment.getExpression() : argument;
        return value instanceof LiteralTree literal ? literal.getValue().toString() : value.toString();
    }

    private static String comment(DocTrees docs, TreePath path) {
        String text = docs.getDocComment(path);
        return text == null
                ? ""
                : text.replaceAll("(?s)\\n\\s*@\\w+ .*", "")
                        .replaceAll("\\{@code ([^}]*)}", "`$1`")
                        .replaceAll("\\{@link #?([^}]*)}", "$1")
                        .replaceAll("\\s+", " ")
                        .strip();
    }

    /** The keys by their first two words, each group with the sentence of its interface. */
    public Map<String, List<Key>> groups() {
        Map<String, List<Key>> groups = new TreeMap<>();
        for (Interface type : interfaces.values()) {
            type.prefix()
                    .ifPresent(prefix -> keys(prefix, type)
                            .forEach((name, key) -> groups.computeIfAbsent(prefix, p -> new ArrayList<>())
                                    .add(key)));
        }
        return groups;
    }

    /** What the interfaces of a group are about. */
    public String about(String prefix) {
        return String.join(
                " ",
                interfaces.values().stream()
                        .filter(type -> type.prefix().filter(prefix::equals).isPresent())
                        .map(Interface::comment)
                        .toList());
    }

    private Map<String, Key> keys(String prefix, Interface type) {
        Map<String, Key> keys = new LinkedHashMap<>();
        type.above().stream()
                .map(interfaces::get)
                .filter(java.util.Objects::nonNull)
                .forEach(above -> keys.putAll(keys(prefix, above)));
        for (Method method : type.methods()) {
            String name = prefix + "." + method.key().orElse(kebab(method.name()));
            Matcher container = CONTAINER.matcher(method.type());
            String inner = method.type();
            String outer = "";
            while (container.matches()) {
                outer += container.group(1);
                inner = container.group(2);
                container = CONTAINER.matcher(inner);
            }
            String place = name
                    + (outer.endsWith("Map")
                            ? ".NAME"
                            : outer.endsWith("List") && interfaces.containsKey(inner) ? "[N]" : "");
            if (interfaces.containsKey(inner)) {
                keys.putAll(keys(place, interfaces.get(inner)));
            } else {
                String kind = TYPES.getOrDefault(inner, inner.toLowerCase(Locale.ROOT));
                keys.put(place, key(place, outer.endsWith("List") ? "list of " + kind : kind, method));
            }
        }
        return keys;
    }

    private Key key(String name, String type, Method method) {
        Matcher variable = ENVIRONMENT.matcher(method.comment());
        Optional<String> standard = method.standard()
                .or(() -> Optional.ofNullable(properties.getProperty(name)).map(ConfigReference::plain));
        return new Key(
                name,
                variable.find() ? Optional.of(variable.group(1)) : Optional.empty(),
                type,
                standard.filter(text -> !text.isEmpty()),
                method.comment().replaceAll("\\s*" + ENVIRONMENT.pattern(), ""));
    }

    /** What is left of an expression where the environment says nothing. */
    private static String plain(String value) {
        return EXPRESSION.matcher(value).replaceAll("$1");
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** Whether application.properties reads this variable. */
    public boolean reads(String variable) {
        return properties.values().stream().anyMatch(value -> value.toString().contains("${" + variable));
    }

    /** As docs/configuration.md has it. */
    public String markdown() {
        var text = new StringBuilder();
        groups().forEach((prefix, keys) -> {
            text.append("### ")
                    .append(prefix)
                    .append("\n\n")
                    .append(about(prefix))
                    .append("\n\n");
            text.append("| key | environment | type | default | meaning |\n|---|---|---|---|---|\n");
            for (Key key : keys) {
                text.append("| `%s` | `%s` | %s | %s | %s |\n"
                        .formatted(
                                key.name(),
                                key.variable().orElse(variableOf(key.name())),
                                key.type(),
                                key.standard().map(value -> "`" + value + "`").orElse(""),
                                key.meaning().replace("|", "\\|")));
            }
            text.append('\n');
        });
        return text.toString();
    }

    private static String variableOf(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
