package io.agentservice.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager.TestInjector;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Map;

/**
 * A field, a String or a Path, that holds a setting which the service under test was given: of the service in this very
 * process, of the jar, and of the native executable. Injection by Quarkus knows only the first.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Given {

    /** The setting's name. */
    String value();

    /** Gives a test its settings, and takes them back. */
    final class Settings {

        private Settings() {}

        static void into(TestInjector test, Map<String, String> config) {
            config.forEach((name, value) -> {
                test.injectIntoFields(value, field -> isFor(field, name, String.class));
                test.injectIntoFields(Path.of(value), field -> isFor(field, name, Path.class));
            });
        }

        /** {@code @QuarkusIntegrationTest} leaves them behind as system properties, which the next service would be given. */
        static void forget(Map<String, String> config) {
            config.keySet().forEach(System::clearProperty);
        }

        private static boolean isFor(Field field, String name, Class<?> type) {
            Given given = field.getAnnotation(Given.class);
            return given != null && given.value().equals(name) && field.getType() == type;
        }
    }
}
