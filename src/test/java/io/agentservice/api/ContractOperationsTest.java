package io.agentservice.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.agentservice.testing.Contract;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is written of operations in the contract by hand is of those that there are. */
@Tag("full")
class ContractOperationsTest {

    private static final Map<String, Class<? extends Annotation>> METHODS =
            Map.of("get", GET.class, "post", POST.class, "delete", DELETE.class, "put", PUT.class);

    @Test
    void theDocumentHasEveryOperationThatThereIsAndNoOther() throws IOException {
        Set<String> documented = new TreeSet<>();
        new YAMLMapper()
                .readTree(Contract.DOCUMENT.toFile())
                .path("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (METHODS.containsKey(method)) {
                        documented.add(method + " " + path.getKey());
                    }
                }));

        assertThat(documented).isEqualTo(inTheCode());
    }

    private static Set<String> inTheCode() {
        Set<String> operations = new TreeSet<>();
        var classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.agentservice.api");
        for (JavaClass resource : classes) {
            for (JavaMethod method : resource.getMethods()) {
                METHODS.forEach((name, annotation) -> {
                    if (method.isAnnotatedWith(annotation)) {
                        operations.add(name + " " + path(resource, method));
                    }
                });
            }
        }
        return operations;
    }

    private static String path(JavaClass resource, JavaMethod method) {
        String base = resource.getAnnotationOfType(jakarta.ws.rs.Path.class).value();
        String more = method.tryGetAnnotationOfType(jakarta.ws.rs.Path.class)
                .map(jakarta.ws.rs.Path::value)
                .orElse("");
        return ("/" + base + "/" + more).replaceAll("/+", "/").replaceAll("(.)/$", "$1");
    }
}
